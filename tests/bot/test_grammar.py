"""A text is a command only if all of it is one; the rest is a question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import COMMANDS, read_command, read_wish


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("help", "help"),
        ("Help!", "help"),
        ("  about. ", "about"),
        ("What can you do?", "about"),
        ("start today’s lesson", "lesson"),
        ("progress team", "progress team"),
        ("SETTINGS", "settings"),
        ("Pause.", "pause"),
        ("stop lessons!", "stop lessons"),
        ("lessons weekly", "lessons weekly"),
    ],
)
def test_a_command_is_the_whole_text(text, name):
    assert (read_wish(text).kind, read_wish(text).name) == ("command", name)


@pytest.mark.parametrize(
    "text", ["link 123456", "Link 123 456.", "link 123-456", "LINK 1 2 3 4 5 6", "`link 123456`", "  link  123456 "]
)
def test_a_code_is_typed_with_spaces_or_hyphens_or_without(text):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.digits) == ("command", "link code", "123456")


def test_link_alone_asks_for_a_code_and_a_code_too_short_is_meant_as_one():
    assert (read_wish("Link!").name, read_wish("Link!").digits) == ("link", "")
    assert (read_wish("link 12345").name, read_wish("link 12345").digits) == ("link code", "12345")


def test_a_pause_names_a_day_or_none():
    assert (read_wish("pause lessons").name, read_wish("pause lessons").until) == ("pause", "")
    for text in ("Pause until 2026-12-24.", "pause lessons until 2026-12-24"):
        assert (read_wish(text).kind, read_wish(text).name, read_wish(text).until) == ("command", "pause", "2026-12-24")
    for text in ("how do I pause the till", "pause lessons until when?"):
        assert read_wish(text).kind == "question"


@pytest.mark.parametrize("text", ["track", "My track!", "tracks", "my tracks"])
def test_ones_own_track(text):
    assert (read_wish(text).kind, read_wish(text).name) == ("command", "track")


def test_assigning_takes_all_words_behind_it_and_a_question_mark_makes_a_question():
    wish = read_wish("Assign Ben Ash new-at-the-counter.")
    assert (wish.kind, wish.name, wish.words) == ("command", "assign", "ben ash new-at-the-counter")
    assert (read_wish("assign").name, read_wish("assign").words) == ("assign", "")
    assert read_wish("assign Ben a track?").kind == "question"


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("practice", ""),
        ("Practise!", ""),
        ("practice Refunds", "refunds"),
        ("practise handoff notes.", "handoff notes"),
    ],
)
def test_practice_names_a_skill_or_none(text, skill):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.skill) == ("command", "practice", skill)


@pytest.mark.parametrize(
    ("text", "skill", "person"),
    [
        ("send lesson to Ben Ash", "", "ben ash"),
        ("Send a lesson refunds to ben@example.test.", "refunds", "ben@example.test"),
        ("send lesson on answers to customers to Ben Ash", "answers to customers", "ben ash"),
        ("send lesson refunds to @someone", "refunds", "@someone"),
        ("send lesson", "", ""),
    ],
)
def test_a_lesson_is_sent_to_somebody(text, skill, person):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.skill, wish.person) == ("command", "send lesson", skill, person)


@pytest.mark.parametrize("text", ["practice makes perfect?", "can I practice refunds", "send lesson to"])
def test_other_words_around_practice_and_lessons_make_a_question(text):
    assert read_wish(text).kind == "question"


@pytest.mark.parametrize(
    "text",
    [
        "link to the refund policy",
        "link 123456 please",
        "link abc123",
        "linked 123456",
        "the link 123456",
        "link 123--456",
        "link 1234567890123",
        "link ١٢٣٤٥٦",
        "123456",
    ],
)
def test_other_words_around_a_code_make_it_a_question(text):
    assert read_wish(text).kind == "question"


@pytest.mark.parametrize(
    "text",
    [
        "help with refunds",
        "about the alarm: what do I do?",
        "what is the progress bar on the till",
        "hello, how do I close the till?",
        "thanks, and what about no receipt?",
        "ok so who signs the refund",
        "lesson plan for new starters?",
        "hi vis jackets",
        "退款怎么办",
    ],
)
def test_anything_more_is_a_question(text):
    assert read_wish(text).kind == "question"


@pytest.mark.parametrize("text", ["hi", "Hello!", "hey coach", "good morning team", "Hey there :wave:", "hi 👋"])
def test_a_greeting_is_a_greeting(text):
    assert read_wish(text).kind == "greeting"


@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thank you so much!",
        "ok thanks",
        "great, thank you",
        "👍",
        ":+1:",
        "lol",
        "hahaha!",
        "yes",
        "Nope.",
        "got it",
        "cheers coach",
    ],
)
def test_thanks_are_thanks(text):
    assert read_wish(text).kind == "thanks"


@pytest.mark.parametrize("text", ["", "   ", "?", "???", "...", "!"])
def test_nothing_to_go_by(text):
    assert read_wish(text).kind == "nothing"


@pytest.mark.parametrize(
    ("command", "text", "kind", "name"),
    [
        ("/coach", "", "command", "help"),
        ("/coach", "thanks", "command", "help"),
        ("/coach", "about", "command", "about"),
        ("/coach", "link", "command", "link"),
        ("/coach", "link 123456", "command", "link code"),
        ("/coach", "how do I close?", "question", ""),
        ("/progress", "", "command", "progress"),
        ("/progress", "me", "command", "progress me"),
        ("/progress", "Team", "command", "progress team"),
        ("/progress", "everybody", "command", "progress of"),
        ("/progress", "help?", "command", "progress help"),
        ("/progress", "?", "command", "progress"),
        ("/progress", "skill refunds", "command", "progress skill"),
        ("/progress", "team 45 days", "command", "progress usage"),
        ("/progress", "team week month", "command", "progress usage"),
        ("/progress", "x" * 400, "command", "progress usage"),
        ("/coach", "my data", "command", "my data"),
        ("/coach", "dashboard", "command", "dashboard"),
    ],
)
def test_slash_commands(command, text, kind, name):
    wish = read_command(command, text)
    assert (wish.kind, wish.name) == (kind, name)


@pytest.mark.parametrize(
    ("text", "name", "days", "by", "team"),
    [
        ("progress", "progress", None, None, ""),
        ("progress this quarter", "progress", 90, None, ""),
        ("Show my progress!", "progress me", None, None, ""),
        ("my progress last week", "progress me", 7, None, ""),
        ("progress me year", "progress me", 365, None, ""),
        ("progress team", "progress team", None, None, ""),
        ("team progress this month", "progress team", 30, None, ""),
        ("progress week team by sites", "progress team", 7, "site", ""),
        ("progress by tenure", "progress team", None, "tenure", ""),
        ("progress team 90 days by site", "progress team", 90, "site", ""),
        ("progress by role team 7 days", "progress team", 7, "role", ""),
        ("progress team Quayside North", "progress team", None, None, "quayside north"),
        ("progress team quayside quarter", "progress team", 90, None, "quayside"),
    ],
)
def test_progress_takes_a_period_and_groups_in_any_order(text, name, days, by, team):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.days, wish.by, wish.team) == ("command", name, days, by, team)


@pytest.mark.parametrize(
    ("text", "person", "days"),
    [
        ("progress Ana", "ana", None),
        ("progress of ana oak.", "ana oak", None),
        ("progress @someone", "@someone", None),
        ("progress ana.oak@example.test", "ana.oak@example.test", None),
        ("progress ana oak last quarter", "ana oak", 90),
    ],
)
def test_progress_names_a_person(text, person, days):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.person, wish.days) == ("command", "progress of", person, days)


@pytest.mark.parametrize(("text", "skill"), [("progress skill", ""), ("progress skill Cash up!", "cash up")])
def test_progress_names_a_skill(text, skill):
    wish = read_wish(text)
    assert (wish.kind, wish.name, wish.skill) == ("command", "progress skill", skill)


@pytest.mark.parametrize(
    "text", ["progress ana?", "progress skill refunds?", "progress team spirit?", "my progress bar is stuck"]
)
def test_a_question_about_progress_is_a_question(text):
    assert read_wish(text).kind == "question"


@given(
    st.permutations(["team", "quarter", "by site", "last"]),
)
def test_the_order_of_words_changes_nothing(words):
    wish = read_wish(f"progress {' '.join(words)}")
    assert (wish.name, wish.days, wish.by, wish.team) == ("progress team", 90, "site", "")


@given(
    st.sampled_from(sorted(COMMANDS.keys() - {"practice", "practise", "assign"})),
    st.text(alphabet="abcdefgh ", min_size=3).filter(str.strip),
)
def test_words_after_a_command_make_it_a_question(command, more):
    text = f"{command} {more.strip()} zz"
    assert read_wish(text).kind == "question"


@given(st.text(max_size=300))
def test_every_text_means_something(text):
    assert read_wish(text).kind in ("question", "command", "greeting", "thanks", "nothing")
