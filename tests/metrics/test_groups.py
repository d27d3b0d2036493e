"""People are divided into groups, and figures of groups are shown where they tell nothing about single people."""

from datetime import date

import pytest

from metrics.groups import NONE_GIVEN, TENURES_MONTHS, divide, releasable
from metrics.people import Person
from metrics.periods import USUAL_DAYS

TODAY = date(2026, 11, 23)
BOUNDARIES_DAYS = (0, 7, 14, 30, 60, 90, 180, 365, 730)
NEWEST, WEEK_BEFORE, REST_OF_MONTH = 0, 1, 2


def person(person_id, **facts):
    return Person(id=person_id, **{"team": None, "site": None, "roles": [], "started_on": None} | facts)


def everybody_active(people, *places):
    return {person_id: frozenset(places or range(len(BOUNDARIES_DAYS) - 1)) for person_id in people}


def labels(shown, days=USUAL_DAYS, is_before=False):
    return {(each.by, each.label) for each in shown if (each.period_days, each.is_before) == (days, is_before)}


def periods(shown, by=None, label=""):
    return {(each.period_days, each.is_before) for each in shown if (each.by, each.label) == (by, label)}


@pytest.mark.parametrize("by", ["team", "site"])
def test_teams_and_sites_stand_by_name_and_none_given_last(by):
    people = [person(1, **{by: "quay"}), person(2, **{by: "Zoo"}), person(3), person(4, **{by: "quay"})]
    assert list(divide(people, by, TODAY).items()) == [
        ("quay", frozenset({1, 4})),
        ("Zoo", frozenset({2})),
        (NONE_GIVEN, frozenset({3})),
    ]


def test_who_has_several_roles_is_in_several_groups():
    people = [person(1, roles=["owner", "cashier"]), person(2, roles=["cashier"]), person(3)]
    assert list(divide(people, "role", TODAY).items()) == [
        ("cashier", frozenset({1, 2})),
        ("owner", frozenset({1})),
        (NONE_GIVEN, frozenset({3})),
    ]


def test_cohorts_are_given_and_hold_only_people_of_the_scope():
    cohorts = {"spring": [1, 2, 99], "autumn": {2}, "empty": ()}
    assert list(divide([person(1), person(2), person(3)], "cohort", TODAY, cohorts).items()) == [
        ("autumn", frozenset({2})),
        ("spring", frozenset({1, 2})),
        (NONE_GIVEN, frozenset({3})),
    ]


@pytest.mark.parametrize(
    ("started_on", "band"),
    [
        (date(2027, 1, 1), "under 3 months"),
        (date(2026, 11, 23), "under 3 months"),
        (date(2026, 8, 24), "under 3 months"),
        (date(2026, 8, 23), "3 to 12 months"),
        (date(2025, 11, 24), "3 to 12 months"),
        (date(2025, 11, 23), "1 to 3 years"),
        (date(2023, 11, 24), "1 to 3 years"),
        (date(2023, 11, 23), "over 3 years"),
        (None, "unknown"),
    ],
)
def test_a_tenure_begins_on_its_day(started_on, band):
    assert divide([person(1, started_on=started_on)], "tenure", TODAY) == {band: frozenset({1})}


@pytest.mark.parametrize(
    ("today", "band"), [(date(2026, 2, 28), "under 3 months"), (date(2026, 3, 1), "3 to 12 months")]
)
def test_where_a_month_has_no_such_day_a_band_ends_with_it(today, band):
    assert list(divide([person(1, started_on=date(2025, 11, 30))], "tenure", today)) == [band]


def test_tenures_stand_from_new_to_old():
    started = (None, date(2020, 1, 1), date(2026, 11, 1), date(2024, 1, 1), date(2026, 1, 1))
    people = [person(number, started_on=on) for number, on in enumerate(started)]
    assert list(divide(people, "tenure", TODAY)) == [*TENURES_MONTHS, "over 3 years", "unknown"]


