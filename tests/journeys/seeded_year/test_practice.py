"""Practice in the seeded year: each figure equals what its definition gives, by plain loops, and finds the truth."""

from collections import Counter, defaultdict
from datetime import timedelta
from math import sqrt
from statistics import fmean, median

import pytest

from lessons.nudges import LESSONS
from metrics.confidence import calibration, confidence_gain
from metrics.consistency import consistency
from metrics.effort import lesson_effort
from metrics.frequency import days_practised
from metrics.steps import step_mistakes
from metrics.streaks import streak_of
from metrics.tallies import total
from metrics.tallying import tally_by_person
from tests import seeded_year as planted
from tests.seeded_year import NOW, SKILLS, ZONE
from tests.year_arithmetic import (
    MONTH,
    PEOPLE,
    STAFF,
    TEAMS,
    WHOLE,
    during,
    is_right,
    local_day,
    near,
    quartile,
    share,
    wilson,
)


@pytest.fixture
def staff(ids):
    return [ids[number] for number in STAFF]


@pytest.mark.parametrize("span", [WHOLE, MONTH], ids=["year", "month"])
def test_lessons_and_answers_of_each_person(session, ids, staff, span):
    found = tally_by_person(session, staff, span)
    for number in STAFF:
        tally = found[ids[number]]
        opened = len(during(span, "lesson_opened", people=[number]))
        completed = len(during(span, "lesson_completed", people=[number]))
        parts = during(span, "lesson_part_done", people=[number])
        assert tally.minutes == pytest.approx(sum(each.facts["seconds"] for each in parts) / 60)
        assert (tally.lessons_opened, tally.lessons_completed) == (opened, completed)
        assert tally.completion == (completed / opened if opened else None)
        answers = during(span, "item_answered", people=[number])
        quiz = [each for each in answers if not each.facts["is_scenario"]]
        assert tally.quiz_accuracy == share(quiz, is_right)
        assert tally.scenario_accuracy == share([each for each in answers if each not in quiz], is_right)
        if answers:
            pairs = [(each.facts["confidence"], float(is_right(each))) for each in answers]
            assert tally.confidence == pytest.approx(fmean(stated for stated, _ in pairs))
            assert tally.overconfidence == pytest.approx(fmean(stated - outcome for stated, outcome in pairs))
            assert tally.brier == pytest.approx(fmean((stated - outcome) ** 2 for stated, outcome in pairs))


@pytest.mark.parametrize("span", [WHOLE, MONTH], ids=["year", "month"])
def test_lessons_used_and_questions_of_each_person(session, ids, staff, span):
    found = tally_by_person(session, staff, span)
    for number in STAFF:
        tally = found[ids[number]]
        told_of = defaultdict(list)
        for each in during(WHOLE, "lesson_applied", people=[number]):
            told_of[each.facts["run_id"]].append(each)
        lessons = [told for told in told_of.values() if span.since < told[0].at <= span.until]
        used = [any(each.facts["score"] == 1 for each in told) for told in lessons]
        assert (tally.applied, tally.applied_asked) == (sum(used), len(used))
        asked = during(span, "question_asked", people=[number])
        bands = Counter(each.facts["band"] for each in asked)
        assert {band: bands[band] for band in planted.BANDS} == {
            "answered": tally.covered,
            "uncertain": tally.uncertain,
            "not_covered": tally.not_covered,
            "refused": tally.refused,
        }
        passages = [
            (each.at, each.facts["passage_ids"][0]) for each in during(WHOLE, "question_asked", people=[number])
        ]
        assert tally.repeated == sum(
            any(
                passage == each.facts["passage_ids"][0] and timedelta(0) < each.at - at < timedelta(days=30)
                for at, passage in passages
            )
            for each in asked
        )
        ratings = [each.facts["rating"] for each in during(span, "answer_rated", people=[number])]
        assert (tally.rated, tally.helpful) == (len(ratings), ratings.count("helpful"))


def test_the_year_finds_what_was_planted(session, ids, staff):
    by_person = tally_by_person(session, staff, WHOLE)
    for team, truth in planted.TEAM_ACCURACY.items():
        tally = total(by_person[ids[number]] for number in TEAMS[team])
        assert near(tally.quiz_accuracy, truth, tally.answered - tally.scenarios_answered)
        assert near(tally.scenario_accuracy, truth, tally.scenarios_answered)
    whole = total(by_person.values())
    assert near(whole.application, planted.USED, whole.applied_asked)
    # Nobody's first question repeats another.
    assert near(whole.repeated / (whole.asked - len(STAFF)), planted.REPEATED, whole.asked - len(STAFF))
    assert near(whole.helpful_share, planted.HELPFUL, whole.rated)
    for band, counted in (("not_covered", whole.not_covered), ("refused", whole.refused)):
        assert near(counted / whole.asked, planted.BANDS[band], whole.asked)


def test_days_practised(session, ids, staff):
    for span in (WHOLE, MONTH):
        found = days_practised(session, staff, span, ZONE)
        for number in STAFF:
            days = {local_day(each.at) for each in during(span, "item_answered", people=[number])}
            assert found[ids[number]] == len(days)


def test_streaks(session, ids):
    longest = 0
    for number in STAFF:
        practised = {local_day(each.at) for each in during(WHOLE, "item_answered", people=[number])}
        offered = {local_day(each.at) for each in during(WHOLE, "lesson_offered", people=[number])}
        nudges = during(WHOLE, "nudge_ended", people=[number])
        offered |= {local_day(each.at) for each in nudges if each.facts["state"] == "sent"}
        day = today = local_day(NOW)
        days = left_out = 0
        for _ in range(120):
            days += day in practised
            left_out += day in offered and day not in practised and day != today
            if left_out == 3:
                break
            day -= timedelta(days=1)
        assert streak_of(session, ids[number], ZONE, NOW, LESSONS).days == days
        longest = max(longest, days)
    assert longest > 1


