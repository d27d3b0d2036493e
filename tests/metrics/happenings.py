"""What tests of figures write into an empty database: people, answers, lessons and work, given as plain values."""

from contextlib import contextmanager
from itertools import count

from sqlalchemy import event as sql

from metrics.events.kinds import ItemAnswered, LessonCompleted
from metrics.events.record import EventRow, record
from metrics.people import Person
from metrics.work import WorkEvent

NUMBERS = count(1)


def people(session, number, now):
    """Return the ids of so many new people."""
    added = [
        Person(email=f"p{next(NUMBERS)}@example.test", name="P", roles=[], is_active=True, updated_at=now)
        for _ in range(number)
    ]
    session.add_all(added)
    session.flush()
    return [person.id for person in added]


def answer(session, person_id, at, score, item="refunds.md#ask", step=3, skill="refunds", confidence=None):
    event = ItemAnswered("slack", skill, score, 9.0, 1, item, "choice", step, confidence)
    record(session, event, at, person_id)
    session.flush()


def old_answer(session, person_id, at, score, skill="refunds"):
    """Add an answer as it was kept before items, steps and confidence were noted."""
    row = EventRow(
        at=at, person_id=person_id, kind="item_answered", skill=skill, score=score, payload={"door": "slack"}
    )
    session.add(row)
    session.flush()


def lesson(session, person_id, at, skill="refunds"):
    record(session, LessonCompleted("slack", skill, 1.0, 300.0, 1, "refunds.md"), at, person_id)
    session.flush()


def work(session, person_id, at, outcome, step="3", workflow="refund", received_at=None):
    session.add(
        WorkEvent(
            person_id=person_id,
            source="till",
            reference=str(next(NUMBERS)),
            workflow=workflow,
            step=step,
            outcome=outcome,
            at=at,
            received_at=received_at or at,
        )
    )
    session.flush()


@contextmanager
def queries(session):
    """Collect the statements sent meanwhile."""
    sent, connection = [], session.connection()

    def note(connection, cursor, statement, *others):
        sent.append(statement)

    sql.listen(connection, "before_cursor_execute", note)
    yield sent
    sql.remove(connection, "before_cursor_execute", note)