def test_everything_of_large_groups_is_shown():
    groupings = {"team": {"a": frozenset(range(20)), "b": frozenset(range(20, 40))}}
    shown = releasable(groupings, everybody_active(range(40)), BOUNDARIES_DAYS, 5)
    assert labels(shown) == {(None, ""), ("team", "a"), ("team", "b")}
    assert periods(shown) == {(days, is_before) for days in (7, 30, 90, 365) for is_before in (False, True)}
    assert len(shown) == 24
    assert (None, "", 30, False) in shown


@pytest.mark.parametrize(("people", "are_shown"), [(4, False), (5, True)])
def test_a_group_under_the_smallest_is_not_shown(people, are_shown):
    shown = releasable({}, everybody_active(range(people)), BOUNDARIES_DAYS, 5)
    assert bool(shown) is are_shown


def test_who_did_nothing_does_not_count():
    groupings = {"team": {"a": frozenset(range(9))}}
    active = everybody_active(range(4)) | everybody_active([4], 7)
    shown = releasable(groupings, active, BOUNDARIES_DAYS, 5)
    assert {each[2:] for each in shown} == {(365, True)}


def test_the_rest_of_a_division_is_not_left_to_subtraction():
    # Twelve people: after two teams of five, two would be left.
    groupings = {"team": {"a": frozenset(range(5)), "b": frozenset(range(5, 10)), "c": frozenset({10, 11})}}
    shown = releasable(groupings, everybody_active(range(12)), BOUNDARIES_DAYS, 5)
    assert labels(shown) == {(None, ""), ("team", "a")}


def test_the_rest_of_a_site_is_not_left_to_subtracting_its_teams():
    groupings = {
        "team": {
            "a": frozenset(range(5)),
            "b": frozenset(range(5, 10)),
            "c": frozenset({10, 11}),
            "d": frozenset(range(12, 30)),
        },
        "site": {"north": frozenset(range(12)), "south": frozenset(range(12, 30))},
    }
    shown = labels(releasable(groupings, everybody_active(range(30)), BOUNDARIES_DAYS, 5))
    assert ("site", "north") in shown
    assert len(shown & {("team", "a"), ("team", "b")}) == 1


def test_the_one_person_outside_a_role_is_not_left_to_subtraction():
    groupings = {"role": {"cashier": frozenset(range(9)), "owner": frozenset({8, 9})}}
    assert labels(releasable(groupings, everybody_active(range(10)), BOUNDARIES_DAYS, 5)) == {(None, "")}


def test_a_longer_period_is_not_shown_where_few_did_anything_in_what_it_adds():
    active = everybody_active(range(8), NEWEST) | {0: frozenset({NEWEST, REST_OF_MONTH})}
    assert periods(releasable({}, active, BOUNDARIES_DAYS, 5)) >= {(30, False)}
    assert (7, False) not in periods(releasable({}, active, BOUNDARIES_DAYS, 5))


def test_three_periods_do_not_give_away_the_rest_of_the_longest():
    # Month less week is seven people, less the week before too it is two.
    active = everybody_active(range(8), NEWEST, WEEK_BEFORE) | {
        number: frozenset({NEWEST, WEEK_BEFORE, REST_OF_MONTH}) for number in (0, 1)
    }
    shown = periods(releasable({}, active, BOUNDARIES_DAYS, 5))
    assert (30, False) in shown
    assert len(shown & {(7, False), (7, True)}) == 1


def test_a_longer_period_is_not_shown_where_taking_shorter_ones_out_leaves_few():
    # Quarter less month, and quarter less the month before, are eight people; less both it is two.
    month, month_before, rest_of_quarter = NEWEST, 3, 4
    active = everybody_active(range(8), month, month_before) | {
        number: frozenset({month, month_before, rest_of_quarter}) for number in (0, 1)
    }
    shown = periods(releasable({}, active, BOUNDARIES_DAYS, 5))
    assert shown >= {(30, False), (30, True)}
    assert (90, False) not in shown


