"""Effort in lessons: every figure is worked out by hand from its definition."""

from collections import Counter
from datetime import timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.effort import lesson_effort
from metrics.events.kinds import (
    ItemAnswered,
    LessonAbandoned,
    LessonApplied,
    LessonCompleted,
    LessonOffered,
    LessonOpened,
    LessonPartDone,
)
from metrics.events.record import EventRow, record
from metrics.lesson_effort import ItemMisses, LeftAt, LessonEffort, PartEffort, Quartiles
from metrics.people import Person
from metrics.periods import last_days
from tests.strategies import few, utc

NOW = utc(2026, 11, 23, 8, 30)
MONTH = last_days(30, NOW)
FILE = "refunds/promise.md"
BUDGETS = {"concept": 60.0, "practice": 240.0, "reflection": 60.0}


def day(number):
    return NOW - timedelta(days=number)


@pytest.fixture
def ids(database):
    with database.transaction() as session:
        people = [
            Person(email=f"{name}@example.test", name=name, roles=[], is_active=True, updated_at=NOW)
            for name in ("ada", "ben", "cleo")
        ]
        session.add_all(people)
        session.flush()
        return [person.id for person in people]


class Runs:
    """Lessons as they go, told to the event log."""

    def __init__(self, session):
        self.session = session

    def note(self, event, at, person_id):
        record(self.session, event, at, person_id)

    def begin(self, run_id, person_id, at, version=2, module=FILE):
        offered = LessonOffered("slack", "refunds", run_id, module, "module", "nudge", 6.0, version)
        self.note(offered, at - timedelta(hours=1), person_id)
        self.note(LessonOpened("slack", "refunds", 3600.0, run_id, module, version), at, person_id)

    def part(self, run_id, person_id, at, part, seconds, version=2):
        done = LessonPartDone("slack", "refunds", seconds, run_id, FILE, part, BUDGETS[part], version)
        self.note(done, at, person_id)

    def whole(self, run_id, person_id, at, seconds, version=2):
        self.begin(run_id, person_id, at, version)
        for part, taken in zip(BUDGETS, seconds, strict=True):
            self.part(run_id, person_id, at + timedelta(minutes=5), part, taken, version)
        completed = LessonCompleted("slack", "refunds", 1.0, sum(seconds), run_id, FILE, version)
        self.note(completed, at + timedelta(minutes=6), person_id)

    def answer(self, run_id, person_id, at, slug, score, step=None):
        answered = ItemAnswered("slack", "refunds", score, 9.0, run_id, f"{FILE}#{slug}", "choice", step)
        self.note(answered, at, person_id)


