"""Who may do what, as one table; who may read an SOP or see progress; audiences as keys and intersections."""

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from metrics.people import Person, asker_for, managed_by, managers_above, visible_to
from metrics.policy import (
    EVERYONE,
    Action,
    AnswerOf,
    Asker,
    Audience,
    CompanyContent,
    ProgressOf,
    SignOffOf,
    SopGaps,
    TrackOf,
    WholeCompany,
    may,
)
from tests.strategies import audiences, few, many, role_names, role_sets, utc

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


# What each may do: o about themselves, t about somebody in the first team, e about somebody in the other team, c about
# the whole company, p with the SOP for everyone and what is made of it, x with the SOP for finance alone.
# The director manages the manager of the first team; director, owner and who left hold the role finance, which may
# sign off; the owner owns both SOPs.
MATRIX = """
                staff   manager director other_manager admin   auditor owner   left    nobody
read_sop        ....p.  ....p.  ....px   ....p.        ....p.  ....p.  ....px  ....p.  ....p.
see_progress    o.....  ot....  ot....   o.e...        ote...  o.....  o.....  o.....  ......
see_practice    o.....  o.....  o.....   o.....        o.....  o.....  o.....  o.....  ......
support         ......  .t....  .t....   ..e...        ......  ......  ......  ......  ......
see_company     ......  ......  ......   ......        ...c..  ...c..  ......  ......  ......
see_content     ......  ......  ......   ......        ...c..  ...c..  ......  ......  ......
see_gaps        ......  ......  ......   ......        ....p.  ......  ....px  ......  ......
see_answer      o.....  o.....  o.....   o.....        ote...  o.....  o.....  o.....  ......
see_health      ......  ......  ......   ......        ...c..  ......  ......  ......  ......
send_lesson     ......  .t....  .t....   ..e...        ......  ......  ......  ......  ......
assign_track    ......  .t....  .t....   ..e...        ote...  ......  ......  ......  ......
sign_off        ......  .t....  .te...   ..e...        ......  ......  .te...  ......  ......
approve_lesson  ......  ......  ......   ......        ....p.  ......  ......  ......  ......
"""
SCOPES = "otecpx"
FINANCE = frozenset({"finance"})
LEARNER, OTHER_LEARNER = 101, 102
ROSTER = {
    "staff": Person(id=1, roles=["cashier"], is_active=True),
    "manager": Person(id=2, roles=["manager"], is_active=True),
    "director": Person(id=3, roles=["manager", "finance"], is_active=True),
    "other_manager": Person(id=4, roles=["manager"], is_active=True),
    "admin": Person(id=5, roles=["admin"], is_active=True),
    "auditor": Person(id=6, roles=["auditor"], is_active=True),
    "owner": Person(id=7, roles=["finance"], is_active=True),
    "left": Person(id=8, roles=["finance"], is_active=False),
}
MANAGERS = {1: 2, 2: 3, 8: 2, LEARNER: 2, OTHER_LEARNER: 4}
ADMINS, AUDITORS, OWNERS = frozenset({5}), frozenset({6}), frozenset({7})


def subject_of(action, scope, asker):
    """Return what the action is about in a scope; a subject of that scope even where the action knows none."""
    if scope == "c":
        return WholeCompany(ADMINS, AUDITORS)
    if scope in "px":
        audience = EVERYONE if scope == "p" else Audience(FINANCE)
        made_of_it = {
            Action.SEE_GAPS: SopGaps(OWNERS, ADMINS, audience),
            Action.APPROVE_LESSON: CompanyContent(ADMINS, audience),
        }
        return made_of_it.get(action, audience)
    # Nobody in particular asks about an id that is nobody's.
    person_id = {"o": asker.person_id or 0, "t": LEARNER, "e": OTHER_LEARNER}[scope]
    managers = frozenset(managers_above(person_id, MANAGERS))
    of_a_person = {
        Action.SEE_ANSWER: AnswerOf(person_id, ADMINS, is_rated=True),
        Action.ASSIGN_TRACK: TrackOf(person_id, managers, ADMINS),
        Action.SIGN_OFF: SignOffOf(person_id, managers, FINANCE),
    }
    return of_a_person.get(action, ProgressOf(person_id, managers, ADMINS))


def cells():
    """Return who, action and scope of each cell of the matrix, and whether it says yes."""
    head, *rows = [line.split() for line in MATRIX.strip().splitlines()]
    return {
        (who, action, scope): mark == scope
        for action, *columns in rows
        for who, marks in zip(head, columns, strict=True)
        for scope, mark in zip(SCOPES, marks, strict=True)
    }


def test_everybody_may_do_exactly_what_the_matrix_says():
    granted = {}
    for who, action, scope in cells():
        asker = asker_for(ROSTER[who]) if who in ROSTER else Asker()
        granted[who, action, scope] = may(asker, Action(action), subject_of(action, scope, asker))
    assert granted == cells()


