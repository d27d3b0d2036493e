"""/progress: one's own, a manager's people, an auditor's groups, and nothing of anybody else; for the asker alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.messages import Identity, Kind, Link, Table
from bot.settings import Settings
from bot.views.lines import PROGRESS_USAGE
from bot.views.practice import NOTHING_TO_PRACTISE
from bot.views.progress_help import FILE_COMES_DIRECTLY, NO_PAGES, NO_REPORTS
from bot.views.progress_person import ONLY_OWN
from bot.web.sign_in import use_link
from coach.embed import WordHashEmbedder
from lessons.reports import NOT_BOTH
from metrics.events.kinds import ItemAnswered, LessonCompleted
from metrics.events.record import record
from metrics.looks import Look
from metrics.people import Person, find_person
from tests.chat import CHANNEL, Chat, labels

ADA, BEN, CARA, DOV, EVE, IVY, FAY = "U1", "U2", "U3", "U4", "U5", "U6", "U7"
NAMES = {
    ADA: "Ada Oak",
    BEN: "Ben Ash",
    CARA: "Cara Elm",
    DOV: "Dov Fir",
    EVE: "Eve Yew",
    IVY: "Cara Ivy",
    FAY: "Fay Box",
}
# Whom each of them may see besides themselves.
SEES = {
    ADA: {BEN, CARA, IVY},
    BEN: {CARA, IVY},
    CARA: set(),
    IVY: set(),
    FAY: set(),
    EVE: set(),
    DOV: {ADA, BEN, CARA, EVE, IVY, FAY},
}
FOLDER = {
    "company.yaml": "roles: [owner, cashier]\n"
    "skills: {refunds: {title: Refunds}, cash_up: {title: Cashing up}, cash_in: {title: Cash in hand}}\n"
    "admins: [dov@example.test]\nauditors: [eve@example.test]\ndefault_owner: dov@example.test\n",
    "people.csv": f"""name,email,slack_id,role,manager,team