# Who did nothing makes a group large, so that its turn comes early, and who shares no groups is not taken together.
IDLE = range(100, 130)


def test_who_is_left_by_one_subtraction_stays_hidden_where_another_group_takes_them_in():
    groupings = {
        "role": {"first": frozenset({*range(5, 11), *IDLE}), "late": frozenset(range(9))},
        "cohort": {"apart": frozenset({10, *IDLE})},
    }
    shown = labels(releasable(groupings, everybody_active(range(11)), BOUNDARIES_DAYS, 5))
    assert shown == {(None, ""), ("role", "first")}


def test_a_team_that_comes_after_its_site_counts_with_one_that_came_before():
    groupings = {
        "team": {"first": frozenset({*range(5), *IDLE}), "late": frozenset(range(5, 10))},
        "site": {"north": frozenset(range(12))},
        "cohort": {"apart": frozenset({11, *IDLE})},
    }
    shown = labels(releasable(groupings, everybody_active(range(40)), BOUNDARIES_DAYS, 5))
    assert shown == {(None, ""), ("team", "first"), ("site", "north")}


def test_groups_that_cross_do_not_give_away_one_person_by_algebra():
    # Roles a and b make up everybody but for person 12, who is in both: a + b - everybody is that person.
    groupings = {"role": {"a": frozenset(range(13)), "b": frozenset(range(12, 25))}}
    shown = labels(releasable(groupings, everybody_active(range(25)), BOUNDARIES_DAYS, 5))
    assert shown == {(None, ""), ("role", "a")}
    # Two people in both are not told apart, but they are too few as well, also where they did something at other times.
    groupings = {"role": {"a": frozenset(range(13)), "b": frozenset(range(11, 25))}}
    shown = labels(releasable(groupings, everybody_active(range(25)), BOUNDARIES_DAYS, 5))
    assert shown == {(None, ""), ("role", "b")}
    active = everybody_active(range(25)) | {11: frozenset({NEWEST}), 12: frozenset({REST_OF_MONTH})}
    assert labels(releasable(groupings, active, BOUNDARIES_DAYS, 5)) == {(None, ""), ("role", "b")}
    groupings = {"role": {"a": frozenset(range(15)), "b": frozenset(range(10, 25))}}
    assert len(labels(releasable(groupings, everybody_active(range(25)), BOUNDARIES_DAYS, 5))) == 3


def test_more_of_a_smaller_setting_is_never_less_than_of_a_larger_one_in_the_plain_case():
    groupings = {"team": {"a": frozenset(range(7)), "b": frozenset(range(7, 20))}}
    active = everybody_active(range(20))
    assert len(releasable(groupings, active, BOUNDARIES_DAYS, 8)) < len(
        releasable(groupings, active, BOUNDARIES_DAYS, 5)
    )


def test_what_is_shown_does_not_hang_on_the_order_people_come_in():
    teams = {"a": frozenset(range(6)), "b": frozenset(range(6, 13)), "c": frozenset(range(13, 16))}
    active = everybody_active(range(16), NEWEST, 4)
    other_way = dict(reversed(active.items()))
    assert releasable({"team": teams}, active, BOUNDARIES_DAYS, 5) == releasable(
        {"team": teams}, other_way, BOUNDARIES_DAYS, 5
    )


def test_periods_that_cross_are_refused():
    with pytest.raises(ValueError, match="cross"):
        releasable({}, everybody_active(range(9), 0, 1, 2, 3), (0, 7, 10, 14, 20), 5)


def test_of_nobody_nothing_is_shown():
    assert releasable({}, {}, BOUNDARIES_DAYS, 5) == frozenset()
    assert releasable({"team": {}}, {1: frozenset()}, BOUNDARIES_DAYS, 5) == frozenset()
