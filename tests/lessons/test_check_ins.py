"""The script for a check-in is about what is gravest, and offers what can be practised."""

from dataclasses import replace

from lessons.check_ins import check_in_of
from metrics.standing import Need, NeedKind
from tests.progress_values import ANA, CARA, MISSED, REFUNDS, SAFETY, STALLED, TILL, ZOE, person
from tests.strategies import utc


def test_it_is_about_the_gravest_need_and_its_skill():
    one = check_in_of(ANA, {"refunds", "safety"})
    assert (one.whose, one.need, one.skill, one.practise) == (ANA.whose, MISSED, REFUNDS, REFUNDS)


def test_a_lesson_is_offered_only_where_there_is_one():
    assert check_in_of(ANA, {"safety"}).practise == SAFETY
    assert check_in_of(ANA, ()).practise is None


def test_a_need_of_no_skill_is_about_the_next_one_that_can_be_practised():
    assert CARA.standing.needs == (STALLED,)
    one = check_in_of(CARA, {"safety", "till"})
    assert (one.skill, one.practise) == (SAFETY, SAFETY)
    assert check_in_of(CARA, ()).skill == REFUNDS


def test_who_needs_no_help_has_a_script_too():
    one = check_in_of(ZOE, {"till"})
    assert (one.need, one.skill, one.practise) == (None, None, None)


def test_only_what_was_mastered_in_the_last_30_days_is_to_be_told():
    assert check_in_of(ANA, ()).mastered == TILL
    before = replace(TILL, mastered_at=utc(2026, 10, 23))
    assert check_in_of(person(skills=(before, REFUNDS)), ()).mastered is None


def test_a_need_about_a_track_is_about_no_skill():
    overdue = Need(NeedKind.OVERDUE, about="First weeks", since=utc(2026, 11, 1))
    one = check_in_of(person(needs=(overdue,)), {"refunds"})
    assert (one.need, one.skill) == (overdue, REFUNDS)
