"""The work, and the use of Coach, in the seeded year: each figure equals what its definition gives by plain loops."""

from datetime import datetime, timedelta
from statistics import fmean, median
from zoneinfo import ZoneInfo

import pytest

from metrics.adherence import adherence, first_applications
from metrics.adoption import adoption
from metrics.error_reduction import error_reduction
from metrics.reinforcement import cadence_of, reinforcement
from metrics.steps import work_mistakes
from tests import seeded_year as planted
from tests.seeded_year import NOW, WORKFLOWS, ZONE
from tests.year_arithmetic import (
    MANAGERS,
    MONTH,
    PEOPLE,
    STAFF,
    WHOLE,
    YEAR,
    Span,
    curve,
    during,
    first_at,
    half_day,
    is_mistake,
    near,
    share,
    wilson,
    worked,
)

STEPS = ("1", "2", "3", "4")
BY_SKILL = {skill: [workflow] for skill, workflow in WORKFLOWS.items()}
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)


@pytest.fixture
def staff(ids):
    return [ids[number] for number in STAFF]


def test_steps_missed_at_work(session, staff):
    found = {(each.step.workflow, each.step.step): each for each in work_mistakes(session, staff, WHOLE)}
    for workflow in WORKFLOWS.values():
        for step in STEPS:
            items = worked(WHOLE, workflow, step)
            missed, figures = sum(map(is_mistake, items)), found[workflow.replace(" ", "_"), step]
            assert (figures.missed, figures.times) == (missed, len(items))
            assert figures.share.interval == pytest.approx(wilson(missed, len(items)))
            if (workflow, step) != ("refund", planted.HARD_STEP):
                assert near(figures.share.value, planted.MISSED_ELSEWHERE, len(items))
    assert max(found, key=lambda key: found[key].share.value) == ("refund", planted.HARD_STEP)


def test_work_done_as_taught(session, staff):
    for each in adherence(session, staff, MONTH, BY_SKILL, {"refunds": 0.5, "till": 0.99}):
        items = worked(MONTH, WORKFLOWS[each.skill])
        done = sum(item.outcome in ("done", "alone") for item in items)
        assert (each.seen, each.eligible, each.share.value) == (done, len(items), done / len(items))
        assert each.share.interval == pytest.approx(wilson(done, len(items)))
        assert each.is_on_target == (each.skill == "refunds")


def test_half_the_mistakes_after_practice(session, staff):
    found = {(each.skill, each.step.step): each for each in error_reduction(session, staff, BY_SKILL, NOW)}
    for skill, workflow in WORKFLOWS.items():
        for step in STEPS:
            before, after, compared = [], [], 0
            for number in STAFF:
                lesson_at = first_at("lesson_completed", number, skill)
                if lesson_at is None or lesson_at + 30 * DAY > NOW:
                    continue
                earlier = worked(Span(lesson_at - 30 * DAY, lesson_at), workflow, step, [number])
                later = worked(Span(lesson_at, lesson_at + 30 * DAY), workflow, step, [number])
                if earlier and later:
                    before, after, compared = [*before, *earlier], [*after, *later], compared + 1
            assert found[skill, step].people == compared
            assert found[skill, step].change == pytest.approx(share(after, is_mistake) - share(before, is_mistake))
    hard = found["refunds", planted.HARD_STEP]
    assert near(hard.before.value, planted.MISSED_BEFORE, hard.before.whole)
    low, high = hard.after.interval
    assert low <= planted.MISSED_AFTER <= high


def test_hours_until_first_used(session, staff):
    for each in first_applications(session, staff, WHOLE, BY_SKILL, NOW):
        hours, observed = [], []
        for lesson in during(WHOLE, "lesson_completed"):
            if lesson.facts["skill"] != each.skill:
                continue
            waits = [
                item.at - lesson.at
                for item in YEAR.work
                if (item.person, item.workflow.lower()) == (lesson.person, WORKFLOWS[each.skill])
                and item.outcome in ("done", "alone")
                and timedelta(0) < item.at - lesson.at <= 28 * DAY
            ]
            hours += [min(waits) / timedelta(hours=1)] if waits else []
            observed.append((min([*waits, NOW - lesson.at, 28 * DAY]) / DAY, bool(waits)))
        assert (each.lessons, each.applied) == (len(observed), len(hours))
        assert each.median_hours == pytest.approx(median(hours))
        assert each.median_days.days == pytest.approx(half_day(curve(observed)))


