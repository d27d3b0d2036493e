"""Who may read an SOP or see progress, and audiences as keys and intersections."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.policy import EVERYONE, Action, Asker, Audience, CompanyContent, ProgressOf, SignOffOf, TrackOf, may
from tests.strategies import audiences, many, role_names, role_sets

NOBODY = Audience(frozenset())


@many
@given(st.one_of(st.none(), st.frozensets(role_names)).map(Audience))
@example(EVERYONE)
@example(NOBODY)
@example(Audience(frozenset({"everyone"})))
@example(Audience(frozenset({"roles:owner"})))
def test_a_key_names_its_audience(audience):
    assert Audience.from_key(audience.key) == audience


@many
@given(st.frozensets(role_names), st.frozensets(role_names))
def test_equal_keys_mean_equal_audiences(left, right):
    assert (Audience(left).key == Audience(right).key) == (left == right)


@many
@given(st.permutations(["cashier", "manager", "owner", "stockroom", "trainer"]))
def test_an_audience_prints_the_same_in_whatever_order_its_roles_came(roles):
    printed = repr(Audience(frozenset(roles)))
    assert printed == "Audience.from_key('roles:cashier|manager|owner|stockroom|trainer')"


@pytest.mark.parametrize("key", ["", "roles", "owner", "Everyone", "roles:b|a", "roles:a|a", "roles:a|", "role:a"])
def test_any_other_string_is_no_audience(key):
    with pytest.raises(ValueError, match="not an audience"):
        Audience.from_key(key)


@many
@given(audiences, audiences, role_sets)
def test_narrowing_lets_in_exactly_those_who_are_in_both(left, right, roles):
    narrowed = left.narrowed_to(right)
    assert narrowed == right.narrowed_to(left)
    for role in roles:
        asker = Asker(1, frozenset({role}))
        in_both = may(asker, Action.READ_SOP, left) and may(asker, Action.READ_SOP, right)
        assert may(asker, Action.READ_SOP, narrowed) == in_both


@many
@given(audiences, audiences, audiences)
def test_the_order_of_narrowing_does_not_matter(first, second, third):
    assert first.narrowed_to(second).narrowed_to(third) == first.narrowed_to(second.narrowed_to(third))
    assert first.narrowed_to(first) == first
    assert first.narrowed_to(EVERYONE) == first
    assert first.narrowed_to(NOBODY) == NOBODY


@many
@given(role_sets, role_sets)
def test_one_shared_role_is_enough_and_none_is_not(held, allowed):
    assert may(Asker(1, held), Action.READ_SOP, Audience(allowed)) == bool(held & allowed)


@given(role_sets)
def test_whoever_holds_no_role_reads_no_restricted_sop(allowed):
    for asker in (Asker(), Asker(person_id=1)):
        assert not may(asker, Action.READ_SOP, Audience(allowed))


@given(role_sets)
def test_everyone_reads_what_is_open_to_everyone(held):
    assert may(Asker(None, held), Action.READ_SOP, EVERYONE)


def test_an_unknown_action_is_denied_even_to_an_owner():
    assert not may(Asker(1, frozenset({"owner"})), "delete_company", EVERYONE)


people = st.integers(1, 6)


@many
@given(people, people, st.frozensets(people), role_sets)
def test_progress_is_seen_by_its_person_and_the_managers_above_whatever_their_roles(asker, person, managers, roles):
    allowed = may(Asker(asker, roles), Action.SEE_PROGRESS, ProgressOf(person, managers))
    assert allowed == (asker == person or asker in managers)


@many
@given(people, people, st.frozensets(people), role_sets)
def test_a_lesson_is_sent_by_the_managers_above_and_never_to_oneself(asker, person, managers, roles):
    allowed = may(Asker(asker, roles), Action.SEND_LESSON, ProgressOf(person, managers))
    assert allowed == (asker != person and asker in managers)


def test_nobody_in_particular_sees_no_progress():
    assert not may(Asker(None, frozenset({"owner"})), Action.SEE_PROGRESS, ProgressOf(1, frozenset({2})))


def test_an_action_on_the_wrong_kind_of_subject_is_denied():
    assert not may(Asker(1), Action.SEE_PROGRESS, EVERYONE)
    assert not may(Asker(1), Action.READ_SOP, ProgressOf(1))


@many
@given(people, people, st.frozensets(people), st.frozensets(people), role_sets)
def test_a_track_is_assigned_by_the_managers_above_and_by_admins_whatever_their_roles(
    asker, person, managers, admins, roles
):
    allowed = may(Asker(asker, roles), Action.ASSIGN_TRACK, TrackOf(person, managers, admins))
    assert allowed == (asker in managers or asker in admins)


@many
@given(people, people, st.frozensets(people), role_sets, role_sets)
def test_a_skill_is_signed_off_by_a_manager_above_or_a_listed_role_and_never_by_oneself(
    asker, person, managers, held, listed
):
    allowed = may(Asker(asker, held), Action.SIGN_OFF, SignOffOf(person, managers, listed))
    assert allowed == (asker != person and (asker in managers or bool(held & listed)))


@given(role_sets, st.frozensets(people))
def test_nobody_in_particular_assigns_or_signs_off_anything(roles, ids):
    nobody = Asker(None, roles)
    assert not may(nobody, Action.ASSIGN_TRACK, TrackOf(1, ids, ids))
    assert not may(nobody, Action.SIGN_OFF, SignOffOf(1, ids, roles))


@many
@given(st.one_of(st.none(), people), st.frozensets(people), audiences, role_sets)
def test_a_lesson_is_approved_by_admins_who_read_what_it_teaches(asker, admins, audience, roles):
    allowed = may(Asker(asker, roles), Action.APPROVE_LESSON, CompanyContent(admins, audience))
    assert allowed == (asker in admins and may(Asker(asker, roles), Action.READ_SOP, audience))
