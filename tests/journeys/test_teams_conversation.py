"""What people do with Coach in Teams: they write, press and rate, read, and see what changed."""

from collections import Counter

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.tables import StoredAddress
from bot.teams import replies
from bot.views import lines
from bot.views.answer_message import MORE_FOR_YOU, RATED, SHARED
from bot.views.figures import LEARNING_ONLY
from bot.views.progress_help import NO_REPORTS
from coach.tables import AskedQuestion
from metrics.people import Person
from tests import teams_trial
from tests.slack_trial import (
    ANSWER,
    CASHIERS,
    OTHER_ANSWER,
    OTHER_QUESTION,
    QUESTION,
    SECRET_ANSWER,
    SECRET_QUESTION,
)
from tests.teams_cards import pressable
from tests.teams_people import NotVisible


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with teams_trial.teams_trial(tmp_path_factory.mktemp("trial")) as running:
        yield running
        assert running.connector.rejections == []


def place(trial, kind, *people, **more):
    """Make a place for these people; each has its own rate limits."""
    name = f"{kind} {len(trial.tenant.places)}"
    return getattr(trial.tenant, kind)(name, *(person.user for person in people), **more)


@pytest.fixture
def dan(trial):
    """Somebody who works here and stands on no list; those of the list are soon used up."""
    return trial.person(trial.tenant.add(f"Dan Fir {len(trial.tenant.users)}"))


@pytest.fixture
def room(trial, cara, dan):
    return place(trial, "channel", cara, dan, trial.manager())


@pytest.fixture
def chat(trial, cara, dan):
    return place(trial, "group", cara, dan)


def said(person, conversation=None):
    return "\n".join(seen.words for seen in person.by_coach(conversation))


def labels(seen):
    return list(pressable(seen.activity))


def newest(person, words, conversation=None):
    """Return the newest message of Coach's that says something."""
    return next(seen for seen in reversed(person.by_coach(conversation)) if words in seen.words)


def reading(seen):
    return next(label for label in labels(seen) if label.startswith("Read"))


# Asking


def test_a_mention_is_answered_in_its_thread_for_everybody(trial, cara, dan, room):
    asked = trial.act(cara.mention, QUESTION, room)
    (answer,) = dan.by_coach(room)
    assert answer.root == asked.id
    assert ANSWER in answer.words
    assert f"{room.id};messageid={asked.id}" in [conversation for conversation, _ in trial.connector.typing]


def test_a_mention_in_a_group_chat_is_answered_there(trial, cara, dan, chat):
    trial.act(cara.mention, QUESTION, chat)
    assert ANSWER in dan.by_coach(chat)[0].words
    trial.act(cara.mention, OTHER_QUESTION, chat)
    assert OTHER_ANSWER in dan.by_coach(chat)[1].words


def test_what_is_written_to_coach_alone_is_answered_and_the_first_time_welcomed(trial, cara):
    trial.act(cara.say, QUESTION)
    shown = [seen.words for seen in cara.by_coach()]
    assert [sum(words in each for each in shown) for words in (ANSWER, "I am Coach.", "Only you see this")] == [1, 1, 1]
    trial.act(cara.say, "and without a receipt?")
    assert "only a manager may approve" in trial.last(cara).words
    assert len(cara.by_coach()) == 4


def test_a_follow_up_in_a_thread_mentions_coach_again(trial, cara, dan, room):
    asked = trial.act(cara.mention, QUESTION, room)
    trial.act(cara.mention, "and without a receipt?", room, thread=asked.id)
    first, second = dan.by_coach(room)
    assert first.root == second.root == asked.id
    assert "only a manager may approve" in second.words


def test_where_coach_hears_everything_it_keeps_nothing_of_what_is_not_for_it(trial, cara, dan, caplog):
    room = place(trial, "channel", cara, dan, hears_all=True)
    with capture_logs() as logged:
        asked = trial.act(cara.mention, QUESTION, room)
    assert len(logged) >= 1
    before = trial.everything_stored()
    with capture_logs() as logged:
        talk = trial.act(dan.say, QUESTION, room)
        trial.act(cara.say, OTHER_QUESTION, room, thread=talk.id)
        trial.act(dan.attach, room, "rota.pdf")
        trial.act(dan.edit, talk.id, OTHER_QUESTION)
        deleted = trial.act(dan.delete, talk.id)
    assert {talk.status, deleted.status} == {200}
    assert logged == []
    assert [record for record in caplog.records if record.levelname != "DEBUG"] == []
    assert trial.everything_stored() == before
    # Below its own answer it goes on listening to who asked.
    trial.act(cara.say, "and without a receipt?", room, thread=asked.id)
    assert "only a manager may approve" in trial.last(dan, room).words
    assert trial.everything_stored() != before