def test_people_who_ask_each_week(session, staff):
    found = adoption(session, staff, WHOLE, ZONE)
    # The first Monday of the year, at midnight there; clocks change twice on the way.
    monday, shares = datetime(2025, 12, 1, tzinfo=ZoneInfo(ZONE)), []
    while (following := monday + WEEK) <= NOW:
        asked = {each.person for each in during(Span(monday, following), "question_asked")}
        shares.append(len(asked) / len(STAFF))
        monday = following
    assert len(found.weeks) == len(shares) == 51
    assert found.weekly_askers == pytest.approx(fmean(shares))


def test_who_asks_again_after_a_wrong_answer(session, staff):
    returned, judged, waiting = 0, 0, 0
    for number in STAFF:
        ratings = during(WHOLE, "answer_rated", people=[number])
        wrong_at = next((each.at for each in ratings if each.facts["rating"] != "helpful"), None)
        if wrong_at is None:
            continue
        is_over = wrong_at + 14 * DAY <= NOW
        judged, waiting = judged + is_over, waiting + (not is_over)
        returned += is_over and bool(during(Span(wrong_at, wrong_at + 14 * DAY), "question_asked", people=[number]))
    found = adoption(session, staff, WHOLE, ZONE)
    assert (found.returned.part, found.returned.whole, found.return_waiting) == (returned, judged, waiting)
    assert near(found.returned.value, planted.RETURNS, judged)


def test_nudges_ignored_and_lessons_muted(session, staff):
    ignored, known = 0, 0
    for number in STAFF:
        deeds = during(WHOLE, "lesson_opened", "item_answered", "lesson_snoozed", "preference_changed", people=[number])
        for nudge in during(WHOLE, "nudge_ended", people=[number]):
            if nudge.facts["state"] != "sent":
                continue
            is_taken_up = any(nudge.at < each.at <= nudge.at + DAY for each in deeds)
            is_known = is_taken_up or nudge.at + DAY <= NOW
            known, ignored = known + is_known, ignored + (is_known and not is_taken_up)
    found = adoption(session, staff, WHOLE, ZONE)
    assert (found.nudges.ignored, found.nudges.ignored_share.whole) == (ignored, known)
    assert near(found.nudges.ignored_share.value, planted.IGNORED, known)
    changes = during(MONTH, "preference_changed")
    muted = {each.person for each in changes if each.facts["what"] in ("paused", "stopped")}
    lately = adoption(session, staff, MONTH, ZONE)
    assert 0 < lately.muted.part == len(muted) < lately.muted.whole == len(STAFF)


def test_managers_who_check_in_weekly_and_who_never_do(session, ids):
    found = reinforcement(session, [ids[number] for number in MANAGERS], NOW, ZONE)
    this_monday = datetime(2026, 11, 23, tzinfo=ZoneInfo(ZONE))
    weeks = [Span(this_monday - back * WEEK, this_monday - (back - 1) * WEEK) for back in range(8, 0, -1)]
    cadences = []
    for number in MANAGERS:
        acts = [[each.facts["what"] for each in during(week, "manager_acted", people=[number])] for week in weeks]
        own = found[ids[number]]
        assert [week.check_ins for week in own.weeks] == [did.count("check_in") for did in acts]
        cadences.append(share(acts, lambda did: "check_in" in did))
        assert own.cadence.value == cadences[-1]
        assert (own.digests_read.part, own.digests_read.whole) == (sum("digest_read" in did for did in acts), 8)
        planted_share = planted.CHECK_INS[PEOPLE[number].team]
        if planted_share in (0.0, 1.0):
            assert own.cadence.value == planted_share
    assert cadence_of(found.values()).value == pytest.approx(fmean(cadences))