Ada Oak,ada@example.test,{ADA},cashier,,Office
Ben Ash,ben@example.test,{BEN},cashier,ada@example.test,Quayside
Cara Elm,cara@example.test,{CARA},cashier,ben@example.test,Quayside
Dov Fir,dov@example.test,{DOV},owner,,Office
Eve Yew,eve@example.test,{EVE},owner,,Office
Cara Ivy,ivy@example.test,{IVY},cashier,ben@example.test,Quayside
Fay Box,fay@example.test,{FAY},cashier,,Millgate
""",
    "sops/refunds.md": "# Refunds\n\nPay back within 30 days.\n",
}


def chat_on(database, company, tmp_path, now, **settings):
    settings = Settings(home=tmp_path / "home", database_url=SecretStr(database.url), **settings)
    app = App(settings, embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        cara = find_person(session, f"slack:{CARA}").id
        for score, days in ((1.0, 9), (0.0, 2)):
            answered = ItemAnswered("slack", "refunds", score, 9.0, 1, "a.md#first", "choice")
            record(session, answered, now - timedelta(days=days), cara)
        record(session, LessonCompleted("slack", "refunds", 0.5, 120.0, 1, "a.md"), now - timedelta(days=2), cara)
    return Chat(app, now, tuple(Identity(user, is_member=True) for user in NAMES))


@pytest.fixture
def chat(database, company, tmp_path, now):
    found = chat_on(database, company, tmp_path, now)
    yield found
    found.app.close()


def progress(chat, user, words="", **more):
    """Write /progress, and return everything that came of it, as one text."""
    before = len(chat.platform.posted)
    chat.take(replace(chat.incoming(user, Kind.COMMAND, text=words, command="/progress", channel=CHANNEL), **more))
    sent = chat.platform.posted[before:]
    assert {each.address.only_for for each in sent} == {user}
    return "\n".join(repr(each.message) for each in sent)


def rows(chat):
    return [row for block in chat.last.message.blocks if isinstance(block, Table) for row in block.rows]


def looks(chat):
    """Who saw whom as what, by name."""
    with chat.app.database.session() as session:
        names = dict(session.execute(select(Person.id, Person.name)).all())
        return {(names[look.viewer_id], names[look.person_id], look.what) for look in session.scalars(select(Look))}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Get a Lesson"),
        ("me", "Get a Lesson"),
        ("week", "Get a Lesson"),
        ("cara elm", "Get a Lesson"),
        ("skill refunds", "Practise Refunds"),
    ],
)
def test_staff_see_their_own_and_nobody_is_told_that_they_looked(chat, words, says):
    assert says in progress(chat, CARA, words)
    assert looks(chat) == set()


def test_the_takeaway_is_of_the_period_asked_for(chat):
    assert "You answered 1 of 2 right in the last 30 days." in progress(chat, CARA)
    assert "You answered 0 of 1 right in the last 7 days." in progress(chat, CARA, "week")
    assert chat.outcomes() == ["own_progress"] * 2


@pytest.mark.parametrize("words", ["", "team", "team week"])
def test_a_manager_sees_everyone_below_them_and_it_is_noted(chat, words):
    progress(chat, ADA, words)
    assert {row[0] for row in rows(chat)} == {"Ben Ash", "Cara Elm", "Cara Ivy"}
    progress(chat, BEN, words)
    assert next(row for row in rows(chat) if row[0] == "Cara Elm")[-1] == "1 (0 min)"
    assert chat.outcomes() == ["team_progress"] * 2
    assert looks(chat) == {
        *(("Ada Oak", name, "team") for name in ("Ben Ash", "Cara Elm", "Cara Ivy")),
        *(("Ben Ash", name, "team") for name in ("Cara Elm", "Cara Ivy")),
    }


def test_a_manager_reads_their_own_beside_the_team_and_alone(chat):
    assert "Your own progress. You have not practised yet." in progress(chat, BEN)
    assert "Cara" not in progress(chat, BEN, "me")


@pytest.mark.parametrize("user", [CARA, FAY])
@pytest.mark.parametrize("words", ["team", "team by site", "team quayside", "by role"])
def test_who_manages_nobody_is_told_what_they_can_see(chat, user, words):
    assert NO_REPORTS in progress(chat, user, words)
    assert chat.outcomes() == ["no_team"]


def test_an_admin_sees_everyone_team_by_team_or_one_team(chat):
    said = progress(chat, DOV, "team")
    for caption in ("Millgate, by need", "Office, by need", "Quayside, by need"):
        assert caption in said
    said = progress(chat, DOV, "team millgate")
    assert [row[0] for row in rows(chat)] == ["Fay Box"]
    assert "Quayside, who needs" not in said
    assert "You see nobody in a team called 'harbour'." in progress(chat, DOV, "team harbour")
    assert NOT_BOTH in progress(chat, DOV, "team millgate by site")


def test_a_manager_is_told_alike_of_a_team_that_is_not_theirs_and_of_none(chat):
    elsewhere, nowhere = progress(chat, BEN, "team millgate"), progress(chat, BEN, "team mullgate")
    assert elsewhere == nowhere.replace("mullgate", "millgate")


def test_an_auditor_sees_groups_and_no_name(chat):
    said = progress(chat, EVE, "team by role")
    assert "7 people; too few of them took part to show more." in said
    assert not any(name in said for name in NAMES.values())
    assert "by='team'" not in said
    assert "By team" in progress(chat, EVE, "team")
    assert ONLY_OWN in progress(chat, EVE, "cara elm")
    assert "You have not practised yet." in progress(chat, EVE)
    assert looks(chat) == set()


@pytest.mark.parametrize(
    "words", ["cara elm", "Cara Elm", "cara@example.test", "elm", "of cara elm", "cara elm quarter"]
)
def test_a_manager_names_somebody_and_it_is_noted(chat, words):
    said = progress(chat, BEN, words)
    assert "Heading(text='Cara Elm'" in said
    assert {"Check-in Script", "Recognise", "Did It Alone"} <= labels(chat.last.message).keys()
    assert chat.outcomes() == ["person_progress"]
    assert looks(chat) == {("Ben Ash", "Cara Elm", "person")}


def test_somebody_is_mentioned(chat):
    assert "Heading(text='Cara Ivy'" in progress(chat, BEN, "@someone", mentioned=(IVY,))
    assert "You answered 1 of 2 right" in progress(chat, CARA, "@someone", mentioned=(CARA,))
    assert chat.outcomes() == ["person_progress", "own_progress"]


def test_an_admin_who_does_not_manage_somebody_may_see_but_not_note_for_them(chat):
    progress(chat, DOV, "fay box")
    assert labels(chat.last.message).keys() == {"Check-in Script"}


def test_of_two_of_one_name_one_is_chosen_by_a_press(chat):
    assert "Whom do you mean by “cara”?" in progress(chat, BEN, "cara")
    assert looks(chat) == set()
    chat.press(BEN, "Cara Ivy")
    assert chat.last.message.text.startswith("Cara Ivy needs")
    assert looks(chat) == {("Ben Ash", "Cara Ivy", "person")}


def test_a_press_is_checked_again(chat):
    progress(chat, BEN, "cara")
    asked = chat.last
    with chat.app.database.transaction() as session:
        find_person(session, f"slack:{IVY}").manager_id = None
    chat.press(BEN, "Cara Ivy", asked)
    assert "Nobody you see is called that" in chat.last.message.text
    assert "Ivy" not in chat.last.message.text
    chat.press(FAY, "Cara Elm", asked)
    assert chat.last.message.text == ONLY_OWN
    assert looks(chat) == set()


@pytest.mark.parametrize("user", [BEN, CARA])
def test_whether_somebody_exists_is_not_told(chat, user):
    answers = {
        progress(chat, user, words, mentioned=mentioned)
        for words, mentioned in (
            ("fay box", ()),
            ("nobody here", ()),
            ("fay@example.test", ()),
            ("@someone", (FAY,)),
            ("@someone", ("U404",)),
            ("@someone", ("",)),
        )
    }
    assert len(answers) == 1
    assert chat.outcomes() == ["person_refused"] * 6


def test_a_skill_is_told_to_staff_and_to_managers(chat):
    assert "text='Refunds: practising.'" in progress(chat, CARA, "skill Refunds")
    assert "Cashing up: not started." in progress(chat, CARA, "skill cash_up")
    assert "Refunds: 0 of 2 people who need it mastered it." in progress(chat, BEN, "skill refunds")
    assert "“cash” could be one of these: Cashing up, Cash in hand." in progress(chat, BEN, "skill cash")
    assert "There is no skill “juggling”." in progress(chat, BEN, "skill juggling")
    assert "'Write one of these: Refunds, Cashing up, Cash in hand." in progress(chat, BEN, "skill")


def test_the_table_comes_as_a_file_to_ones_direct_messages(chat):
    progress(chat, BEN, "team quarter")
    chat.press(BEN, "Export CSV")
    sent = next(each for each in reversed(chat.platform.posted) if each.message.file)
    assert (sent.address.only_for, sent.address.channel) == (BEN, None)
    assert sent.message.file.title == "Progress of the people you see, the last 90 days"
    assert sent.message.file.name == "progress-2026-11-23.csv"
    lines = sent.message.file.content.splitlines()
    assert sorted(line.partition(",")[0] for line in lines) == ["Cara Elm", "Cara Ivy", "\ufeffperson"]
    assert chat.last.message.text == FILE_COMES_DIRECTLY
    [exported] = chat.events("progress_exported")
    assert exported.payload["rows"] == 2
    assert ("Ben Ash", "Cara Elm", "export") in looks(chat)


def test_groups_come_as_a_file_without_a_name(chat):
    progress(chat, EVE, "team by role")
    chat.press(EVE, "Export CSV")
    [content] = [each.message.file.content for each in chat.platform.posted if each.message.file]
    assert content.startswith("\ufeffgroup,people")
    assert not any(name in content for name in NAMES.values())
    assert looks(chat) == set()


def test_a_file_is_for_whoever_presses_and_sees_something(chat):
    progress(chat, ADA, "team")
    shown = chat.last
    chat.press(FAY, "Export CSV", shown)
    assert chat.last.message.text == NO_REPORTS
    chat.press(BEN, "Export CSV", shown)
    [content] = [each.message.file.content for each in chat.platform.posted if each.message.file]
    assert "Cara Elm" in content
    assert "Ben Ash" not in content


def test_in_ones_own_chat_the_file_comes_alone(chat):
    chat.dm(BEN, "progress team")
    before = len(chat.platform.posted)
    chat.press(BEN, "Export CSV")
    [sent] = chat.platform.posted[before:]
    assert sent.message.file is not None
    assert sent.channel == f"dm-{BEN}"


def test_a_press_begins_practice_in_the_skill_it_names(chat):
    progress(chat, CARA, "skill refunds")
    chat.press(CARA, "Practise Refunds")
    assert chat.last.message.text == NOTHING_TO_PRACTISE
    assert chat.outcomes() == ["skill_progress", "unknown_skill"]


def test_in_a_channel_only_the_asker_reads_it(chat):
    progress(chat, ADA, "team")
    chat.mention(ADA, "progress team")
    chat.dm(ADA, "progress")
    shown = [sent for sent in chat.platform.posted if "Nobody of 3 people needs help now." in sent.message.text]
    assert [(sent.address.only_for, sent.channel) for sent in shown] == [
        (ADA, CHANNEL),
        (ADA, CHANNEL),
        (None, f"dm-{ADA}"),
    ]


@pytest.mark.parametrize(
    "words", ["progress bar on the till", "progress team spirit", "progress skill of the new people"]
)
def test_words_that_name_nothing_are_a_question(chat, words):
    chat.dm(BEN, words)
    assert len(chat.events("question_asked")) == 1


def test_a_period_nobody_knows_is_explained(chat):
    assert PROGRESS_USAGE in progress(chat, BEN, "team 45 days")


@pytest.mark.parametrize(
    ("user", "begins", "lines"),
    [(BEN, "progress team: who needs", 5), (EVE, "progress team: figures of groups", 5), (CARA, "progress me:", 4)],
)
def test_help_says_what_there_is_by_role(chat, user, begins, lines):
    progress(chat, user, "help")
    [steps] = [block for block in chat.last.message.blocks if block.kind == "steps"]
    assert steps.items[0].startswith(begins)
    assert len(steps.items) == lines


def test_without_pages_everything_is_in_chat(chat):
    chat.dm(BEN, "dashboard")
    assert chat.last.message.text == NO_PAGES
    assert chat.outcomes() == ["no_pages"]


def test_the_dashboard_opens_by_a_link_for_one_person_and_one_use(database, company, tmp_path, now):
    chat = chat_on(database, company, tmp_path, now, public_url="https://coach.example.test")
    chat.mention(BEN, "dashboard")
    message = chat.last.message
    [url] = [item.url for block in message.blocks for item in getattr(block, "items", ()) if isinstance(item, Link)]
    assert chat.last.address.only_for == BEN
    assert url.startswith("https://coach.example.test/pages/sign-in/")
    assert url not in message.text
    with chat.app.database.transaction() as session:
        ben = find_person(session, f"slack:{BEN}").id
        assert use_link(session, url.rpartition("/")[2], chat.now) == ben
        assert use_link(session, url.rpartition("/")[2], chat.now) is None
    progress(chat, BEN, "team")
    assert "url='https://coach.example.test/pages'" in repr(chat.last.message)
    chat.app.close()


COMMANDS = (
    "",
    "me",
    "team",
    "team by site",
    "team quayside",
    "cara",
    "cara elm",
    "fay",
    "skill refunds",
    "help",
    "ben",
)


@pytest.mark.parametrize("user", NAMES)
def test_nobody_is_named_to_who_may_not_see_them(chat, user):
    for words in COMMANDS:
        said = progress(chat, user, words)
        named = {other for other, name in NAMES.items() if name in said}
        assert named <= SEES[user] | {user}, words
    names = {NAMES[other] for other in SEES[user]}
    assert {seen for viewer, seen, _ in looks(chat) if viewer == NAMES[user]} <= names