def test_coach_is_quiet_where_people_talk_to_each_other(trial, cara, dan):
    room = place(trial, "channel", cara, dan, hears_all=True)
    asked = trial.act(cara.mention, QUESTION, room)
    trial.act(dan.say, OTHER_QUESTION, room, thread=asked.id)
    trial.act(cara.say, OTHER_QUESTION, room, thread=asked.id)
    assert len(cara.by_coach(room)) == 1
    trial.act(cara.mention, OTHER_QUESTION, room, thread=asked.id)
    assert OTHER_ANSWER in trial.last(dan, room).words
    trial.act(cara.say, QUESTION, room, thread=asked.id)
    assert len(cara.by_coach(room)) == 3


def test_elsewhere_coach_does_not_even_hear_it(trial, cara, room):
    before = trial.everything_stored()
    assert trial.act(cara.say, QUESTION, room).status is None
    assert trial.everything_stored() == before


@pytest.mark.parametrize("where", ["alone", "room", "chat"])
def test_words_that_are_no_question_get_a_line_or_nothing(trial, cara, room, chat, where):
    conversation = {"alone": None, "room": room, "chat": chat}[where]

    def say(words):
        deed = (cara.say, words) if conversation is None else (cara.mention, words, conversation)
        trial.act(*deed)
        return trial.last(cara, conversation).words

    trial.act(cara.say, "hello")
    assert say("hello") == lines.HELP
    standing = len(cara.by_coach(conversation))
    say("thanks!")
    assert len(cara.by_coach(conversation)) == standing


@pytest.mark.parametrize("name", ["till.png", "receipt.pdf"])
def test_a_file_alone_gets_a_line(trial, cara, name):
    trial.act(cara.attach, name=name)
    assert newest(cara, lines.ONLY_TEXT)


def test_a_card_number_never_reaches_the_database(trial, cara):
    trial.act(cara.say, f"{QUESTION} my card is 4111 1111 1111 1111")
    assert "I took a card number out of your message" in said(cara)
    assert "4111 1111" not in str(trial.everything_stored())


# Taking back


@pytest.mark.parametrize("where", ["alone", "room", "chat"])
def test_an_edited_question_is_answered_anew_in_place(trial, cara, room, chat, where):
    conversation = {"alone": None, "room": room, "chat": chat}[where]
    deed = (cara.say, QUESTION) if conversation is None else (cara.mention, QUESTION, conversation)
    asked = trial.act(*deed)
    before = newest(cara, ANSWER, conversation)
    trial.act(cara.edit, asked.id, OTHER_QUESTION)
    after = newest(cara, OTHER_ANSWER, conversation)
    assert (after.id, after.is_edited) == (before.id, True)
    assert after.words != before.words


@pytest.mark.parametrize("where", ["alone", "room", "chat"])
def test_the_answer_to_a_deleted_question_goes_too(trial, cara, dan, room, chat, where):
    conversation = {"alone": None, "room": room, "chat": chat}[where]
    deed = (cara.say, QUESTION) if conversation is None else (cara.mention, QUESTION, conversation)
    asked = trial.act(*deed)
    assert ANSWER in said(cara, conversation)
    trial.act(cara.delete, asked.id)
    assert ANSWER not in said(cara, conversation)
    assert QUESTION not in str(trial.rows(AskedQuestion)[-1].words)


# For one person's eyes