def test_a_version_is_told_by_its_counts_times_and_where_it_was_left(database, ids):
    ada, ben, cleo = ids
    with database.rehearsal() as session:
        runs = Runs(session)
        runs.whole(1, ada, day(20), (50.0, 300.0, 40.0))
        runs.whole(2, ben, day(19), (70.0, 200.0, 30.0))
        runs.whole(3, cleo, day(18), (90.0, 500.0, 50.0))
        # Another lesson took the place of this one.
        runs.begin(4, ada, day(10))
        runs.part(4, ada, day(10), "concept", 65.0)
        runs.note(LessonAbandoned("slack", "refunds", 4, FILE, "practice", 3, 2), day(8), ada)
        # These lie there: after the concept, and at the first card.
        runs.begin(5, ben, day(9))
        runs.part(5, ben, day(9), "concept", 80.0)
        runs.begin(6, cleo, day(5))
        # This one was begun yesterday, that one only offered and replaced.
        runs.begin(7, cleo, day(1))
        runs.note(LessonOffered("slack", "refunds", 8, FILE, "module", "nudge", 6.0, 2), day(1), ada)
        runs.note(LessonAbandoned("slack", "refunds", 8, FILE, "offer", 0, 2), NOW, ada)
        for run_id, person_id, slug, score, step in (
            (1, ada, "limit", 0.0, 3),
            (2, ben, "limit", 0.5, 3),
            (3, cleo, "limit", 1.0, 3),
            (1, ada, "code", 0.75, None),
            (2, ben, "code", 0.0, None),
        ):
            runs.answer(run_id, person_id, day(17), slug, score, step)
        # Said twice of the same lesson, once by the person and once by their manager: it was used.
        runs.note(LessonApplied("slack", "refunds", 0.0, 1, "self", FILE, 2), day(12), ada)
        runs.note(LessonApplied("slack", "refunds", 1.0, 1, "manager", FILE, 2), day(11), ada)
        runs.note(LessonApplied("slack", "refunds", 0.0, 2, "self", FILE, 2), day(11), ben)
        session.flush()
        found = lesson_effort(session, ids, MONTH, NOW)
    assert list(found) == [(FILE, 2)]
    effort = found[FILE, 2]
    assert effort == LessonEffort(
        FILE,
        2,
        offered=8,
        opened=7,
        completed=3,
        abandoned=1,
        people=3,
        people_completed=3,
        # 300, 390 and 640 seconds: the quartiles lie half way between neighbours.
        completion=Quartiles(3, 345.0, 390.0, 515.0),
        parts=(
            PartEffort("concept", 5, 70.0, 60.0),
            PartEffort("practice", 3, 300.0, 240.0),
            PartEffort("reflection", 3, 40.0, 60.0),
        ),
        under_way=1,
        left=(LeftAt("concept", None, 1), LeftAt("practice", None, 1), LeftAt("practice", 3, 1)),
        items=(ItemMisses(f"{FILE}#limit", 3, 3, 2), ItemMisses(f"{FILE}#code", None, 2, 1)),
        applied_asked=2,
        applied=1,
        people_asked=2,
    )
    assert effort.budget_seconds == 360.0
    assert effort.time_over_budget == pytest.approx(390 / 360)
    assert effort.drop_off == pytest.approx(3 / 6)
    assert effort.application == 0.5
    assert [part.seconds_over for part in effort.parts] == [10.0, 60.0, -20.0]
    assert effort.items[0].missed_share == pytest.approx(2 / 3)


def test_versions_stand_apart_and_old_events_have_none(database, ids):
    ada, ben, _ = ids
    with database.rehearsal() as session:
        runs = Runs(session)
        runs.whole(1, ada, day(9), (50.0, 300.0, 40.0), version=1)
        runs.whole(2, ada, day(8), (50.0, 200.0, 40.0), version=2)
        runs.whole(3, ben, day(7), (50.0, 100.0, 40.0), version=None)
        runs.answer(1, ada, day(9), "limit", 0.0, 3)
        # A review of several modules is in none of them.
        runs.begin(4, ben, day(6), module=None)
        # What an old event did not say is missing, not null; an answer about it is known by its run.
        runs.note(LessonApplied("slack", "refunds", 1.0, 3, "self"), day(1), ben)
        session.flush()
        for row in session.query(EventRow).filter(EventRow.kind.in_(["lesson_opened", "lesson_applied"])):
            if row.payload["version"] is None:
                row.payload = {key: value for key, value in row.payload.items() if key != "version"}
        session.flush()
        found = lesson_effort(session, None, MONTH, NOW)
        for module in (FILE, "refunds/promise", "%"):
            own = {key: effort for key, effort in found.items() if key[0] == module}
            assert lesson_effort(session, None, MONTH, NOW, module) == own
    medians = {key: effort.completion.median for key, effort in found.items()}
    assert medians == {(FILE, 1): 390.0, (FILE, 2): 290.0, (FILE, None): 190.0}
    assert (found[FILE, None].applied_asked, found[FILE, None].applied, found[FILE, None].opened) == (1, 1, 1)
    assert found[FILE, 1].application is None


def test_only_these_people_and_this_period_count(database, ids):
    ada, ben, _ = ids
    with database.rehearsal() as session:
        runs = Runs(session)
        runs.whole(1, ada, day(31), (50.0, 300.0, 40.0))
        runs.answer(1, ada, day(29), "limit", 0.0)
        runs.whole(2, ben, day(9), (50.0, 300.0, 40.0))
        runs.whole(3, ada, NOW + timedelta(hours=2), (50.0, 300.0, 40.0))
        session.flush()
        assert lesson_effort(session, [ada], MONTH, NOW) == {}
        assert lesson_effort(session, [], MONTH, NOW) == {}
        everybody = lesson_effort(session, None, MONTH, NOW)[FILE, 2]
        assert (everybody.opened, everybody.items) == (1, ())


