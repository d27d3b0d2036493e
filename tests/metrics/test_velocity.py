"""From the first lesson to competence, to mastery and to working alone: whose days count, and as what."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, update

from metrics.events.kinds import ItemAnswered, LessonOffered, LessonOpened, SkillMastered
from metrics.events.record import EventRow, record
from metrics.people import find_person, load_roster
from metrics.survival import Median, Observed, log_rank
from metrics.velocity import (
    GroupTime,
    Independence,
    Path,
    compare,
    independence,
    paths,
    share_within,
    to_competence,
    to_independence,
    to_mastery,
)
from metrics.work import WorkEvent
from tests.metrics.test_people import ADA, BEN
from tests.strategies import few, many, utc

NOW = utc(2026, 11, 23, 8, 30)
WORKFLOWS = {"refunds": ("Till Refund", "handover"), "till": ("handover",)}

waits = st.lists(st.builds(Observed, st.integers(0, 30).map(float), st.booleans()), max_size=20)


def day(number):
    """Return the instant so many days before now."""
    return NOW - timedelta(days=number)


def opened(skill="refunds"):
    return LessonOpened("slack", skill, 3.0, 1, "a.md")


def offered(skill="refunds"):
    return LessonOffered("slack", skill, 1, "a.md", "module", "nudge", 11.0)


def answered(score=1.0, skill="refunds", is_scenario=True, is_first=True):
    kind = {"is_scenario": is_scenario, "is_first": is_first}
    return ItemAnswered("slack", skill, score, 12.0, 1, "a.md#first", "choice", **kind)


def mastered(skill="refunds"):
    return SkillMastered("slack", skill)


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        load_roster(session, [ADA, BEN], NOW)
        return find_person(session, ADA.email).id, find_person(session, BEN.email).id


def happened(session, *facts):
    for fact, days_ago, person_id in facts:
        record(session, fact, day(days_ago), person_id)
    session.flush()


def worked(session, *facts):
    for person_id, workflow, outcome, days_ago in facts:
        known = {"source": "crm", "reference": f"{person_id} {workflow} {outcome} {days_ago}", "step": None}
        at = day(days_ago)
        session.add(WorkEvent(person_id=person_id, workflow=workflow, outcome=outcome, at=at, received_at=at, **known))
    session.flush()


def test_a_path_leads_from_the_first_lesson_to_the_first_unseen_scenario_passed(database, ids):
    ada, ben = ids
    with database.rehearsal() as session:
        happened(
            session,
            (offered(), 21, ada),
            (answered(), 20.5, ada),  # before the first lesson: says what they knew, not what they learned
            (opened(), 20, ada),
            (answered(is_scenario=False), 19, ada),
            (answered(is_first=False), 18, ada),
            (answered(0.74), 17, ada),
            (answered(0.75), 16, ada),
            (opened(), 15, ada),
            (answered(), 14, ada),
            (mastered(), 9, ada),
            (mastered(), 2, ada),
            (answered(0.0, "till"), 4, ada),
            (answered(1.0, "till"), 3.5, ada),
            (opened(), 7, ben),
            (answered(), 6, None),
            (offered("till"), 6, ben),
        )
        found = paths(session, ids, NOW)
        assert found == {
            (ada, "refunds"): Path(ada, "refunds", day(20), day(16), day(9)),
            (ada, "till"): Path(ada, "till", day(4), day(3.5)),
            (ben, "refunds"): Path(ben, "refunds", day(7)),
        }
        assert (found[ada, "refunds"].days_to_competence, found[ada, "refunds"].days_to_mastery) == (4, 11)
        assert (found[ben, "refunds"].days_to_competence, found[ben, "refunds"].days_to_mastery) == (None, None)
        assert paths(session, None, NOW) == found
        assert paths(session, [ben], NOW) == {(ben, "refunds"): Path(ben, "refunds", day(7))}
        assert paths(session, [], NOW) == {}
        assert paths(session, [ada], day(19.5)) == {(ada, "refunds"): Path(ada, "refunds", day(20))}


def test_what_older_events_do_not_say_is_no_unseen_scenario(database, ids):
    ada, _ = ids
    with database.rehearsal() as session:
        happened(session, (opened(), 9, ada), (answered(), 8, ada), (answered(), 7, ada), (answered(), 6, ada))
        older = {"item": "a.md#first"}
        for days_ago, payload in ((8, older), (7, older | {"is_scenario": None, "is_first": True})):
            session.execute(update(EventRow).where(EventRow.at == day(days_ago)).values(payload=payload))
        assert paths(session, ids, NOW)[ada, "refunds"].competent_at == day(6)


def test_the_number_of_people_and_skills_changes_no_number_of_queries(database, ids):
    with database.rehearsal() as session:
        sent = []

        def note(connection, cursor, statement, *rest):
            sent.append(statement)

        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            happened(session, *((opened(f"skill{number}"), number, ids[number % 2]) for number in range(40)))
            sent.clear()
            assert len(paths(session, ids, NOW)) == 40
            assert len(sent) == 2
            sent.clear()
            independence(session, ids, {f"skill{number}": ["handover"] for number in range(40)}, NOW)
            assert len(sent) == 2
        finally:
            event.remove(engine, "before_cursor_execute", note)


def test_who_is_not_there_yet_counts_with_the_days_so_far():
    found = {
        (path.person_id, path.skill): path
        for path in (
            Path(1, "refunds", day(20), day(16), day(9)),
            Path(2, "refunds", day(7)),
            Path(3, "refunds", day(5), day(5), day(6)),
            Path(3, "till", day(5), day(1)),
        )
    }
    assert to_competence(found, "refunds", NOW) == [Observed(4, True), Observed(7, False), Observed(0, True)]
    assert to_competence(found, "refunds", NOW, {2, 3}) == [Observed(7, False), Observed(0, True)]
    assert to_competence(found, "returns", NOW) == []
    assert to_mastery(found, "till", NOW, [3]) == [Observed(5, False)]
    # Mastered before the first lesson: nothing was learned on the way.
    assert to_mastery(found, "refunds", NOW) == [Observed(11, True), Observed(7, False)]
    assert found[3, "refunds"].days_to_mastery is None


def test_working_alone_counts_from_the_first_lesson_in_a_skill_of_the_workflow(database, ids):
    ada, ben = ids
    with database.rehearsal() as session:
        happened(session, (opened("till"), 20, ada), (opened(), 10, ada), (opened("lists"), 9, ada))
        happened(session, (answered(), 30, ada), (opened(), 10, ben), (opened(), 8, ben))
        worked(
            session,
            (ada, "handover", "done", 19),
            (ada, "handover", "alone", 15),
            (ada, "handover", "alone", 12),
            (ada, "till_refund", "alone", -1),  # an appointment
            (ada, "lists", "alone", 3),
            (ben, "handover", "alone", 11),  # before the first lesson: no way to go
            (ben, "till refund", "alone", 4),
        )
        found = independence(session, ids, WORKFLOWS, NOW)
        assert found == {
            (ada, "handover"): Independence(ada, "handover", day(20), day(15)),
            (ada, "till_refund"): Independence(ada, "till_refund", day(10)),
            (ben, "till_refund"): Independence(ben, "till_refund", day(10), day(4)),
        }
        assert found[ada, "handover"].days_to_independence == 5
        assert found[ada, "till_refund"].days_to_independence is None
        assert independence(session, None, WORKFLOWS, NOW) == found
        assert independence(session, [], WORKFLOWS, NOW) == independence(session, ids, {}, NOW) == {}
        assert to_independence(found, "Till Refund", NOW) == [Observed(10, False), Observed(6, True)]


def test_a_group_too_small_gives_its_size_and_counts_in_no_comparison():
    early = [Observed(float(days), True) for days in (3, 4, 5, 5, 6, 6, 7, 8)]
    late = [Observed(float(days), days < 20) for days in (9, 12, 15, 20, 20, 20)]
    found = compare({"Harbour": early, "Quay": late, "Pier": early[:4]}, smallest=5)
    assert found.groups["Harbour"] == GroupTime(8, 8, Median(5, 3, 7))
    assert found.groups["Quay"] == GroupTime(6, 3, Median(15, 9, None))
    assert found.groups["Pier"] == GroupTime(4)
    assert list(found.groups) == ["Harbour", "Quay", "Pier"]
    assert found.log_rank == log_rank(early, late)
    assert found.log_rank.p < 0.01
    alone = compare({"Harbour": early, "Pier": late[:4]}, smallest=5)
    assert alone.log_rank is None
    assert compare({}, smallest=5).groups == {}


def test_the_share_within_the_benchmark_counts_those_still_on_their_way():
    observed = [Observed(3, True), Observed(10, True), Observed(10, False), Observed(14, False), Observed(30, True)]
    # At risk 5, 4, then 1: (4/5) * (3/4) are left after ten days, and until the last one arrives.
    assert share_within(observed, 2.9) == 0
    assert share_within(observed, 10) == pytest.approx(0.4)
    assert share_within(observed, 29) == pytest.approx(0.4)
    assert share_within(observed, 30) == 1
    assert share_within([Observed(3, False)], 14) is None
    assert share_within([], 14) is None


facts_of_a_skill = st.sampled_from(["refunds", "till"]).flatmap(
    lambda skill: st.sampled_from(
        [opened(skill), answered(1.0, skill), answered(0.5, skill), mastered(skill), offered(skill)]
    )
)
happenings = st.lists(st.tuples(facts_of_a_skill, st.integers(0, 9), st.sampled_from([0, 1])), max_size=25)


@few
@given(happenings)
def test_paths_are_those_found_by_reading_events_in_their_order(database, ids, drawn):
    with database.rehearsal() as session:
        facts = [(fact, days_ago, ids[place]) for fact, days_ago, place in drawn]
        happened(session, *facts)
        expected = {}
        for way in {(person_id, fact.skill) for fact, _, person_id in facts}:
            own = sorted(
                ((day(ago), fact) for fact, ago, person_id in facts if (person_id, fact.skill) == way),
                key=lambda each: each[0],
            )
            lessons = [at for at, fact in own if isinstance(fact, LessonOpened)]
            answers = [(at, fact.score) for at, fact in own if isinstance(fact, ItemAnswered)]
            if lessons or answers:
                start = lessons[0] if lessons else answers[0][0]
                passed = [at for at, score in answers if score == 1 and at >= start]
                held = [at for at, fact in own if isinstance(fact, SkillMastered)]
                expected[way] = Path(*way, start, *(passed[:1] or [None]), *(held[:1] or [None]))
        assert paths(session, ids, NOW) == expected


@many
@given(st.dictionaries(st.sampled_from("abcd"), waits), st.integers(1, 8))
def test_comparing_never_fails_and_never_shows_a_small_group(groups, smallest):
    found = compare(groups, smallest)
    for name, group in groups.items():
        assert found.groups[name].people == len(group)
        assert (found.groups[name].arrived is None) == (len(group) < smallest)
        assert (found.groups[name].median is None) == (len(group) < smallest)
    if found.log_rank is not None:
        assert found.log_rank.degrees < sum(len(group) >= smallest for group in groups.values())


@many
@given(waits, st.integers(0, 30), st.integers(0, 30))
def test_more_days_never_make_a_smaller_share(observed, fewer, more):
    shares = [share_within(observed, days) for days in sorted((fewer, more))]
    known = [share for share in shares if share is not None]
    assert known == sorted(known)
    assert all(-1e-9 <= share <= 1 for share in known)
