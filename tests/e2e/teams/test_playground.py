"""What people do with Coach in a Teams client: typed, pressed and seen at its page, and checked on the wire.

Runs only in a network of its own, which test_network.py makes.
"""

import csv
from itertools import count

import pytest

from bot.company import read_folder
from bot.trial.conversation import SAMPLE_COMPANY, TOBIAS
from lessons.adapt import for_roles
from tests.e2e.processes import running_coach
from tests.e2e.student import Student
from tests.e2e.teams.person import PERSONAL, Lesson, Person
from tests.e2e.teams.playground import TENANT, USERS, User, running_client
from tests.e2e.teams.wire import Wire

COACH_PORT = 8000
GROUP, CHANNEL = "Shift leads", "Training"
PERSONAL_ID, GROUP_ID, CHANNEL_ID = "a:personal-1", "19:shift-leads@thread.v2", "19:quayside-training@thread.tacv2"
QUESTION = "How do I handle a refund exception?"
QUOTE = "A refund exception is any refund outside the rules above"
PLACE = "Refunds and refund exceptions › How do I handle a refund exception?"
# Only managers may read where this stands.
SECRET_QUESTION = "by when do I fill in the review sheet for the yearly pay review?"
SECRET_QUOTE = "By 20 January"
SECRET_PLACE = "Pay bands and pay review"
OFFER = "One that you may read does."
# It has an exercise of every kind.
LESSON, ASKED = "complaints-say-it-back.md", "practice complaints"
COMMENT = "Clear steps, thank you"


