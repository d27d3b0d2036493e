"""Planning makes the rows say what should come, however often and by however many clocks it is done."""

import threading
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, update

from lessons.agendas import HORIZON
from lessons.hours import read_hours
from lessons.planning import LEFT, MOVED, withdraw_from_who_left
from lessons.rules import Cohort, read_when
from lessons.tables import Leave, LessonRun, Nudge, Preference, Shift
from metrics.people import Person
from metrics.work import WorkEvent
from tests.lessons.people import CHOICE, RULES, SHOP, add_person, add_shift, make_nudge, nudges, plan_all


def minutes(count):
    return timedelta(minutes=count)


@pytest.fixture
def ben(database, now):
    """Somebody whose shift begins in two hours; it is Monday, 08:30 in London."""
    with database.transaction() as session:
        person = add_person(session, now)
        add_shift(session, person, now + minutes(120))
    return person


@pytest.fixture
def planned(database, now, ben):
    plan_all(database, now)
    [nudge] = nudges(database)
    return nudge


def change(database, *statements):
    with database.transaction() as session:
        for statement in statements:
            session.execute(statement)


def prefer(database, now, person, **chosen):
    with database.transaction() as session:
        session.add(Preference(person_id=person.id, changed_at=now, **chosen))


def shown(database):
    return [(nudge.slot, nudge.state, nudge.reason) for nudge in nudges(database)]


def test_a_lesson_is_planned_before_each_shift_with_what_it_may_be(database, now, ben, planned):
    assert (planned.slot, planned.state, planned.local_on) == ("before_shift", "planned", now.date())
    assert (planned.due_at, planned.late_at) == (now + minutes(105), now + minutes(115))
    assert planned.content["skill"] == CHOICE.skill


def test_planning_again_changes_nothing_and_asks_for_nothing(database, now, planned):
    def choose(agenda, at):
        raise AssertionError("the day has its row")

    for later in (0, 3, 60):
        plan_all(database, now + minutes(later), choose=choose)
    [again] = nudges(database)
    assert (again.id, again.due_at, again.content) == (planned.id, planned.due_at, planned.content)


