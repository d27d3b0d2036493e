"""How Coach is used: for who looks after it and auditors, in whole weeks, of enough people alone."""

from datetime import timedelta

import pytest

from lessons.use_report import Questions, use_report
from metrics.errors import Refusal
from metrics.events.kinds import (
    AnswerRated,
    ItemAnswered,
    ManagerActed,
    NudgeEnded,
    PreferenceChanged,
    QuestionAsked,
)
from metrics.events.record import record
from metrics.shares import Share
from tests.lessons.shop import NOW, add_person, viewer

LATELY, EARLIER, THIS_WEEK = (NOW - timedelta(days=days) for days in (9, 20, 1))
ASKED = QuestionAsked("slack", "answered", None, None, 1, 0.2)
WRONG = AnswerRated("slack", "outdated", 1)


def tell(session, people, at, *events):
    for person in people:
        for event in events:
            record(session, event, at, person.id)


def report(session, person):
    return use_report(session, viewer(person, admins=[person]), NOW)


def test_it_is_for_who_looks_after_coach_and_auditors(session, shop):
    boss, (ana, *_), zoe = shop
    for person in (boss, ana, zoe):
        with pytest.raises(Refusal, match="look after it"):
            use_report(session, viewer(person), NOW)
    assert report(session, zoe) == use_report(session, viewer(zoe, auditors=[zoe]), NOW)


def test_every_figure_is_of_enough_people_or_not_there(session, shop):
    _, team, zoe = shop
    did = (
        ASKED,
        AnswerRated("slack", "helpful", 1),
        NudgeEnded("before_shift", "sent", ""),
        PreferenceChanged("slack", "paused"),
    )
    tell(session, team[:4], LATELY, *did)
    tell(session, team[:4], EARLIER, WRONG)
    few = report(session, zoe)
    assert (few.weeks, few.weekly_askers, few.questions) == ((), None, None)
    assert (few.helpful, few.returned, few.return_waiting, few.nudges, few.muted) == (None,) * 5
    tell(session, team[4:5], LATELY, *did)
    tell(session, team[4:5], EARLIER, WRONG)
    enough = report(session, zoe)
    assert enough.people == 8
    assert [week.askers for week in enough.weeks] == [Share(0, 8), Share(0, 8), Share(0, 8), Share(5, 8)]
    assert enough.weekly_askers == pytest.approx(5 / 32)
    assert enough.questions == Questions(5, 5, 0, 0, 0, repeated=0)
    assert enough.helpful == Share(5, 10)
    assert (enough.returned, enough.return_waiting) == (Share(5, 5), 0)
    assert (enough.nudges.sent, enough.nudges.ignored) == (5, 5)
    assert enough.muted == Share(5, 8)
    # This week is not over, and what is done in it changes nothing.
    tell(session, team, THIS_WEEK, *did)
    assert report(session, zoe) == enough


def test_support_is_one_figure_of_enough_managers(session, shop):
    boss, team, zoe = shop
    heads = [add_person(session, f"head{number}") for number in range(4)]
    for person, head in zip(team, heads[:3], strict=False):
        person.manager_id = head.id
    tell(session, [boss], LATELY, ManagerActed("slack", "check_in"))
    tell(session, [boss], LATELY, ManagerActed("slack", "digest_read"))
    session.flush()
    few = report(session, zoe)
    assert (few.managers, few.support) == (4, None)
    team[3].manager_id = heads[3].id
    session.flush()
    assert (report(session, zoe).managers, report(session, zoe).support) == (5, Share(1, 40))
    # Who manages only people who left manages nobody.
    team[3].is_active = False
    session.flush()
    assert report(session, zoe).support is None


def test_days_are_the_mean_of_who_practised(session, shop):
    _, team, zoe = shop
    answer = ItemAnswered("slack", "refunds", 1.0, 9.0, 1, "refunds.md#0", "choice")
    tell(session, team[:3], LATELY, answer)
    found = report(session, zoe)
    assert (found.practised, found.days_practised) == (6, 1.5)
    for person in team[4:]:
        person.is_active = False
    session.flush()
    assert (report(session, zoe).practised, report(session, zoe).days_practised) == (None, None)