def users():
    """Tobias, who manages a store and types here, and people of his."""
    with (SAMPLE_COMPANY / "people.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["site"] == "Quayside"]
    rows.sort(key=lambda row: row["email"] != TOBIAS)
    return [User(number, row["name"], row["email"]) for number, row in enumerate(rows[:USERS], start=1)]


@pytest.fixture(scope="module")
def coach(tmp_path_factory):
    """Coach with the sample company, as `coach serve` runs it."""
    settings = {"TEAMS_AUTH": "anonymous", "TEAMS_TENANT_ID": TENANT}
    with running_coach(tmp_path_factory.mktemp("coach"), SAMPLE_COMPANY, COACH_PORT, settings) as process:
        yield process


@pytest.fixture(scope="module")
def client(chromium, coach, tmp_path_factory):
    """The page of the Teams client, and the wire behind it."""
    folder, endpoint = tmp_path_factory.mktemp("client"), f"http://127.0.0.1:{COACH_PORT}/api/messages"
    with running_client(folder, users(), endpoint) as address:
        context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        page, wire = context.new_page(), Wire()
        page.on("websocket", wire.listen)
        page.goto(address)
        yield page, wire
        context.close()


@pytest.fixture
def tobias(client, keep_picture, request):
    """Tobias in his personal chat; a picture of the page he leaves is kept."""
    person = Person(*client)
    person.open(PERSONAL)
    yield person
    keep_picture(person.page, request.node.name.removeprefix("test_"))


def assert_answered(tobias, since, conversation):
    """Assert that the answer stands there: quoted, its place cited beside a mark, and said to be a machine's."""
    quoted = tobias.told(since, QUOTE)
    assert tobias.place_of(quoted) == conversation
    entity = next(one for one in quoted.body["entities"] if one["type"] == "https://schema.org/Message")
    assert entity["additionalType"] == ["AIGeneratedContent"]
    assert entity["citation"][0]["position"] == 1
    assert PLACE in entity["citation"][0]["appearance"]["name"]
    tobias.sees(QUOTE)
    tobias.sees("AI generated")
    tobias.sees(f"[1] Quoted from {PLACE}")


def test_whoever_adds_coach_is_welcomed_in_the_personal_chat(tobias):
    assert tobias.place_of(tobias.told(0, "I am Coach.")) == PERSONAL_ID
    tobias.sees("in quotes from its own SOPs")


def test_a_question_in_the_personal_chat_is_answered_with_a_quote(tobias):
    since = tobias.say(QUESTION)
    assert_answered(tobias, since, PERSONAL_ID)


def test_a_question_in_a_group_chat_is_answered_there(tobias):
    tobias.open(GROUP)
    since = tobias.mention(QUESTION)
    assert_answered(tobias, since, GROUP_ID)


def test_a_question_in_a_channel_is_answered_in_its_thread(tobias):
    tobias.open(CHANNEL)
    since = tobias.mention(QUESTION, is_new_post=True)
    post = tobias.until(lambda: tobias.by_client(since, "message"))[0]
    thread = post.body["conversation"]["id"]
    assert thread.startswith(f"{CHANNEL_ID};messageid=")
    assert_answered(tobias, since, thread)


def test_what_does_not_mention_coach_gets_nothing(tobias):
    tobias.open(GROUP)
    since = tobias.say(QUESTION)
    tobias.open(CHANNEL)
    tobias.say(QUESTION)
    # What is asked last is answered last.
    tobias.open(PERSONAL)
    tobias.say("help")
    tobias.until(lambda: tobias.by_coach(since))
    assert [one.body["text"] for one in tobias.by_client(since, "message")] == ["help"]
    assert len(tobias.by_coach(since)) == 1
    assert tobias.place_of(tobias.by_coach(since)[0]) == PERSONAL_ID


def test_a_thumb_and_its_words_are_taken(tobias):
    since = tobias.say(QUESTION)
    tobias.told(since, QUOTE)
    tobias.press("Like")
    form = tobias.page.get_by_role("dialog")
    form.locator("textarea").fill(COMMENT)
    form.get_by_role("button", name="Submit").click()
    tobias.sees("We appreciate your feedback")
    form.get_by_role("button", name="Close").click()
    rated = tobias.invoked(since, "message/submitAction")
    assert rated.body["value"]["actionValue"] == {"reaction": "like", "feedback": COMMENT}
    assert (rated.status, rated.answer) == (200, {})
    # Teams says which message was rated; this client does not.
    assert "replyToId" not in rated.body
    tobias.told(since, "I could not tell which answer you rated")


def test_a_lesson_goes_on_after_coach_was_killed_in_the_middle(tobias, coach, keep_picture):
    steps = count(1)
    lesson = Lesson(tobias, lambda: keep_picture(tobias.page, f"lesson-{next(steps):02}"))
    company = read_folder(SAMPLE_COMPANY)
    roles = next(row.roles for row in company.people if row.email == TOBIAS)
    module = next(module for module in company.shelf.modules if module.file == LESSON)
    student = Student(lesson, for_roles(module, roles))
    since = tobias.say(ASKED)
    offered = tobias.told(since, f"{module.minutes.total} min: ")
    assert tobias.place_of(offered) == PERSONAL_ID
    tobias.sees(module.title)
    lesson.look()
    student.read_cards()
    for item in student.items():
        student.meets(item)
        if item.kind == "order":
            first, *rest = student.picks(item)
            lesson.press(first)
            coach.kill()
            coach.start()
            for label in rest:
                lesson.press(label)
        else:
            student.answer(item)
        student.say_how_sure(item)
        student.go_on()
    tobias.sees(module.closing)
    assert lesson.labels() == []
    # In Teams a form stands below, and what was written is answered below that.
    assert len({one.message_id for one in tobias.by_coach(since)}) == 3


def test_progress_is_answered(tobias):
    since = tobias.say("progress")
    progress = tobias.told(since, "need help")
    assert tobias.place_of(progress) == PERSONAL_ID
    assert {user.name for user in users()[1:]} <= set(progress.words.splitlines())
    tobias.sees("need help")


def test_a_form_is_shown_where_only_its_reader_sees_it(tobias):
    tobias.open(CHANNEL)
    since = tobias.mention(QUESTION, is_new_post=True)
    tobias.told(since, QUOTE)
    tobias.press("Read the Section")
    tobias.sees("I sent it to your own chat with me.")
    section = tobias.told(since, "The section in full")
    assert tobias.place_of(section) == PERSONAL_ID


def test_what_a_channel_may_not_see_is_answered_in_the_personal_chat(tobias):
    tobias.open(CHANNEL)
    since = tobias.mention(SECRET_QUESTION, is_new_post=True)
    assert tobias.place_of(tobias.told(since, OFFER)).startswith(CHANNEL_ID)
    tobias.press("Answer Privately")
    tobias.sees("The answer comes in your own chat with me.")
    answer = tobias.told(since, SECRET_QUOTE)
    assert SECRET_PLACE in answer.words
    secret = [one for one in tobias.by_coach(since) if SECRET_QUOTE in one.words or SECRET_PLACE in str(one.body)]
    assert {tobias.place_of(one) for one in secret} == {PERSONAL_ID}
    tobias.open(PERSONAL)
    tobias.sees(SECRET_QUOTE)


def test_the_client_took_everything_coach_sent_once(tobias):
    sent = tobias.by_coach()
    assert [one.words for one in sent if one.status not in (200, 201)] == []
    assert len({one.message_id for one in sent if one.status == 201}) == sum(one.status == 201 for one in sent)


def test_the_log_holds_no_words_no_names_and_no_failure(tobias, coach):
    printed = coach.printed.read_text()
    assert printed.count('"interaction"') >= 10
    for words in (QUESTION, QUOTE, SECRET_QUOTE, COMMENT, "Tobias", "tobias", "Traceback", '"error"'):
        assert words not in printed, words