@given(st.integers(1, 4), st.integers(1, 4), st.frozensets(st.integers(1, 4)), st.booleans())
def test_an_answer_is_its_askers_and_once_they_judged_it_the_admins(asker, asked_by, admins, is_rated):
    allowed = may(Asker(asker), Action.SEE_ANSWER, AnswerOf(asked_by, admins, is_rated))
    assert allowed == (asker == asked_by or (is_rated and asker in admins))


def test_the_matrix_is_whole_and_every_action_has_somebody():
    assert len(cells()) == len(Action) * (len(ROSTER) + 1) * len(SCOPES)
    assert {action for _, action, _ in cells()} == set(Action)
    assert {action for (_, action, _), is_granted in cells().items() if is_granted} == set(Action)
    marks = {mark for line in MATRIX.strip().splitlines()[1:] for columns in line.split()[1:] for mark in columns}
    assert marks == {".", *SCOPES}


@dataclass(frozen=True)
class Chart:
    """Who manages whom among people numbered from 0, who is active, and who are admins."""

    managers: tuple[int | None, ...]
    active: tuple[bool, ...]
    admins: frozenset[int] = frozenset()


@st.composite
def charts(draw):
    size = draw(st.integers(1, 7))
    numbers = st.integers(0, size - 1)
    # A roster may name circles, and somebody as their own manager.
    managers = draw(st.tuples(*[st.one_of(st.none(), numbers)] * size))
    return Chart(managers, draw(st.tuples(*[st.booleans()] * size)), draw(st.frozensets(numbers, max_size=2)))


def stored(session, chart):
    """Put people into SQL and return them."""
    people = [
        Person(
            email=f"p{number}@example.test", name=f"P{number}", roles=["manager"], is_active=is_active,
            is_listed=True, updated_at=utc(2026, 11, 23),
        )
        for number, is_active in enumerate(chart.active)
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    for person, manager in zip(people, chart.managers, strict=True):
        person.manager_id = None if manager is None else people[manager].id
    session.flush()
    return people


def active_admins(people, chart):
    """Return the ids of admins as bot.overseers names them: of those who left none."""
    return frozenset(people[number].id for number in chart.admins if chart.active[number])


def numbers_seen(session, chart, asker):
    people = stored(session, chart)
    admin_ids = active_admins(people, chart)
    return [people.index(person) for person in visible_to(session, asker_for(people[asker]), admin_ids)]


@pytest.mark.parametrize(
    ("chart", "seen"),
    [
        # 1 is managed by 0, 2 by 1, 3 by nobody.
        pytest.param(Chart((None, 0, 1, None), (True,) * 4), [[1, 2], [2], [], []], id="one above the other"),
        pytest.param(
            Chart((None, 0, 1, None), (True,) * 4, frozenset({3})), [[1, 2], [2], [], [0, 1, 2]], id="an admin"
        ),
        pytest.param(
            Chart((None, 0, 1, None), (True, False, True, True)), [[2], [], [], []], id="a manager between who left"
        ),
        pytest.param(
            Chart((None, 0, 1, None), (False, True, True, True), frozenset({0})), [[], [2], [], []], id="an admin left"
        ),
        pytest.param(Chart((1, 0, 1), (True,) * 3), [[1, 2], [0, 2], []], id="two who manage each other"),
        pytest.param(Chart((0, 0), (True,) * 2), [[1], []], id="their own manager"),
    ],
)
def test_progress_is_visible_down_the_line(database, chart, seen):
    for asker, expected in enumerate(seen):
        with database.rehearsal() as session:
            assert numbers_seen(session, chart, asker) == expected, asker


@few
@given(charts())
def test_whom_somebody_sees_is_exactly_whom_the_policy_grants(database, chart):
    with database.rehearsal() as session:
        people = stored(session, chart)
        admin_ids = active_admins(people, chart)
        for number, person in enumerate(people):
            asker = asker_for(person)
            granted = {Action.SEE_PROGRESS: [], Action.SEND_LESSON: []}
            for other, subject in enumerate(people):
                above = frozenset(people[manager].id for manager in everyone_above(chart, other))
                progress = ProgressOf(subject.id, above, admin_ids)
                are_both_here = chart.active[number] and chart.active[other] and other != number
                for action, theirs in granted.items():
                    if are_both_here and may(asker, action, progress):
                        theirs.append(subject)
            assert visible_to(session, asker, admin_ids) == granted[Action.SEE_PROGRESS]
            assert managed_by(session, asker) == granted[Action.SEND_LESSON]


def everyone_above(chart, number):
    """Return whose line somebody is in: as many steps up as there are people reach everybody there is to reach."""
    above, here = set(), number
    for _ in chart.managers:
        here = None if here is None else chart.managers[here]
        above |= {here} - {None}
    return above
