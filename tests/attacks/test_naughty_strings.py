"""Every naughty string as a question: a status, words, JSON, and one event each; nothing breaks."""

import json

import pytest
from sqlalchemy import func, select

from bot.asking import ask
from bot.company import apply_folder, read_folder
from coach.conversation import Turn
from coach.reading import INVISIBLE
from metrics.events.record import EventRow
from metrics.policy import Asker

STATUSES = {"answered", "uncertain", "not_covered", "refused"}
SOPS = {
    "sops/refunds.md": "# Refunds\n\nRefunds go to the original card within 30 days.\n",
    "sops/faq.csv": "question,answer\nIs it true?,Then it is undefined.\n",
    "sops/closed.md": "---\naudience: owner\n---\n# Closed\n\nThe null undefined true false secret is swordfish.\n",
    "company.yaml": "roles: [owner]\ndefault_owner: desk@x.test\n",
}
ODD = {
    "empty": "",
    "spaces": " \n\t ",
    "emoji": "😀🔥👩‍👩‍👧‍👦",
    "zero width": "\u200b\u200c\u200d\ufeff",
    "refund with zero width": "re\u200bfunds go to the ori\u00adginal card",
    "bidi": "\u202erefunds\u202c \u2066card\u2069 \u200fdays",
    "combining": "r" + "\u0301" * 500 + "efunds",
    "NUL": "refunds\0card",
    "lone surrogate": "refunds \ud800 card",
    "40 kB": "How long do refunds take? " * 1_600,
    "40 kB word": "refund" * 7_000,
    "1,999 opening brackets": "[(" * 999 + "a",
    "1,999 spaces between quotes": "tell me " * 249 + "'",
    "right to left": "كم يوما يستغرق الاسترداد",
    "full width": "ｒｅｆｕｎｄｓ　ｃａｒｄ",
}


@pytest.fixture
def asked(app, company, now):
    apply_folder(read_folder(company(SOPS)), app.database, app.embedder, now)

    def ask_and_check(question, history=()):
        before = events(app)
        told = ask(app, Asker(), question, history)
        assert told.reply.status in STATUSES
        assert told.text.strip()
        assert "swordfish" not in told.text
        printed = json.dumps(told.as_json())
        assert json.loads(printed)["status"] == told.reply.status
        json.dumps(told.as_json(), ensure_ascii=False).encode()
        assert events(app) == before + 1
        return told

    return ask_and_check


def events(app):
    with app.database.session() as session:
        return session.scalar(select(func.count()).where(EventRow.kind == "question_asked"))


def naughty_strings(shared):
    lines = (shared / "attacks/naughty_strings_blns.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["s"] for line in lines if line.strip()]


def test_every_naughty_string_gets_an_honest_reply(asked, shared):
    strings = naughty_strings(shared)
    assert len(strings) > 250
    for question in strings:
        asked(question)


def test_every_naughty_string_can_have_been_said_before(asked, shared):
    for earlier in naughty_strings(shared)[::5]:
        asked("and how long do refunds take?", [Turn("user", earlier), Turn("coach", earlier)])


@pytest.mark.parametrize("question", ODD.values(), ids=ODD.keys())
def test_odd_questions_get_an_honest_reply(asked, question):
    asked(question)


@pytest.mark.parametrize("name", ["empty", "spaces", "emoji", "zero width"])
def test_a_question_without_words_is_told_so(asked, name):
    assert asked(ODD[name]).as_json()["rule"] == "no_words"


@pytest.mark.parametrize("name", ["40 kB", "40 kB word"])
def test_a_question_of_40_kb_is_told_to_be_short(asked, name):
    assert asked(ODD[name]).as_json()["rule"] == "too_long"


def test_invisible_marks_change_no_answer(asked):
    plain = asked("refunds go to the original card")
    marked = asked(ODD["refund with zero width"])
    assert plain.reply.status == "answered"
    assert marked.text == plain.text
    assert not INVISIBLE.search(asked(ODD["bidi"]).text)
