"""The digest: planned once a week on the manager's own clock, and what it says moved."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.digests import AT_MINUTE, LATE_AFTER, MovedKind, digest_day, digest_of, plan_digests
from lessons.rules import LessonRules
from lessons.supports import note_check_in
from lessons.tables import Nudge, Preference, SkillAbility
from metrics.errors import Refusal
from metrics.events.kinds import (
    Confirmed,
    InteractionHandled,
    ItemAnswered,
    LessonCompleted,
    LessonOpened,
    ManagerActed,
    SkillLapsed,
    SkillMastered,
)
from metrics.events.record import record
from tests.lessons.people import add_person, make_nudge, nudges
from tests.lessons.shop import NOW, practise, viewer
from tests.lessons.shop import add_person as add_worker

LONDON = "Europe/London"
RULES = LessonRules(working_days=frozenset(range(5)))
# A Saturday; the digest of the week after is due on Monday the 26th of October.
SATURDAY = datetime(2026, 10, 24, 22, tzinfo=UTC)


def met(session, person, at):
    record(session, InteractionHandled("slack", "message", "greeting"), at, person.id)


@pytest.fixture
def ada(database):
    """Ada manages Ben, who wrote to Coach."""
    with database.transaction() as session:
        ada = add_person(session, SATURDAY, "ada")
        ben = add_person(session, SATURDAY, "ben", manager_id=ada.id)
        met(session, ben, SATURDAY)
    return ada


def plan(database, now, rules=RULES):
    with database.transaction() as session:
        plan_digests(session, rules, LONDON, now)


def planned(database):
    return [(nudge.person_id, nudge.local_on, nudge.due_at) for nudge in nudges(database) if nudge.slot == "digest"]


def change(database, person, **facts):
    with database.transaction() as session:
        held = session.get_one(type(person), person.id)
        for name, value in facts.items():
            setattr(held, name, value)


@pytest.mark.parametrize(
    ("zone", "utc_hour"),
    # London put its clocks back the day before; Auckland and New York did not.
    [(LONDON, 9), ("America/New_York", 13), ("Pacific/Auckland", -4), ("Asia/Kolkata", 3.5)],
)
def test_it_is_due_at_nine_on_monday_on_the_managers_own_clock(database, ada, zone, utc_hour):
    change(database, ada, time_zone=zone)
    plan(database, SATURDAY + timedelta(hours=4))
    due_at = datetime(2026, 10, 26, tzinfo=UTC) + timedelta(hours=utc_hour)
    assert planned(database) == [(ada.id, date(2026, 10, 26), due_at)]
    assert due_at.astimezone(ZoneInfo(zone)).strftime("%A %H:%M") == "Monday 09:00"


def test_planning_again_or_by_two_clocks_changes_nothing(database, ada):
    for minutes in range(0, 60 * 40, 7 * 60):
        plan(database, SATURDAY + timedelta(minutes=minutes))
    assert len(planned(database)) == 1


def test_it_is_not_planned_more_than_a_day_and_a_half_ahead(database, ada):
    plan(database, datetime(2026, 10, 20, 12, tzinfo=UTC))
    plan(database, SATURDAY - timedelta(hours=2))
    assert planned(database) == []


def test_after_a_holiday_it_comes_on_the_first_working_day(database, ada):
    rules = replace(RULES, holidays=frozenset({date(2026, 10, 26), date(2026, 10, 27)}))
    plan(database, SATURDAY, rules)
    assert planned(database) == []
    plan(database, SATURDAY + timedelta(days=2), rules)
    assert planned(database) == [(ada.id, date(2026, 10, 28), datetime(2026, 10, 28, 9, tzinfo=UTC))]


def test_one_that_waits_moves_with_a_holiday_or_a_zone_and_stays_one(database, ada):
    plan(database, SATURDAY)
    plan(database, SATURDAY, replace(RULES, holidays=frozenset({date(2026, 10, 26)})))
    # Tuesday lies further ahead than is planned.
    assert [day for _, day, _ in planned(database)] == [date(2026, 10, 26)]
    sunday = SATURDAY + timedelta(hours=20)
    plan(database, sunday, replace(RULES, holidays=frozenset({date(2026, 10, 26)})))
    change(database, ada, time_zone="Asia/Kolkata")
    plan(database, sunday)
    [(_, day, due_at)] = planned(database)
    assert (day, due_at) == (date(2026, 10, 26), datetime(2026, 10, 26, 3, 30, tzinfo=UTC))


def test_one_that_waits_for_its_person_is_not_called_back_to_its_hour(database, ada):
    plan(database, SATURDAY)
    later = datetime(2026, 10, 26, 10, tzinfo=UTC)
    with database.transaction() as session:
        [nudge] = session.query(Nudge).all()
        nudge.due_at = later
    plan(database, datetime(2026, 10, 26, 9, 30, tzinfo=UTC))
    assert [due_at for *_, due_at in planned(database)] == [later]


def test_a_clock_that_was_down_at_nine_still_plans_it_that_day_and_not_the_next(database, ada):
    plan(database, datetime(2026, 10, 27, 9, tzinfo=UTC))
    assert planned(database) == []
    plan(database, datetime(2026, 10, 26, 16, tzinfo=UTC))
    assert len(planned(database)) == 1


def test_who_had_one_this_week_gets_no_other_when_monday_becomes_a_holiday(database, ada):
    with database.transaction() as session:
        make_nudge(session, ada, "digest", datetime(2026, 10, 26, 9, tzinfo=UTC), "sent")
    rules = replace(RULES, holidays=frozenset({date(2026, 10, 26)}))
    plan(database, datetime(2026, 10, 26, 20, tzinfo=UTC), rules)
    assert [day for _, day, _ in planned(database)] == [date(2026, 10, 26)]


@pytest.mark.parametrize("who", ["stopped", "left", "nobody met", "nobody active", "manages nobody"])
def test_it_is_for_who_manages_somebody_who_met_coach_and_wants_it(database, who):
    with database.transaction() as session:
        ada = add_person(session, SATURDAY, "ada", is_active=who != "left")
        ben = add_person(
            session,
            SATURDAY,
            "ben",
            manager_id=None if who == "manages nobody" else ada.id,
            is_active=who != "nobody active",
        )
        if who != "nobody met":
            met(session, ben, SATURDAY)
        if who == "stopped":
            session.add(Preference(person_id=ada.id, is_digest_stopped=True, changed_at=SATURDAY))
    plan(database, SATURDAY)
    assert planned(database) == []


def test_whoever_was_sent_something_met_coach_but_not_by_being_a_manager(database):
    with database.transaction() as session:
        ola = add_person(session, SATURDAY, "ola")
        ada = add_person(session, SATURDAY, "ada", manager_id=ola.id)
        ben = add_person(session, SATURDAY, "ben", manager_id=ada.id)
        make_nudge(session, ada, "digest", SATURDAY - timedelta(days=12), "sent")
        make_nudge(session, ben, "before_shift", SATURDAY, "missed")
    plan(database, SATURDAY)
    assert [day for _, day, _ in planned(database)] == [date(2026, 10, 12)]
    with database.transaction() as session:
        make_nudge(session, ben, "before_shift", SATURDAY - timedelta(days=1), "sent")
    plan(database, SATURDAY)
    assert [person_id for person_id, *_ in planned(database)] == [ada.id, ola.id, ada.id]


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    working=st.frozensets(st.integers(0, 6)),
    off=st.frozensets(st.integers(-7, 7)),
)
def test_the_day_of_a_week_is_its_first_that_is_worked(day, working, off):
    holidays = frozenset(day + timedelta(days=number) for number in off)
    found = digest_day(day, LessonRules(working_days=working, holidays=holidays))
    week = [
        one
        for number in range(-6, 7)
        if (one := day + timedelta(days=number)).isocalendar()[:2] == day.isocalendar()[:2]
        and one.weekday() in working
        and one not in holidays
    ]
    assert found == (min(week) if week else None)


@pytest.fixture
def team(session):
    """A boss of Ana and Ben, and an admin elsewhere who manages nobody."""
    boss = add_worker(session, "boss", roles=("manager",))
    ana, ben = (add_worker(session, name, boss) for name in ("ana", "ben"))
    return boss, ana, ben


def moved(session, boss, now=NOW):
    return [(each.whose.name, each.kind) for each in digest_of(session, viewer(boss), now).moved]


def days_ago(days):
    return NOW - timedelta(days=days)


def test_what_was_mastered_in_the_week_moved_and_what_was_before_did_not(session, team):
    boss, ana, ben = team
    for person, days in ((ana, 3), (ben, 8)):
        at = days_ago(days)
        session.add(
            SkillAbility(person_id=person.id, skill="refunds", estimate=2, answered=9, mastered_at=at, changed_at=at)
        )
        record(session, SkillMastered("slack", "refunds"), at, person.id)
    assert moved(session, boss) == [("Ana", MovedKind.MASTERED)]


def test_a_sign_off_of_what_the_evidence_showed_before_counts_when_it_was_given(session, team):
    boss, ana, _ = team
    at = days_ago(40)
    session.add(SkillAbility(person_id=ana.id, skill="refunds", estimate=2, answered=9, mastered_at=at, changed_at=at))
    assert moved(session, boss) == []
    record(session, Confirmed("slack", 0.0, "sign_off", "refunds"), days_ago(2), ana.id)
    assert moved(session, boss) == []
    record(session, Confirmed("slack", 1.0, "sign_off", "refunds"), days_ago(1), ana.id)
    assert moved(session, boss) == [("Ana", MovedKind.MASTERED)]


def test_mastery_that_ended_in_the_week_moved(session, team):
    boss, ana, ben = team
    for person, days in ((ana, 3), (ben, 8)):
        practise(session, person, days_ago(20))
        record(session, SkillLapsed("refunds", "answers"), days_ago(days), person.id)
    assert moved(session, boss) == [("Ana", MovedKind.LAPSED)]


def test_the_first_unseen_scenario_passed_counts_once(session, team):
    boss, ana, _ = team
    record(session, LessonOpened("slack", "refunds", 5.0, 1, "refunds.md", 1), days_ago(6), ana.id)
    for days in (5, 4):
        event = ItemAnswered(
            "slack", "refunds", 1.0, 9.0, 1, f"refunds.md#{days}", "choice", is_first=True, is_scenario=True
        )
        record(session, event, days_ago(days), ana.id)
    assert moved(session, boss) == [("Ana", MovedKind.PASSED_UNSEEN)]
    assert moved(session, boss, NOW + timedelta(days=3)) == []


def test_it_counts_lessons_and_what_the_manager_did_themselves(session, team):
    boss, ana, ben = team
    for person, days in ((ana, 1), (ana, 2), (ben, 3), (ben, 9)):
        practise(session, person, days_ago(days))
    # NOW is a Thursday: the last whole week ended four days ago.
    record(session, ManagerActed("slack", "check_in"), days_ago(5), boss.id)
    record(session, ManagerActed("slack", "check_in"), days_ago(1), boss.id)
    record(session, LessonCompleted("slack", "refunds", 1.0, 300.0, 1, "refunds.md"), days_ago(6), boss.id)
    note_check_in(session, boss.id, ben.id, "slack", days_ago(1), LONDON)
    digest = digest_of(session, viewer(boss), NOW)
    assert digest.lessons == 3
    assert (digest.last_week.check_ins, digest.last_week.lessons) == (1, 1)
    assert digest.checked_in == {ben.id}
    assert not digest.is_quiet


def test_an_admin_who_manages_nobody_has_none_and_one_who_does_has_that_of_their_people(session, team):
    boss, ana, ben = team
    with pytest.raises(Refusal):
        digest_of(session, viewer(ana, admins=[ana]), NOW)
    digest = digest_of(session, viewer(boss, admins=[boss]), NOW)
    assert {person.whose.person_id for person in digest.report.people} == {ana.id, ben.id}
    assert add_worker(session, "zoe").id not in {each.whose.person_id for each in digest.report.people}


def test_it_is_late_before_the_next_one(database, ada):
    plan(database, SATURDAY)
    [nudge] = nudges(database)
    assert nudge.late_at - nudge.due_at == LATE_AFTER < timedelta(days=7)
    assert AT_MINUTE == 540
