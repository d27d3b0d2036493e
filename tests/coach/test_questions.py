"""Questions asked in chat: turns of a thread, replies that come back as they were, and forgetting."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coach.answer import Abstention, Trace
from coach.questions import earlier_turns, find_question, forget_question, keep_question, recent_questions, reply_of
from metrics.people import Person
from tests.coach_values import ABSTENTION, ANSWER


@pytest.fixture
def people(database, now):
    with database.transaction() as session:
        for name in ("ada", "ben"):
            session.add(
                Person(
                    email=f"{name}@example.test", name=name, roles=[], is_active=True, is_listed=True, updated_at=now
                )
            )
        session.flush()
        return {person.name: person.id for person in session.query(Person)}


def kept(session, people, now, public_id, who="ada", thread="t", is_open=True, minutes=0, reply=ANSWER):
    at = now + timedelta(minutes=minutes)
    return keep_question(session, public_id, people[who], thread, f"words {public_id}", is_open, reply, at)


@pytest.mark.parametrize("reply", [ANSWER, ABSTENTION, Abstention(None, None, Trace(1), "A > B")])
def test_a_reply_comes_back_as_it_was(database, people, now, reply):
    with database.transaction() as session:
        kept(session, people, now, "q", reply=reply)
    with database.session() as session:
        question = find_question(session, "q")
        # Whose SOP it is can be looked up again; an e-mail kept here would outlive its owner's erasure.
        assert reply_of(question) == replace(reply, sources=tuple(replace(s, owner=None) for s in reply.sources))
        assert "@" not in json.dumps(question.reply)
        assert question.band == reply.status


def test_whoever_was_erased_is_referred_to_no_more(database, people, now):
    with database.transaction() as session:
        kept(session, people, now, "q").refer_to = None
    with database.session() as session:
        assert reply_of(find_question(session, "q")).refer_to is None


def test_turns_are_of_the_thread_recent_and_oldest_first(database, people, now):
    with database.transaction() as session:
        kept(session, people, now, "old", minutes=-31)
        for number in (1, 2, 3):
            kept(session, people, now, str(number), minutes=-number)
        kept(session, people, now, "elsewhere", thread="u")
        last = kept(session, people, now, "last").id
    with database.session() as session:
        assert [turn.text for turn in earlier_turns(session, "t", None, now)] == ["words 3", "words last"]
        assert [turn.text for turn in earlier_turns(session, "t", None, now, last)] == ["words 2", "words 3"]


def test_private_turns_are_heard_by_whoever_asked_them_alone(database, people, now):
    with database.transaction() as session:
        kept(session, people, now, "open", minutes=-3)
        kept(session, people, now, "hers", is_open=False, minutes=-2)
        kept(session, people, now, "his", who="ben", is_open=False, minutes=-1)
    with database.session() as session:
        heard = {who: [turn.text for turn in earlier_turns(session, "t", people[who], now)] for who in ("ada", "ben")}
        assert heard == {"ada": ["words open", "words hers"], "ben": ["words open", "words his"]}
        assert [turn.text for turn in earlier_turns(session, "t", None, now)] == ["words open"]


def test_recent_questions_are_ones_own(database, people, now):
    with database.transaction() as session:
        for number in range(4):
            kept(session, people, now, f"a{number}")
        kept(session, people, now, "b", who="ben")
    with database.session() as session:
        assert [row.public_id for row in recent_questions(session, people["ada"], 3)] == ["a3", "a2", "a1"]
        assert [row.public_id for row in recent_questions(session, people["ben"], 3)] == ["b"]


def test_a_forgotten_question_is_gone(database, people, now):
    with database.transaction() as session:
        forget_question(session, kept(session, people, now, "q").id)
    with database.session() as session:
        assert find_question(session, "q") is None
        assert find_question(session, None) is None