def test_many_clocks_plan_one_row_each(database, now):
    with database.transaction() as session:
        for number in range(12):
            add_shift(session, add_person(session, now, f"p{number}"), now + minutes(120))
    clocks = [threading.Thread(target=plan_all, args=(database, now)) for _ in range(3)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    assert len(nudges(database)) == 12


def test_it_looks_a_day_and_a_half_ahead(database, now, ben):
    with database.transaction() as session:
        for days in range(1, 5):
            add_shift(session, ben, now + timedelta(days=days, hours=2))
    plan_all(database, now)
    assert [nudge.due_at <= now + HORIZON for nudge in nudges(database)] == [True, True]
    plan_all(database, now + timedelta(days=1))
    assert len(nudges(database)) == 3


def test_a_moved_shift_moves_its_row(database, now, planned):
    change(database, update(Shift).values(starts_at=now + minutes(300), ends_at=now + minutes(700)))
    plan_all(database, now + minutes(5))
    [moved] = nudges(database)
    assert (moved.id, moved.due_at, moved.late_at) == (planned.id, now + minutes(285), now + minutes(295))


def test_a_shift_that_is_gone_takes_its_row_with_it_and_gives_it_back(database, now, ben, planned):
    change(database, delete(Shift))
    plan_all(database, now)
    assert shown(database) == [("before_shift", "missed", MOVED)]
    with database.transaction() as session:
        add_shift(session, ben, now + minutes(240))
    plan_all(database, now + minutes(5))
    [back] = nudges(database)
    assert (back.id, back.state, back.reason, back.finished_at) == (planned.id, "planned", None, None)
    assert back.due_at == now + minutes(225)


@pytest.mark.parametrize("until", [106, 114])
def test_what_was_put_back_stays_so_until_its_shift_moves(database, now, planned, until):
    change(database, update(Nudge).values(due_at=now + minutes(until), reason="do_not_disturb"))
    plan_all(database, now + minutes(105.5))
    [waiting] = nudges(database)
    assert (waiting.due_at, waiting.reason) == (now + minutes(until), "do_not_disturb")
    change(database, update(Shift).values(starts_at=now + minutes(180)))
    plan_all(database, now + minutes(105.5))
    [moved] = nudges(database)
    assert (moved.due_at, moved.state, moved.reason) == (now + minutes(165), "planned", None)


def test_what_was_put_back_for_hours_is_not_withdrawn_because_its_moment_is_long_ago(database, now):
    cohort = replace(SHOP, when=(read_when("120 minutes before shift"),))
    rules = replace(RULES, cohorts=(cohort,), quiet=read_hours("09:00-10:30"))
    with database.transaction() as session:
        person = add_person(session, now)
        add_shift(session, person, now + minutes(150))
    plan_all(database, now - minutes(60), rules)
    [nudge] = nudges(database)
    change(database, update(Nudge).values(due_at=nudge.due_at + minutes(125), reason="do_not_disturb"))
    plan_all(database, nudge.due_at + minutes(122), rules)
    assert shown(database) == [("before_shift", "planned", "do_not_disturb")]


def test_what_ended_at_its_moment_is_not_planned_again(database, now, planned):
    change(database, update(Nudge).values(state="missed", reason="late", finished_at=planned.late_at))
    change(database, update(Shift).values(starts_at=now + minutes(500), ends_at=now + minutes(900)))
    plan_all(database, now + minutes(130))
    assert shown(database) == [("before_shift", "missed", "late")]


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"is_stopped": True}, "stopped"),
        ({"paused_until": date(2026, 11, 30)}, "paused"),
        ({"quiet_from": 9 * 60, "quiet_to": 18 * 60}, None),
        ({"minutes_before_shift": 30}, None),
        ({"at_minute": 17 * 60}, "moved"),
    ],
)
def test_what_somebody_chooses_withdraws_or_moves_it(database, now, ben, planned, chosen, reason):
    prefer(database, now, ben, **chosen)
    plan_all(database, now)
    found = {nudge.slot: nudge for nudge in nudges(database)}
    assert found["before_shift"].reason == reason
    if chosen == {"minutes_before_shift": 30}:
        assert found["before_shift"].due_at == planned.due_at - minutes(15)
    if "at_minute" in chosen:
        assert found["at_time"].state == "planned"


def test_leave_withdraws_it(database, now, ben, planned):
    with database.transaction() as session:
        session.add(Leave(person_id=ben.id, from_on=now.date(), to_on=now.date()))
    plan_all(database, now)
    assert shown(database) == [("before_shift", "missed", "leave")]


def test_whoever_leaves_is_planned_nothing(database, now, planned):
    change(database, update(Person).values(is_active=False))
    plan_all(database, now)
    with database.transaction() as session:
        withdraw_from_who_left(session, now)
    assert shown(database) == [("before_shift", "missed", LEFT)]


@pytest.mark.parametrize(
    ("roles", "cohort", "reason"),
    [
        (frozenset({"manager"}), SHOP, "no_cohort"),
        (frozenset(), replace(SHOP, channel="slack:C1"), "channel"),
    ],
)
def test_another_cohort_or_role_withdraws_it(database, now, planned, roles, cohort, reason):
    plan_all(database, now, replace(RULES, cohorts=(replace(cohort, roles=roles),)))
    assert shown(database) == [("before_shift", "missed", reason)]


def test_a_lesson_that_quiet_hours_swallow_is_listed_as_missed(database, now):
    with database.transaction() as session:
        add_shift(session, add_person(session, now), now + timedelta(hours=20))
    plan_all(database, now)
    assert shown(database) == [("before_shift", "missed", "quiet_hours")]
    plan_all(database, now, replace(RULES, quiet=None))
    assert shown(database) == [("before_shift", "planned", None)]
    plan_all(database, now)
    assert shown(database) == [("before_shift", "missed", "quiet_hours")]


def test_after_a_sale_a_lesson_is_planned_at_once_and_not_before_it_happened(database, now, ben):
    rules = replace(RULES, cohorts=(Cohort("desk", (read_when("after sale"),)),))
    with database.transaction() as session:
        sale = {"person_id": ben.id, "source": "crm", "workflow": "Sale", "outcome": "done"}
        session.add(WorkEvent(reference="1", at=now - minutes(20), received_at=now, **sale))
        session.add(WorkEvent(reference="2", at=now + minutes(90), received_at=now, **sale))
    plan_all(database, now, rules)
    [nudge] = nudges(database)
    assert (nudge.slot, nudge.due_at) == ("after_work", now - minutes(5))
    assert nudge.late_at > now


