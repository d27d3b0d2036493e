"""Hostile words in every place of a message to Teams: they come out as they are, and nothing is made of them."""

import html
import itertools
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.company import apply_folder, read_folder
from bot.handlers import forms
from bot.shown import INVISIBLE, clean
from bot.teams import render
from bot.views import exercise, lines, linking, progress, progress_person, progress_team
from coach.answer import Abstention, Answer, Trace
from coach.reader import SectionText
from lessons.module import Part, Taught
from tests import home_values, progress_values
from tests.bot.handlers.teams_chat import teams_chat
from tests.card_samples import FACTS, ID, OWNER, answered, source
from tests.lesson_runs import CHOICE, MODULE, WRITE, course, screens
from tests.strategies import few
from tests.support import SHARED
from tests.teams_cards import findings, words

PLACES = 6
MARKDOWN = MarkdownIt("commonmark").enable(["strikethrough", "table"])
OWN = [
    "**bold** _it_ ~~gone~~ `code`",
    "# A heading\n\n> quoted\n\n1. one\n2. two\n\n---\n\n| a | b |\n|---|---|\n| c | d |",
    "[pay here](https://evil.example) [x][y]\n\n[y]: https://evil.example",
    "![x](https://evil.example/pixel.png)",
    "<at>Coach</at> <at id='0'>Everyone</at> @everyone",
    "<a href='https://evil.example'>x</a><img src=x onerror=alert(1)><script>alert(1)</script>",
    "https://evil.example www.evil.example evil.example ana@evil.example tel:+441234567890",
    "{{DATE(2026-11-23T08:30:00Z, SHORT)}} {{TIME(2026-11-23T08:30:00Z)}} {{{{DATE(x)}}}} ${expression} {user.name}",
    "&lt;b&gt; &amp;amp; &#60;at&#62; \\*not bold\\* \\<x\\>",
    "\u202egnp.exe\u202c \u2066hidden\u2069 pass\u200bword \u200e\u200f",
    "كم يوما يستغرق \u202bالاسترداد\u202c؟ עברית",
    "```\nfenced\n```\n\n    indented",
    '{"type": "Action.OpenUrl", "url": "https://evil.example"}',
    "[1] [2](x) [^1] [1]: https://evil.example",
    "line one\r\nline two\x0bline three\u2028line four\x00\x1b[31m",
    "msteams:/l/meetup-join javascript:alert(1) data:text/html;base64,PHNjcmlwdD4=",
    ":smile: (heart) <emoji alt='x'></emoji> 😀🔥👩‍👩‍👧‍👦 r" + "\u0301" * 60,
    "x" * 3_500,
    "- [ ] a\n- [x] b\n* c\n+ d",
    "AUTOLINK <https://evil.example> <ana@evil.example>",
]
signs = st.sampled_from(
    [*"*_~`[]()<>#>!|\\-+=.:/@&{}\"'1", "\n", " ", "{{", "://", "www.", "</at>", "<at>", "a", "é", "ا"]
)
made_up = st.lists(signs, min_size=1, max_size=40).map("".join)