def test_who_is_too_sure_of_what(session, ids):
    for team, accuracy in planted.TEAM_ACCURACY.items():
        found = {each.skill: each for each in calibration(session, [ids[number] for number in TEAMS[team]], WHOLE)}
        for skill in SKILLS:
            answers = during(WHOLE, "item_answered", people=TEAMS[team])
            own = [each for each in answers if each.facts["skill"] == skill]
            pairs = [(each.facts["confidence"], float(is_right(each))) for each in own]
            assert found[skill].overconfidence == pytest.approx(fmean(stated - outcome for stated, outcome in pairs))
            assert found[skill].brier == pytest.approx(fmean((stated - outcome) ** 2 for stated, outcome in pairs))
            parts = found[skill].reliability - found[skill].resolution + found[skill].uncertainty
            assert found[skill].brier == pytest.approx(parts)
            truth = planted.SURE - accuracy if skill == planted.OVERCONFIDENT else 0.0
            # Confidence was drawn too, and varies less than outcomes do.
            error = sqrt((accuracy * (1 - accuracy) + 0.03) / len(pairs))
            assert abs(found[skill].overconfidence - truth) < 2.6 * error


def test_how_much_surer_people_are(session, staff):
    gains = []
    for number in STAFF:
        by_item = defaultdict(list)
        for each in during(WHOLE, "item_answered", people=[number]):
            by_item[each.facts["item"]].append(each.facts["confidence"])
        own = [stated[-1] - stated[0] for stated in by_item.values() if len(stated) > 1]
        gains += [fmean(own)] if own else []
    found = confidence_gain(session, staff, NOW)
    assert (found.people, found.gain) == (len(gains), pytest.approx(fmean(gains)))


def answers_by_step():
    found = defaultdict(list)
    for each in during(WHOLE, "item_answered"):
        found[each.facts["skill"], each.facts["step"]].append(each)
    return found


def test_steps_missed_in_practice(session, staff):
    found = {(each.step.skill, each.step.step): each for each in step_mistakes(session, staff, WHOLE)}
    expected = answers_by_step()
    assert found.keys() == expected.keys()
    for key, answers in expected.items():
        missed = sum(not is_right(each) for each in answers)
        assert (found[key].missed, found[key].times) == (missed, len(answers))
        assert found[key].share.interval == pytest.approx(wilson(missed, len(answers)))
        assert found[key].people_missed == len({each.person for each in answers if not is_right(each)})


def test_how_alike_people_and_sites_answer(session, ids, staff):
    sites = {ids[number]: PEOPLE[number].site for number in STAFF}
    found = {(each.step.skill, each.step.step): each for each in consistency(session, staff, WHOLE, sites, 5)}
    for key, answers in answers_by_step().items():
        scores, at_site = defaultdict(list), defaultdict(list)
        for each in answers:
            scores[each.person].append(each.facts["score"])
        means = {number: fmean(own) for number, own in scores.items()}
        middle = fmean(means.values())
        squares = sum((mean - middle) ** 2 for mean in means.values())
        assert found[key].deviation == pytest.approx(sqrt(squares / (len(means) - 1)))
        for number, mean in means.items():
            at_site[PEOPLE[number].site].append(mean)
        site_means = [fmean(own) for own in at_site.values() if len(own) >= 5]
        assert found[key].site_range == pytest.approx(max(site_means) - min(site_means))


def test_a_lesson_nobody_finishes_after_its_third_item(session):
    found = lesson_effort(session, None, WHOLE, NOW)[planted.LEFT_MODULE, 1]
    assert (found.opened, found.completed, found.under_way, found.drop_off) == (len(STAFF), 0, 0, 1.0)
    noted = len(during(WHOLE, "lesson_abandoned"))
    assert 0 < noted < len(STAFF)
    assert {(each.part, each.position): each.runs for each in found.left} == {
        ("practice", 1 + planted.LEFT_AFTER_ITEMS): noted,
        ("practice", None): len(STAFF) - noted,
    }
    assert [item.answered for item in found.items] == [len(STAFF)] * planted.LEFT_AFTER_ITEMS


def test_how_long_lessons_take(session):
    found = lesson_effort(session, None, WHOLE, NOW)
    for skill in SKILLS:
        effort = found[f"{skill}.md", 1]
        done = [each for each in during(WHOLE, "lesson_completed") if each.facts["skill"] == skill]
        seconds = [each.facts["seconds"] for each in done]
        assert (effort.completed, effort.drop_off) == (len(done), 0.0)
        assert effort.time_over_budget == pytest.approx(median(seconds) / sum(planted.BUDGETS.values()))
        assert effort.completion.lower == pytest.approx(quartile(seconds, 0.25))
        assert effort.completion.upper == pytest.approx(quartile(seconds, 0.75))
        parts = [each.facts for each in during(WHOLE, "lesson_part_done") if each.facts["skill"] == skill]
        assert [part.part for part in effort.parts] == list(planted.BUDGETS)
        for part in effort.parts:
            own = [facts["seconds"] for facts in parts if facts["part"] == part.part]
            assert (part.n, part.median_seconds) == (len(own), pytest.approx(median(own)))
            assert part.budget_seconds == planted.BUDGETS[part.part]