def test_a_day_that_a_person_filled_gets_no_lesson_by_the_clock(database, now, ben):
    with database.transaction() as session:
        make_nudge(session, ben, "sent", now + minutes(300), hours=48)
    plan_all(database, now)
    assert [(nudge.slot, nudge.state) for nudge in nudges(database)] == [("sent", "planned")]


def test_who_is_weekly_gets_the_next_lesson_a_week_after_the_last(database, now, ben):
    prefer(database, now, ben, is_weekly=True)
    with database.transaction() as session:
        make_nudge(session, ben, "before_shift", now - timedelta(days=3), "sent", finished_at=now - timedelta(days=3))
        for days in range(1, 8):
            add_shift(session, ben, now + timedelta(days=days, hours=2))
    plan_all(database, now)
    assert [nudge.state for nudge in nudges(database)] == ["sent"]
    plan_all(database, now + timedelta(days=3))
    assert [nudge.state for nudge in nudges(database)] == ["sent", "planned"]


class TestReminders:
    @pytest.fixture
    def sent_at(self, database, now, ben):
        """A lesson sent at 10:15 for a shift from 10:30 to 18:30, and not opened."""
        at = now + minutes(105)
        with database.transaction() as session:
            nudge = make_nudge(session, ben, "before_shift", at, "sent", finished_at=at)
            session.add(
                LessonRun(
                    person_id=ben.id,
                    nudge_id=nudge.id,
                    token="0" * 32,
                    module="refunds.md",
                    skill="refunds",
                    content={},
                    progress={},
                    position=0,
                    state="offered",
                    minutes=11,
                    offered_at=at,
                    changed_at=at,
                )
            )
        return at

    def reminders(self, database):
        return [nudge for nudge in nudges(database) if nudge.slot == "reminder"]

    def test_one_comes_some_hours_after_a_lesson_that_stayed_unopened(self, database, now, sent_at):
        for later in (0, 3, 60):
            plan_all(database, sent_at + minutes(later))
        [reminder] = self.reminders(database)
        assert reminder.due_at == sent_at + timedelta(hours=3)

    def test_none_comes_where_the_company_wants_none(self, database, now, sent_at):
        plan_all(database, sent_at, replace(RULES, reminder_hours=None))
        assert self.reminders(database) == []

    def test_it_is_of_no_use_after_the_shift(self, database, now, sent_at):
        change(database, update(Shift).values(ends_at=sent_at + timedelta(hours=4)))
        plan_all(database, sent_at)
        assert [reminder.late_at for reminder in self.reminders(database)] == [sent_at + timedelta(hours=4)]
        change(database, update(Shift).values(ends_at=sent_at + timedelta(hours=3)))
        plan_all(database, sent_at)
        assert self.reminders(database) == []

    def test_none_comes_in_quiet_hours(self, database, now, sent_at):
        plan_all(database, sent_at, replace(RULES, quiet=read_hours("13:00-07:00")))
        assert self.reminders(database) == []

    @pytest.mark.parametrize("is_opened", [True, False])
    def test_one_goes_when_the_lesson_is_opened_or_put_off(self, database, now, ben, sent_at, is_opened):
        plan_all(database, sent_at)
        assert len(self.reminders(database)) == 1
        if is_opened:
            change(database, update(LessonRun).values(state="open"))
        else:
            with database.transaction() as session:
                make_nudge(session, ben, "later", sent_at + timedelta(hours=2))
        plan_all(database, sent_at + minutes(10))
        assert self.reminders(database) == []


def test_the_rows_of_twenty_days_hold_at_most_one_lesson_a_day(database, now, ben):
    with database.transaction() as session:
        for days in range(25):
            for hour in (0, 5):
                add_shift(session, ben, now + timedelta(days=days, hours=4 + hour), hours=4)
    at: datetime = now
    while at < now + timedelta(days=20):
        plan_all(database, at)
        at += timedelta(hours=7)
    days = [nudge.local_on for nudge in nudges(database)]
    assert len(days) == len(set(days)) >= 20