@pytest.mark.parametrize("way", ["slash", "privately"])
def test_what_is_asked_aside_is_answered_in_ones_own_chat_until_shared(trial, cara, dan, room, way):
    if way == "slash":
        trial.act(cara.slash, QUESTION, room)
    else:
        trial.act(cara.mention, f"privately {QUESTION}", room)
    own = newest(cara, ANSWER)
    assert cara.by_coach(room) == []
    trial.act(cara.press, "Share in Channel")
    (shared,) = dan.by_coach(room)
    assert ANSWER in shared.words
    assert QUESTION in shared.words
    assert cara.user.name in shared.words
    again = newest(cara, SHARED)
    assert again.id == own.id
    assert set(labels(own)) - set(labels(again)) == {"Share in Channel"}
    trial.act(cara.press_late, own, "Share in Channel")
    assert trial.last(cara).words == lines.ALREADY_SHARED
    assert len(dan.by_coach(room)) == 1


def test_a_slash_command_shared_stands_where_everybody_sees_it(trial, cara, dan, room):
    asked = trial.act(cara.slash, QUESTION, room)
    trial.act(cara.press, "Share in Channel")
    (shared,) = dan.by_coach(room)
    # What nobody else sees begins no thread that anybody could open.
    assert shared.root != asked.id


def test_what_not_everyone_may_read_is_answered_privately(trial, cara, dan, room):
    manager = trial.manager()
    trial.act(manager.mention, SECRET_QUESTION, room)
    offered = newest(cara, MORE_FOR_YOU, room)
    sent = trial.act(cara.press, "Answer Privately", offered.id)
    assert sent.body["value"] == replies.ANSWER_COMES
    assert trial.last(cara).words == lines.NOT_YOURS
    trial.act(manager.press, "Answer Privately", offered.id)
    answer = newest(manager, SECRET_ANSWER)
    assert SECRET_QUESTION in answer.words
    assert SECRET_ANSWER not in said(cara) + said(cara, room) + said(dan, room)


@pytest.mark.parametrize("where", ["alone", "room", "chat"])
@pytest.mark.parametrize("as_submit", [False, True])
def test_the_section_behind_a_quote_opens_in_full(trial, cara, room, chat, where, as_submit):
    conversation = {"alone": None, "room": room, "chat": chat}[where]
    trial.act(cara.say, "hello")
    deed = (cara.say, QUESTION) if conversation is None else (cara.mention, QUESTION, conversation)
    trial.act(*deed)
    answer = newest(cara, ANSWER, conversation)
    sent = trial.act(cara.press, reading(answer), answer.id, as_submit=as_submit)
    if not as_submit:
        told = replies.FORM_HERE if conversation is None else replies.FORM_DIRECTLY
        assert (sent.body["value"], sent.status) == (told, 200)
    section = newest(cara, "Ask for the receipt first.")
    assert section.conversation_id == trial.tenant.personal(cara.user).id
    assert "shop/refunds.md" in section.words
    assert conversation is None or cara.by_coach(conversation) == [answer]


# Ratings


def test_a_thumb_with_a_comment_is_kept_with_the_question(trial, cara, room):
    trial.act(cara.mention, QUESTION, room)
    answer = newest(cara, ANSWER, room)
    assert trial.act(cara.rate, "dislike", answer.id, "old, ask 4111 1111 1111 1111").body == {}
    asked = trial.rows(AskedQuestion)[-1]
    assert (asked.rating, asked.rating_note.startswith("old, ask")) == ("not_helpful", True)
    assert "4111" not in asked.rating_note
    after = newest(cara, RATED["not_helpful"], room)
    assert after.id == answer.id
    with pytest.raises(NotVisible):
        cara.rate("like", answer.id)


def test_a_thumb_counts_once_and_only_of_who_asked(trial, cara, dan, room):
    trial.act(cara.mention, QUESTION, room)
    answer = newest(cara, ANSWER, room)
    stood, asked = answer.activity, trial.rows(AskedQuestion)[-1]
    assert trial.act(dan.rate, "dislike", answer.id, "no").status == 200
    assert trial.rows(AskedQuestion)[-1].rating is None
    assert dan.by_coach() == []
    assert newest(dan, ANSWER, room).activity == stood
    liked = trial.act(cara.rate, "like", answer.id)
    trial.act(cara.again, liked)
    # A client that shows the thumbs still sends another.
    twice = liked.activity | {"id": "another"}
    twice["value"] = {"actionName": "feedback", "actionValue": {"reaction": "dislike", "feedback": ""}}
    cara.post(twice)
    trial.settle()
    rated = next(row for row in trial.rows(AskedQuestion) if row.id == asked.id)
    assert (rated.rating, rated.rating_note) == ("helpful", None)
    assert newest(cara, RATED["helpful"], room).id == answer.id
    assert trial.last(cara).words == lines.ALREADY_RATED


