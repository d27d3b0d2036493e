"""Whatever a viewer subtracts from whatever they may see, it is never about one to four people."""

import random
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.groups import releasable
from tests.strategies import many

BOUNDARIES_DAYS = (0, 7, 14, 30, 60, 90, 180, 365, 730)
PERIODS = [(days, is_before) for days in (7, 30, 90, 365) for is_before in (False, True)]
STRETCHES = range(len(BOUNDARIES_DAYS) - 1)
SMALLEST = 5
# Companies of so many people, and how many of each.
SIZES = {6: 12, 10: 12, 15: 10, 30: 6, 60: 3, 120: 2}


def in_period(stretch, days, is_before):
    newest, oldest = (days, 2 * days) if is_before else (0, days)
    return newest <= BOUNDARIES_DAYS[stretch] and BOUNDARIES_DAYS[stretch + 1] <= oldest


def units_of(shown, groupings, active):
    """Return what each figure adds up, written from the definition: pairs of a person and a stretch with data."""
    everybody = set(active).union(*(ids for groups in groupings.values() for ids in groups.values()))
    return {
        (by, label, days, is_before): frozenset(
            (person, stretch)
            for person in (everybody if by is None else groupings[by][label])
            for stretch in active.get(person, ())
            if in_period(stretch, days, is_before)
        )
        for by, label, days, is_before in shown
    }


def people_in(units):
    return len({person for person, _ in units})


def leaks_of_pairs(units):
    """Return the differences of two figures that are about one to four people, and how many pairs were compared."""
    leaks = [
        (larger, smaller)
        for one, other in combinations(units, 2)
        for larger, smaller in ((one, other), (other, one))
        if units[smaller] < units[larger] and people_in(units[larger] - units[smaller]) < SMALLEST
    ]
    return leaks, len(units) * (len(units) - 1) // 2


def leaks_of_divisions(units, groupings):
    """Return figures that, less all groups of a division shown for the period, are about one to four people."""
    leaks, compared = [], 0
    for figure, (by, period) in product(units, product(groupings, PERIODS)):
        inside = [units[other] for other in units if (other[0], other[2:]) == (by, period) and other != figure]
        inside = [each for each in inside if each <= units[figure]]
        compared += bool(inside)
        if inside and 0 < people_in(units[figure] - frozenset().union(*inside)) < SMALLEST:
            leaks.append((figure, by, period))
    return leaks, compared


def exposed_people(units, active):
    """Return who an attacker with least squares finds out about, by stretch or over all stretches they can weight."""
    columns = sorted({unit for each in units.values() for unit in each})
    if not columns:
        return set()
    place = {unit: number for number, unit in enumerate(columns)}
    sums = np.zeros((len(units), len(columns)))
    for row, each in enumerate(units.values()):
        sums[row, [place[unit] for unit in each]] = 1
    # Unit vectors: what one person did in one stretch, then what one person did in a period.
    wanted = [{unit} for unit in columns]
    wanted += [
        {unit for unit in columns if unit[0] == person and in_period(unit[1], *period)}
        for person in active
        for period in PERIODS
    ]
    wanted = [each for each in wanted if each]
    targets = np.zeros((len(columns), len(wanted)))
    for number, each in enumerate(wanted):
        targets[[place[unit] for unit in each], number] = 1
    weights = np.linalg.lstsq(sums.T, targets, rcond=None)[0]
    is_had = np.abs(sums.T @ weights - targets).max(axis=0) < 1e-7
    found = {next(iter(each))[0] for each, had in zip(wanted, is_had, strict=True) if had}
    # Any weighting of somebody's stretches: taking them out of the sums loses a dimension.
    rank = np.linalg.matrix_rank(sums)
    for person in active:
        others = [number for number, unit in enumerate(columns) if unit[0] != person]
        if np.linalg.matrix_rank(sums[:, others]) < rank:
            found.add(person)
    return found


def by_size_alone(groupings, active):
    """Return what a rule would show that asks for five people in a group and nothing else."""
    groups = [(None, "", set(active).union(*(ids for each in groupings.values() for ids in each.values())))]
    groups += [(by, label, ids) for by, each in groupings.items() for label, ids in each.items()]
    return frozenset((by, label, *period) for by, label, ids in groups if len(ids) >= SMALLEST for period in PERIODS)


