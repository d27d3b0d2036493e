"""Migrations go up, down and up again, and say exactly what the tables say."""

import json
import threading

import pytest
from sqlalchemy import inspect, select, text

from bot.database import Database
from bot.tables import METADATA
from lessons.tables import LessonRow, SkillAbility
from metrics.errors import NotReady
from metrics.events.kinds import ItemAnswered, SkillMastered
from metrics.events.record import EventRow


def test_migrations_go_up_down_and_up(database_url):
    database = Database(database_url)
    database.upgrade()
    assert database.differences() == []
    database.downgrade("base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.upgrade()
    assert database.differences() == []
    database.close()


def test_quiz_answers_of_before_still_count_and_old_lessons_go(database_url, now):
    database = Database(database_url)
    database.upgrade()
    database.downgrade("0004")
    old = {"kind": "quiz_answered", "at": now, "payload": json.dumps({"door": "slack", "quiz_id": 9}), "score": 1.0}
    with database.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO events (kind, at, payload, score) VALUES (:kind, :at, :payload, :score)"), old
        )
        connection.execute(text("INSERT INTO lessons (file, title, skill, content) VALUES ('a.md', 'A', 'a', '{}')"))
    database.upgrade()
    with database.session() as session:
        [answered] = session.scalars(select(EventRow)).all()
        assert (answered.kind, answered.score) == (ItemAnswered.kind, 1.0)
        known = {"skill": "a", "score": answered.score, "seconds": 1.0, **answered.payload}
        assert ItemAnswered(**known).item == "earlier#9"
        assert session.scalars(select(LessonRow)).all() == []
    database.downgrade("0004")
    with database.session() as session:
        [answered] = session.scalars(select(EventRow)).all()
        assert (answered.kind, answered.payload) == ("quiz_answered", {"door": "slack", "quiz_id": 9})
    database.close()


def test_what_was_mastered_before_it_was_recorded_gets_its_event(database_url, now):
    database = Database(database_url)
    database.upgrade()
    database.downgrade("0005")
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO people (id, email, name, roles, is_active, is_listed, updated_at) "
                "VALUES (7, 'ben@example.test', 'Ben', '[]', true, true, :now)"
            ),
            {"now": now},
        )
        connection.execute(
            text(
                "INSERT INTO skill_abilities (person_id, skill, estimate, answered, mastered_at, changed_at) "
                "VALUES (7, 'refunds', 1, 9, :now, :now), (7, 'cash', 0, 1, NULL, :now)"
            ),
            {"now": now},
        )
        connection.execute(text("INSERT INTO lessons (file, title, skill, content) VALUES ('a.md', 'A', 'a', '{}')"))
    database.upgrade()
    assert database.differences() == []
    with database.session() as session:
        [event] = session.scalars(select(EventRow)).all()
        assert (event.kind, event.person_id, event.skill, event.at) == (SkillMastered.kind, 7, "refunds", now)
        assert SkillMastered(skill=event.skill, **event.payload).door == "earlier"
        held = session.scalars(select(SkillAbility).order_by(SkillAbility.skill)).all()
        assert [(row.skill, row.mastered_at, row.stale_since) for row in held] == [
            ("cash", None, None),
            ("refunds", now, None),
        ]
        assert session.execute(select(LessonRow.version, LessonRow.changed_at)).all() == [(1, None)]
    database.downgrade("0005")
    with database.session() as session:
        assert session.scalars(select(EventRow.kind)).all() == []
    database.close()


def test_an_empty_database_is_not_ready(database_url):
    database = Database(database_url)
    with pytest.raises(NotReady, match="coach apply FOLDER"):
        database.check_schema()
    database.upgrade()
    database.check_schema()
    database.close()


def test_a_rehearsal_changes_nothing(database, now):
    from metrics.events.kinds import PersonExported
    from metrics.events.record import EventRow, record

    with database.rehearsal() as session:
        record(session, PersonExported(rows=1), now)
        session.flush()
        assert session.query(EventRow).count() == 1
    with database.session() as session:
        assert session.query(EventRow).count() == 0


def test_every_table_declares_its_retention():
    silent = [table.name for table in METADATA.sorted_tables if not table.info.get("retention")]
    assert silent == []


def test_a_table_kept_for_days_says_since_when_or_is_swept_by_its_room():
    swept_by_their_room = {"inbox", "outbox"}
    for table in METADATA.sorted_tables:
        days, since = table.info["retention_days"], table.info["retention_since"]
        assert since is None or since in table.c, table.name
        assert (days is None) == (since is None) or table.name in swept_by_their_room, table.name


def test_what_is_kept_too_long_is_swept(database, now):
    from datetime import timedelta

    from coach.questions import keep_question, recent_questions
    from metrics.events.kinds import PersonExported
    from metrics.events.record import EventRow, record
    from metrics.people import Person
    from metrics.privacy import sweep_expired
    from tests.coach_values import ANSWER

    with database.transaction() as session:
        ada = Person(email="a@x.test", name="A", roles=[], is_active=True, is_listed=True, updated_at=now)
        session.add(ada)
        session.flush()
        for days in (29, 31, 91):
            keep_question(session, f"q{days}", ada.id, "t", "words", True, ANSWER, now - timedelta(days=days))
        for days in (394, 396):
            record(session, PersonExported(days), now - timedelta(days=days))
    with database.transaction() as session:
        assert sweep_expired(session, METADATA, now, {}) == 2
        assert {question.public_id for question in recent_questions(session, ada.id, 9)} == {"q29", "q31"}
        assert [event.payload["rows"] for event in session.query(EventRow)] == [394]
        assert sweep_expired(session, METADATA, now, {"asked_questions": 30}) == 1
        assert [question.public_id for question in recent_questions(session, ada.id, 9)] == ["q29"]


def test_of_two_applies_the_second_says_that_it_waits(database_url):
    database, waits, order = Database(database_url), threading.Event(), []

    def second():
        with database.one_apply_at_a_time(waits.set):
            order.append("second")

    with database.one_apply_at_a_time(lambda: order.append("waited for nobody")):
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(30)
        order.append("first")
    thread.join(30)
    assert order == ["first", "second"]
    database.close()


def test_writers_go_in_the_order_they_came(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'turns.db'}")
    database.upgrade()
    order, threads, begun = [], [], threading.Semaphore(0)

    def write(number):
        begun.release()
        with database.transaction():
            order.append(number)

    with database.transaction():
        for number in range(8):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            begun.acquire()
            while len(database._writing) < number + 2:
                pass
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    database.close()