# Practice


@pytest.mark.parametrize("as_submit", [False, True])
def test_a_lesson_is_read_answered_and_counted(trial, cara, dan, as_submit):
    trial.act(cara.say, "lesson")
    offered = newest(cara, "3 min: 1 concept, 1 practice, 1 reflection")
    for label in ("Start", "To Practice"):
        trial.act(cara.press, label, as_submit=as_submit)
    asked = newest(cara, "She is in a hurry")
    assert labels(asked) == ["A: Pay it back in cash.", "B: Call a manager.", "C: Send them away."]
    for label in ("B: Call a manager.", "Sure"):
        trial.act(cara.press, label, as_submit=as_submit)
    assert "Without a receipt only a manager may approve a refund." in newest(cara, "Right: B.").words
    trial.act(cara.again)
    # Whoever presses a step that is done sees where they are, and nothing counts twice.
    stood = trial.last(cara)
    trial.act(cara.press_late, asked, "C: Send them away.", as_submit=as_submit)
    assert (trial.last(cara).id, trial.last(cara).words) == (stood.id, stood.words)
    for label in ("Next", "C: Nobody at all", "Guess", "Finish"):
        trial.act(cara.press, label, as_submit=as_submit)
    closing = newest(cara, "Refunds: 1 of 2 right. ")
    assert (closing.id, labels(closing)) == (offered.id, [])
    trial.act(cara.say, "progress")
    assert "You answered 1 of 2 right in the last 30 days." in trial.last(cara).words
    trial.act(dan.say, "hello")
    trial.act(dan.say, "progress")
    assert "You have not practised yet." in trial.last(dan).words


def test_progress_asked_in_a_channel_comes_in_ones_own_chat(trial, cara, room):
    manager = trial.manager()
    trial.act(cara.say, "lesson")
    for label in ("Start", "To Practice", "B: Call a manager.", "Sure"):
        trial.act(cara.press, label)
    for deed in (manager.mention, manager.slash):
        trial.act(deed, "progress team", room)
        assert newest(manager, f"{cara.user.name}\tnothing now\t0 of 1")
        assert LEARNING_ONLY in trial.last(manager).words
    assert cara.user.name not in said(cara, room)
    trial.act(cara.mention, "progress team", room)
    assert newest(cara, NO_REPORTS)


def test_what_is_long_comes_in_parts_and_nothing_of_it_is_lost(trial):
    manager = trial.manager()
    trial.act(manager.say, "hello")
    before = len(manager.by_coach())
    trial.act(manager.say, "progress team")
    parts = manager.by_coach()[before:]
    assert len(parts) > 1
    rows = [line.partition("\t")[0] for part in parts for line in part.words.split("\n")]
    names = [user.name for user in trial.tenant.users.values() if user.name.startswith("Cara Elm ")]
    assert len(names) == CASHIERS
    assert Counter(rows) & Counter(names) == Counter(names)


# Home, forms and coming and going


def test_home_shows_recent_questions_and_is_brought_up_to_date_in_place(trial, cara, dan):
    trial.act(cara.say, "home")
    (home,) = [seen for seen in cara.by_coach() if "Refresh" in labels(seen)]
    assert "None yet" in home.words
    trial.act(cara.say, QUESTION)
    trial.act(cara.press, "Refresh", home.id)
    after = newest(cara, "Your questions")
    assert (after.id, QUESTION in after.words) == (home.id, True)
    trial.act(dan.say, "home")
    assert QUESTION not in said(dan)
    trial.act(cara.say, "home")
    (anew,) = [seen for seen in cara.by_coach() if "Refresh" in labels(seen)]
    assert anew.id != home.id
    assert QUESTION in anew.words


@pytest.mark.parametrize(
    ("button", "words"), [("Settings", "Minutes of lessons a week"), ("About Coach", "What is stored")]
)
@pytest.mark.parametrize("as_submit", [False, True])
def test_home_opens_what_its_buttons_say(trial, cara, button, words, as_submit):
    trial.act(cara.say, "home")
    trial.act(cara.press, button, as_submit=as_submit)
    assert words in trial.last(cara).words