def of_others():
    """Strings that others made to break things."""
    found = []
    # Of the last many are alike.
    for name, field, step in (
        ("naughty_strings_blns", "s", 1),
        ("exfil_xss_garak", "text", 1),
        ("payloads_patt", "s", 3),
    ):
        written = (SHARED / f"attacks/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        found += [json.loads(line)[field] for line in written if line.strip()][::step]
    return found


def whatever_holds(a, b, c, d, e, f):
    """Every kind of message with these six words in it, and as activities, by name."""
    places = (source(file=a, heading_path=(b,), words=c), source(heading_path=(d, e), words=f, version=a))
    about = {"title": a, "situation": (Part(b), Part(c, "bullet"), Part(d, "heading")), "question": e}
    picked = replace(CHOICE, **about, options=(a, b, c), why=d, quote=f)
    written = replace(WRITE, **about, key_points=(a, b, c), why=d, quote=f)
    module = replace(
        MODULE,
        title=a,
        teaches=(Taught(b, (c, d)),),
        cards=(replace(MODULE.cards[0], title=e, parts=(Part(f), Part(a, "number"))),),
        items=(picked, written),
        closing=f,
        slots=(),
    )
    told = course(modules={module.file: module})
    skill = replace(progress_values.REFUNDS, title=c)
    need = replace(progress_values.MISSED, title=c, step=d)
    own = progress_values.person(1, a, b, (need,), (skill,), own=progress_values.OWN)
    other = progress_values.person(2, e, b, (), (skill,))
    team = replace(progress_values.TEAM, people=(own, other), skills=(), whole=progress_values.GROUPS[1])
    screen = replace(progress_values.SCREEN, handle=progress_values.handle_of_ids, csv_value=ID, own=f)
    messages = {
        "answer": answered(Answer(True, places, OWNER, Trace()), shared_question=d, shared_by=e),
        "uncertain": answered(Answer(False, places, f, Trace())),
        "not covered": answered(Abstention(None, a, Trace(), nearest=b)),
        **screens(told, ID, is_right=False, title=b),
        "team": progress_team.team_message(team, screen),
        "own": progress.own_message(own, "Europe/London", progress_values.handle_of_ids, ID),
        "somebody": progress_person.person_message(
            own, (), progress_values.READER, "Europe/London", progress_values.handle_of_ids, may_support=True
        ),
        "which of two": progress_person.which_person(
            a, [progress_person.Namesake(1, b, c, d), progress_person.Namesake(2, e, f)], progress_values.handle_of_ids
        ),
        "home": home_values.of_words(a, b, c, d, e, f),
        "about": lines.about(replace(FACTS, company=a, folders=((b, 1), (c, 2)), contact=d)),
        "welcome": lines.welcome(replace(FACTS, company=e, folders=((f, 1),)), ID, has_commands=False),
        "linked": linking.joined(linking.called(a, ["teams"]), linking.called(b, ["slack"]), ID),
        "unlinked": linking.undone(linking.called(c, ["teams"]), linking.called(d, ["slack"])),
    }
    section = forms._reading(SectionText(a, (b, c), (d, e, f), a), b)
    shown = {name: [render.activity(part) for part in render.split(message)] for name, message in messages.items()}
    form = exercise.write_form(told, told.exercises[1], ID)
    return shown | {"section": render.form_activities(section), "form": render.form_activities(form)}


# What of the six words, by place, a message shows in full.
SHOWN = {
    "answer": "abcdef",
    "uncertain": "abcdef",
    "not covered": "ab",
    "lesson offered": "a",
    "lesson, step 1: card": "aef",
    "lesson, step 2: asking": "abcde",
    "lesson, step 3: sure": "abcde",
    "lesson, step 4: told": "abcdef",
    "lesson, step 5: asking": "abcde",
    "lesson, step 6: sure": "abcde",
    "lesson, step 7: comparing": "abcde",
    "lesson, step 8: told": "abcdef",
    "lesson done": "bf",
    "team": "abcdef",
    "own": "cd",
    "somebody": "acd",
    "which of two": "abcdef",
    "home": "abcdef",
    "about": "abcd",
    "welcome": "ef",
    "linked": "ab",
    "unlinked": "cd",
    "section": "abcdef",
    "form": "bcde",
}


def read(activities):
    """What people read in messages and on their buttons, without white space."""
    return squeezed("".join(words(activity) + "".join(titles(activity)) for activity in activities))


def squeezed(text):
    return "".join(clean(text).split())


def titles(node):
    if isinstance(node, list):
        for part in node:
            yield from titles(part)
    elif isinstance(node, dict):
        yield from [node["title"]] if node.get("type") == "Action.Execute" else titles(list(node.values()))


def interpreted(node, name=""):
    """Every text of a message that Teams may read as markdown."""
    if isinstance(node, list):
        for part in node:
            yield from interpreted(part)
    elif isinstance(node, dict):
        kind = str(node.get("type", ""))
        is_plain = kind == "message" and node.get("textFormat") == "plain"
        read_as_markdown = ("text",) if kind in ("TextBlock", "message") and not is_plain else ()
        if kind.startswith("Input."):
            read_as_markdown = ("label", "errorMessage", "title")
        yield from (node[name] for name in read_as_markdown if name in node)
        yield from interpreted(list(node.values()))


def check(given):
    """See that messages which hold some words are harmless, and hold all of them."""
    for name, activities in whatever_holds(*given).items():
        for activity in activities:
            assert findings(activity) == [], name
            assert not INVISIBLE.search(json.dumps(activity, ensure_ascii=False)), name
            for text in interpreted(activity):
                assert MARKDOWN.render(text) == f"<p>{html.escape(text, quote=False)}</p>\n", name
                assert not any(sign in text for sign in ("://", "www.", "{{", "@", "<")), name
        shown = read(activities)
        for place in SHOWN[name]:
            wanted = squeezed(given["abcdef".index(place)])
            assert wanted in shown, (name, place)


def rotated(payloads):
    """Six at a time, so that each payload comes to stand in each place."""
    return [tuple(itertools.islice(itertools.cycle(payloads), start, start + PLACES)) for start in range(len(payloads))]


@pytest.mark.parametrize("number", range(len(OWN)))
def test_markup_of_every_kind_is_words(number):
    check(rotated(OWN)[number])


@few
@given(st.tuples(*[made_up] * PLACES))
def test_no_heap_of_signs_becomes_markup(given_words):
    check(given_words)


def test_what_others_made_to_break_things_is_words(shared):
    payloads = [payload for payload in of_others() if payload.strip()]
    assert len(payloads) > 400
    for given_words in rotated(payloads)[::PLACES]:
        check(given_words)


@pytest.mark.parametrize("payload", OWN)
def test_as_words_alone_nothing_is_linked_or_hidden(payload):
    for activities in whatever_holds(*[payload] * PLACES).values():
        plain = render.plain_activity(render.Message("\n".join(map(words, activities))))
        assert findings(plain) == []
        assert "://" not in plain["text"]
        assert not INVISIBLE.search(plain["text"])


def test_hostile_sops_names_and_questions_reach_teams_as_words(app, company, now):
    trap = "**bold** [pay](https://evil.example) <at>Coach</at> {{DATE(2026-11-23T08:30:00Z)}}"
    folder = company(
        {
            "company.yaml": f"name: 'Oak {trap}'\nroles: [cashier]\ndefault_owner: ben@example.test\n",
            "people.csv": f'name,email,role\n"Ben {trap}",ben@example.test,cashier\n',
            "sops/<at>shop [x](y)/refunds *now*.md": f"# Refunds {trap}\n\nA refund goes back to the card. {trap}\n",
        }
    )
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    with teams_chat(app, now) as chat:
        chat.ben.slash(f"refund goes back to the card {trap}", chat.till)
        chat.ben.press("Share in Channel")
        chat.ben.say("about")
        chat.ben.say("home")
        [shared] = chat.cara.by_coach(chat.till)
        said = "\n".join(chat.read(chat.ben))
        assert "Ben **bold** [pay](https://evil.example) <at>Coach</at>" in shared.words
        assert "[1] Quoted from Refunds bold pay <at>Coach</at> {{DATE" in shared.words
        assert "I answer from these SOPs: <at>shop [x](y) (1)." in said
        assert f"refund goes back to the card {trap}" in said
        assert f"Oak {trap}" in said
        assert "{{" not in json.dumps(shared.activity["attachments"])
