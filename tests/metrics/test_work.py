"""Steps missed in the work are counted per person, workflow and step."""

from datetime import timedelta

from metrics.people import Person
from metrics.work import WorkEvent, missed_steps


def test_missed_and_corrected_steps_are_counted_since_an_instant(database, now):
    with database.transaction() as session:
        mia, tom = (_person(session, name, now) for name in ("mia", "tom"))
        _work(session, mia, now, ("refund", "3", "missed"), ("refund", "3", "corrected"), ("refund", "2", "done"))
        _work(session, mia, now, ("refund", None, "missed"), ("handoff", "note", "missed"), ("refund", "1", "alone"))
        _work(session, mia, now - timedelta(days=31), ("refund", "3", "missed"))
        _work(session, tom, now, ("refund", "3", "missed"))
        counted = missed_steps(session, mia, now - timedelta(days=30))
        assert counted == {("refund", "3"): 2, ("handoff", "note"): 1}
        assert missed_steps(session, tom, now + timedelta(seconds=1)) == {}


def _person(session, name, now):
    person = Person(email=f"{name}@example.com", name=name, roles=[], is_active=True, updated_at=now)
    session.add(person)
    session.flush()
    return person.id


def _work(session, person_id, at, *facts):
    for place, (workflow, step, outcome) in enumerate(facts):
        session.add(
            WorkEvent(
                person_id=person_id,
                source="test",
                reference=f"{person_id}-{at.isoformat()}-{workflow}-{step}-{place}",
                workflow=workflow,
                step=step,
                outcome=outcome,
                at=at,
                received_at=at,
            )
        )
    session.flush()
