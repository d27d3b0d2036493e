"""Early warnings: one a working day, at work, only what is new, and for whoever is nearest."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lessons.early_warnings import WarningKind
from lessons.rules import LessonRules
from lessons.standings import standings
from lessons.tables import Leave, Nudge, Preference, Shift
from lessons.warning_plans import as_told, due_warnings, store_warnings, warnings_for
from metrics.people import Person
from metrics.work import WorkEvent
from tests.lessons.learners import NOW, SKILLS
from tests.lessons.people import make_nudge
from tests.lessons.stored import store_person

# A Monday, 08:30; the working day begins at nine.
RULES = LessonRules(working_days=frozenset(range(5)))
AT_WORK = NOW + timedelta(hours=2)
LONDON = "Europe/London"


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def ola(session):
    return store_person(session, "ola", ("owner",))


@pytest.fixture
def ada(session, ola):
    return store_person(session, "ada", ("manager",), manager_id=ola.id)


@pytest.fixture
def lee(session, ada):
    return store_person(session, "lee", ("shift lead",), manager_id=ada.id)


@pytest.fixture
def team(session, lee):
    facts = {"manager_id": lee.id, "started_on": date(2026, 11, 20)}
    return [store_person(session, name, **facts) for name in ("ben", "cal", "dee")]


def miss(session, person, *steps, days=2):
    for number, step in enumerate(steps):
        at = NOW - timedelta(days=days, hours=number)
        facts = {"reference": f"{person.id}-{days}-{number}", "workflow": "refund", "outcome": "missed"}
        session.add(WorkEvent(person_id=person.id, source="till", step=step, at=at, received_at=at, **facts))
    session.flush()


def due(session, now=AT_WORK, rules=RULES):
    found = due_warnings(session, rules, LONDON, SKILLS, now)
    names = {person.id: person.name for person in session.query(Person)}
    return {names[each.manager_id]: each for each in found}


def send(session, now=AT_WORK, state="sent"):
    """Plan what is due, and let it have been sent."""
    planned = due(session, now)
    store_warnings(session, planned.values(), now)
    for nudge in session.query(Nudge).where(Nudge.slot == "warning", Nudge.state == "planned"):
        nudge.state = state
    session.flush()
    return sorted(planned)


def test_what_is_about_one_person_is_for_their_nearest_manager_at_work(session, team):
    miss(session, team[0], "3", "3")
    assert list(due(session)) == ["lee"]
    assert due(session)["lee"].late_at == datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert due(session, NOW) == {}
    assert due(session, AT_WORK + timedelta(hours=7)) == {}
    assert due(session, AT_WORK - timedelta(days=1)) == {}


def test_what_several_miss_is_for_the_nearest_two_managers(session, team):
    for person in team:
        miss(session, person, "3")
    assert sorted(due(session)) == ["ada", "lee"]


def test_the_next_manager_hears_where_the_nearest_left(session, lee, team):
    miss(session, team[0], "3", "3")
    lee.is_active = False
    session.flush()
    assert list(due(session)) == ["ada"]


def test_one_a_day_the_gravest_first_and_each_once_in_two_weeks(session, lee, team):
    ben, cal, _ = team
    miss(session, ben, "3", "3")
    miss(session, cal, "4", "4", "4")
    told = [next(iter(due(session).values())).told]
    assert send(session) == ["lee"]
    assert send(session, AT_WORK + timedelta(hours=3)) == []
    tuesday = AT_WORK + timedelta(days=1)
    told.append(next(iter(due(session, tuesday).values())).told)
    assert send(session, tuesday) == ["lee"]
    assert send(session, AT_WORK + timedelta(days=2)) == []
    found = standings(session, team, SKILLS, AT_WORK, LONDON)
    assert told == [as_told(each) for each in warnings_for(session, lee, team, found, SKILLS, AT_WORK)][:2]
    assert len(set(told)) == 2
    assert send(session, AT_WORK + timedelta(days=14, hours=1)) == ["lee"]


def test_what_was_missed_was_not_told(session, lee, team):
    miss(session, team[0], "3", "3")
    assert send(session, state="missed") == ["lee"]
    assert send(session, AT_WORK + timedelta(hours=1)) == []
    assert send(session, AT_WORK + timedelta(days=1)) == ["lee"]


def test_nothing_goes_before_the_digest_of_the_day_and_only_what_arose_after_it(session, lee, team):
    ben, cal, _ = team
    miss(session, ben, "3", "3")
    key = due(session)["lee"].told
    digest = make_nudge(session, lee, "digest", AT_WORK + timedelta(hours=1))
    assert due(session) == {}
    digest.state, digest.content = "sent", {"told": [key]}
    session.flush()
    assert due(session) == {}
    miss(session, cal, "4", "4")
    assert due(session)["lee"].told != key


@pytest.mark.parametrize("why", ["leave", "holiday", "stopped the digest", "off shift"])
def test_nobody_hears_who_is_away_or_does_not_want_to(session, lee, team, why):
    miss(session, team[0], "3", "3")
    rules = RULES
    if why == "leave":
        session.add(Leave(person_id=lee.id, from_on=NOW.date(), to_on=NOW.date()))
    elif why == "holiday":
        rules = replace(RULES, holidays=frozenset({NOW.date()}))
    elif why == "stopped the digest":
        session.add(Preference(person_id=lee.id, is_digest_stopped=True, changed_at=NOW))
    else:
        starts_at = AT_WORK + timedelta(hours=4)
        session.add(Shift(person_id=lee.id, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8)))
    session.flush()
    assert due(session, rules=rules) == {}
    if why == "off shift":
        planned = due(session, AT_WORK + timedelta(hours=5))["lee"]
        assert planned.late_at == AT_WORK + timedelta(hours=12)


def test_a_pause_or_a_stop_of_lessons_is_about_lessons(session, lee, team):
    miss(session, team[0], "3", "3")
    chosen = {"is_stopped": True, "paused_until": date(2026, 12, 24)}
    session.add(Preference(person_id=lee.id, changed_at=NOW, **chosen))
    session.flush()
    assert list(due(session)) == ["lee"]


def test_two_clocks_plan_one(session, lee, team):
    miss(session, team[0], "3", "3")
    planned = list(due(session).values())
    store_warnings(session, planned, AT_WORK)
    store_warnings(session, planned, AT_WORK + timedelta(seconds=9))
    [nudge] = session.query(Nudge).all()
    assert (nudge.due_at, nudge.local_on, nudge.content) == (AT_WORK, NOW.date(), {"told": [planned[0].told]})
    assert all(str(each) not in nudge.content["told"] for each in (team[0].id, lee.id))


def test_a_sample_of_every_kind_can_be_told_apart(session, lee, team):
    for person in team:
        miss(session, person, "3")
    miss(session, team[0], "4", "4", days=3)
    found = standings(session, team, SKILLS, AT_WORK, LONDON)
    kinds = {each.kind: as_told(each) for each in warnings_for(session, lee, team, found, SKILLS, AT_WORK)}
    assert set(kinds) == {WarningKind.MISSED_AT_WORK_BY_MANY, WarningKind.MISSED_AT_WORK}
    assert len(set(kinds.values())) == 2
