"""A shop whose people practise, for tests of what is reported about them."""

from datetime import UTC, datetime, timedelta

from lessons.skills import SkillRule
from lessons.viewer import Viewer
from metrics.events.kinds import ItemAnswered, LessonCompleted, LessonOpened, LessonPartDone
from metrics.events.record import record
from metrics.people import Person, asker_for
from metrics.periods import last_days
from metrics.policy import WholeCompany

# A Thursday.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MONTH = last_days(30, NOW)
REFUNDS = {"refunds": SkillRule("refunds", "Refunds")}


def add_person(session, name, manager=None, team="Quayside", roles=("cashier",), **facts):
    person = Person(
        email=f"{name}@example.test",
        name=name.capitalize(),
        team=team,
        roles=list(roles),
        manager_id=manager and manager.id,
        is_active=True,
        updated_at=NOW,
        **facts,
    )
    session.add(person)
    session.flush()
    return person


def practise(session, person, at, right=2, wrong=1, seconds=300.0):
    record(session, LessonOpened("slack", "refunds", 5.0, 1, "refunds.md", 1), at, person.id)
    for number in range(right + wrong):
        score = 1.0 if number < right else 0.0
        event = ItemAnswered("slack", "refunds", score, 9.0, 1, f"refunds.md#{number}", "choice", confidence=0.6)
        record(session, event, at, person.id)
    record(session, LessonPartDone("slack", "refunds", seconds, 1, "refunds.md", "practice", 420.0, 1), at, person.id)
    record(session, LessonCompleted("slack", "refunds", 0.7, seconds, 1, "refunds.md", 1), at, person.id)


def viewer(person, admins=(), auditors=()):
    company = WholeCompany(frozenset(each.id for each in admins), frozenset(each.id for each in auditors))
    return Viewer(asker_for(person), company, REFUNDS, "Europe/London")


def open_shop(session):
    """A manager of six who practised last week, and somebody elsewhere."""
    boss = add_person(session, "boss", roles=("store manager",))
    team = [add_person(session, name, boss) for name in ("ana", "ben", "cem", "dee", "eli", "fay")]
    for person in team:
        practise(session, person, NOW - timedelta(days=7))
    return boss, team, add_person(session, "zoe", team="Elsewhere")