def company(seed, people):
    """Return groups and activity of a company in which few do anything; roles, cohorts and sites cross."""
    draw = random.Random(seed)
    groupings = {}
    for by, most, times in (
        ("team", people // 8, 1),
        ("role", 4, 2),
        ("site", 3, 1),
        ("tenure", 5, 1),
        ("cohort", 3, 1),
    ):
        groups = {}
        for person in range(people):
            for number in {int(draw.random() ** 2 * (most + 1)) for _ in range(draw.randint(1, times))}:
                groups.setdefault(f"{by} {number}", set()).add(person)
        groupings[by] = {label: frozenset(ids) for label, ids in groups.items()}
    share = draw.choice([0.05, 0.2, 0.5, 0.9])
    active = {
        person: frozenset(stretch for stretch in STRETCHES if draw.random() < share)
        for person in range(people)
        if draw.random() < 0.9
    }
    return groupings, active


def leaks(shown, groupings, active):
    units = units_of(shown, groupings, active)
    of_pairs, pairs = leaks_of_pairs(units)
    of_divisions, rests = leaks_of_divisions(units, groupings)
    small = [figure for figure, each in units.items() if people_in(each) < SMALLEST]
    return small + of_pairs + of_divisions, pairs, rests


@pytest.mark.parametrize("people", SIZES)
def test_no_pair_of_filters_and_no_rest_of_a_division_is_about_one_to_four_people(people, capsys):
    pairs = rests = shown_in_all = naive_leaks = 0
    for seed in range(SIZES[people]):
        groupings, active = company(seed, people)
        shown = releasable(groupings, active, BOUNDARIES_DAYS, SMALLEST)
        found, its_pairs, its_rests = leaks(shown, groupings, active)
        assert found == [], seed
        pairs, rests, shown_in_all = pairs + its_pairs, rests + its_rests, shown_in_all + len(shown)
        if seed < 2:
            naive_leaks += len(leaks(by_size_alone(groupings, active), groupings, active)[0])
    with capsys.disabled():
        print(f"\n{people} people: {shown_in_all} figures, {pairs} pairs and {rests} rests searched, 0 leaks", end="")
        print(f" ({naive_leaks} by size alone in two companies)", end="")
    assert naive_leaks > 0
    assert people < 10 or pairs > 0


@pytest.mark.parametrize("people", [size for size in SIZES if size <= 60])
def test_an_attacker_with_least_squares_finds_out_about_nobody(people):
    found_by_size_alone = set()
    for seed in range(SIZES[people]):
        groupings, active = company(seed, people)
        shown = releasable(groupings, active, BOUNDARIES_DAYS, SMALLEST)
        assert exposed_people(units_of(shown, groupings, active), active) == set(), seed
        if seed < 2:
            shown = by_size_alone(groupings, active)
            found_by_size_alone |= exposed_people(units_of(shown, groupings, active), active)
    assert found_by_size_alone


@st.composite
def companies(draw):
    people = range(draw(st.integers(5, 14)))
    groupings = {
        by: {
            str(number): frozenset(ids)
            for number, ids in enumerate(draw(st.lists(st.sets(st.sampled_from(people)), max_size=3)))
        }
        for by in ("role", "site", "cohort")
    }
    stretches = st.frozensets(st.sampled_from([0, 1, 2, 3, 7]))
    return groupings, dict(enumerate(draw(st.lists(stretches, min_size=len(people), max_size=len(people)))))


@many
@given(companies())
def test_no_company_can_be_made_up_in_which_anything_leaks(made):
    groupings, active = made
    shown = releasable(groupings, active, BOUNDARIES_DAYS, SMALLEST)
    assert leaks(shown, groupings, active)[0] == []
    assert exposed_people(units_of(shown, groupings, active), active) == set()


def test_the_search_finds_what_it_is_for():
    # Ten people, nine of them cashiers: everybody less the cashiers is one person.
    groupings = {"role": {"cashier": frozenset(range(9))}}
    active = {person: frozenset({0}) for person in range(10)}
    shown = by_size_alone(groupings, active)
    found, _, _ = leaks(shown, groupings, active)
    assert ((None, "", 7, False), ("role", "cashier", 7, False)) in found
    assert exposed_people(units_of(shown, groupings, active), active) == {9}