@pytest.mark.parametrize("command", ["about", "settings", "help", "link", "lesson", "home"])
def test_every_command_can_be_mentioned_in_a_channel(trial, cara, dan, room, command):
    trial.act(cara.mention, command, room)
    assert said(cara) + said(cara, room)
    if command in ("about", "link", "lesson", "home"):
        assert said(dan, room) == ""


def test_coach_welcomes_somebody_once_however_often_it_is_installed(trial, cara):
    for _ in range(3):
        trial.act(cara.install)
    assert said(cara).count("I am Coach.") == 1
    assert len(cara.by_coach()) == 2
    trial.act(cara.say, "hello")
    assert said(cara).count("I am Coach.") == 1


def test_coach_in_a_conversation_welcomes_nobody(trial, cara, room):
    before = len(trial.connector.standing())
    trial.act(cara.install, room)
    assert len(trial.connector.standing()) == before
    assert room.id in {row.conversation for row in trial.rows(StoredAddress)}


# Who is who


@pytest.mark.parametrize("where", ["alone", "room", "chat"])
@pytest.mark.parametrize("who", ["guest", "stranger", "nameless"])
def test_who_does_not_work_here_gets_one_polite_line_and_leaves_no_trace(trial, cara, who, where):
    more = {
        "guest": {"role": "guest"},
        "stranger": {"tenant_id": "99999999-0000-4000-8000-000000000009"},
        "nameless": {"role": "anonymous"},
    }[who]
    name = f"Gus {who} {where}".title()
    user = trial.tenant.add(name, f"{who}-{where}@else.test", **more)
    person = trial.person(user)
    kind = {"room": "channel", "chat": "group"}.get(where)
    conversation = kind and place(trial, kind, cara, person)
    people = len(trial.rows(Person))
    for _ in range(2):
        if conversation is None:
            trial.act(person.say, QUESTION)
        else:
            trial.act(person.mention, QUESTION, conversation)
    assert [seen.words for seen in person.by_coach()] == [lines.STRANGER]
    if conversation is not None:
        assert cara.by_coach(conversation) == []
    stored = str(trial.everything_stored())
    assert [trace for trace in (name, user.email, user.aad_object_id, user.id) if trace in stored] == []
    assert len(trial.rows(Person)) == people


def test_somebody_new_is_known_with_the_time_zone_of_their_device(trial):
    user = trial.tenant.add("Nia New", "nia@example.test", time_zone="Asia/Tokyo")
    trial.act(trial.person(user).say, QUESTION)
    nia = next(person for person in trial.rows(Person) if person.email == "nia@example.test")
    assert (nia.time_zone, nia.roles, nia.is_listed) == ("Asia/Tokyo", [], False)


@pytest.mark.parametrize("time_zone", ["Europe/Atlantis", "../../etc/passwd", "", None, 7])
def test_a_device_that_names_no_zone_there_is_teaches_nothing(trial, time_zone):
    name = f"Odd Zone {len(trial.tenant.users)}"
    person = trial.person(trial.tenant.add(name, f"zone{len(trial.tenant.users)}@example.test"))
    post = person.post
    person.post = lambda activity: post({**activity, "localTimezone": time_zone})
    trial.act(person.say, QUESTION)
    assert next(row for row in trial.rows(Person) if row.name == name).time_zone is None
    assert ANSWER in said(person)


@pytest.mark.parametrize("spelling", [str.lower, str.upper])
def test_somebody_of_the_roster_is_recognised_by_their_e_mail(trial, spelling):
    manager = trial.manager()
    trial.act(manager.say, SECRET_QUESTION)
    assert SECRET_ANSWER in said(manager)
    cara = trial.newcomer()
    user = trial.tenant.users[cara.user.id]
    trial.tenant.users[cara.user.id] = type(user)(**{**vars(user), "email": spelling(user.email)})
    trial.act(cara.say, SECRET_QUESTION)
    assert SECRET_ANSWER not in said(cara)
    with trial.app.database.session() as session:
        found = session.scalars(select(Person).where(Person.email == user.email)).one()
    assert (found.roles, found.is_listed) == (["cashier"], True)