def test_a_run_of_an_old_period_is_known_by_what_became_of_it_since(database, ids):
    with database.rehearsal() as session:
        runs = Runs(session)
        runs.begin(1, ids[0], day(40))
        runs.begin(2, ids[1], day(40))
        runs.note(LessonCompleted("slack", "refunds", 1.0, 400.0, 1, FILE, 2), day(20), ids[0])
        session.flush()
        found = lesson_effort(session, ids, last_days(30, day(30)), NOW)[FILE, 2]
        assert (found.opened, found.completed, found.ended, found.drop_off) == (2, 0, 2, 0.5)
        at_its_end = lesson_effort(session, ids, last_days(30, day(30)), day(30))[FILE, 2]
        assert at_its_end.drop_off == 1.0


def test_a_lesson_counts_as_used_where_it_was_first_told_of(database, ids):
    ada, ben, _ = ids
    with database.rehearsal() as session:
        runs = Runs(session)
        for run_id, days, score, by in ((1, 33, 0.0, "self"), (1, 20, 1.0, "manager"), (2, 9, 0.0, "self")):
            runs.note(LessonApplied("slack", "refunds", score, run_id, by, FILE, 2), day(days), ada)
        runs.note(LessonApplied("slack", "refunds", 1.0, 2, "manager", FILE, 2), day(3), ada)
        # The same number is another run where it is somebody else's.
        runs.note(LessonApplied("slack", "refunds", 0.0, 2, "self", FILE, 2), day(3), ben)
        session.flush()
        this_month = lesson_effort(session, None, MONTH, NOW)[FILE, 2]
        assert (this_month.applied_asked, this_month.applied, this_month.opened) == (2, 1, 0)
        before = lesson_effort(session, None, MONTH.before, NOW)[FILE, 2]
        assert (before.applied_asked, before.applied) == (1, 1)
        assert lesson_effort(session, [ben], MONTH, NOW)[FILE, 2].application == 0.0


def test_one_time_is_its_own_quartiles(database, ids):
    with database.rehearsal() as session:
        Runs(session).whole(1, ids[0], day(2), (50.0, 100.0, 40.0))
        session.flush()
        assert lesson_effort(session, ids, MONTH, NOW)[FILE, 2].completion == Quartiles(1, 190.0, 190.0, 190.0)


@few
@given(
    st.lists(st.tuples(st.integers(0, 29), st.sampled_from(["completed", "abandoned", "lies"]), st.integers(30, 900)))
)
def test_every_opened_run_was_completed_left_or_is_under_way(database, ids, drawn):
    with database.rehearsal() as session:
        runs = Runs(session)
        for run_id, (days, end, seconds) in enumerate(drawn, start=1):
            at = day(days) - timedelta(hours=2)
            runs.begin(run_id, ids[run_id % 3], at)
            if end == "completed":
                completed = LessonCompleted("slack", "refunds", 1.0, float(seconds), run_id, FILE, 2)
                runs.note(completed, at + timedelta(hours=1), ids[run_id % 3])
            elif end == "abandoned":
                abandoned = LessonAbandoned("slack", "refunds", run_id, FILE, "concept", 1, 2)
                runs.note(abandoned, at + timedelta(hours=1), ids[run_id % 3])
        session.flush()
        found = lesson_effort(session, ids, MONTH, NOW)
    ends = Counter(end if end != "lies" or days >= 3 else "fresh" for days, end, _ in drawn)
    times = [seconds for _, end, seconds in drawn if end == "completed"]
    if not drawn:
        assert found == {}
        return
    effort = found[FILE, 2]
    assert (effort.opened, effort.completed, effort.under_way) == (len(drawn), ends["completed"], ends["fresh"])
    assert sum(left.runs for left in effort.left) == ends["abandoned"] + ends["lies"]
    assert (effort.completion.median if effort.completion else None) == (median(times) if times else None)
