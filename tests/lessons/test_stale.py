"""What a changed SOP makes stale, and who is asked to acknowledge it, once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from coach.documents import parse_document
from coach.tables import SopDocument
from lessons.assignments import assign
from lessons.confirmations import answer, ask_step
from lessons.notices import ACKNOWLEDGE, about
from lessons.shelf import store_tracks
from lessons.stale import (
    SopChange,
    SopState,
    ask_to_acknowledge,
    changes_between,
    stale_modules,
    states_of,
    stored_states,
    touched_skills,
)
from lessons.tables import Confirmation, Nudge
from lessons.track_progress import progress_of
from lessons.tracks import Step
from metrics.policy import EVERYONE, Audience
from tests.lesson_runs import MODULE, OTHER
from tests.tracks import CASH, NEWCOMER, NOW, OLD_HAND, OWNER, REFUNDS, TRACK, ZONE, Ids, found

EXCEPTIONS, NORMAL = ("Refunds", "Exceptions"), ("Refunds", "Normal")
BEFORE = {REFUNDS: SopState("4.2", EVERYONE, {EXCEPTIONS: "Ring the manager.", NORMAL: "Pay it back."})}
CHANGE = SopChange(REFUNDS, "4.2", "4.3", (EXCEPTIONS,), EVERYONE)


def after(version="4.2", **sections):
    words = {
        EXCEPTIONS: sections.get("exceptions", "Ring the manager."),
        NORMAL: sections.get("normal", "Pay it back."),
    }
    return {REFUNDS: SopState(version, EVERYONE, {path: text for path, text in words.items() if text})}


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def staff(session):
    return found(session, (TRACK,))


def rows(session, table):
    return session.scalars(select(table).order_by(table.id)).all()


def acknowledge(session, person, version="4.2"):
    step = Step("acknowledge", f"{REFUNDS}@{version}", who="self")
    row = ask_step(session, person, TRACK, step, None, lambda: f"{person.id:031x}{version[-1]}", NOW)
    answer(session, row, True, person.id, NOW)


@pytest.mark.parametrize(
    ("now_stands", "headings"),
    [
        (after(exceptions="Ring the lead."), (EXCEPTIONS,)),
        (after(normal=""), (NORMAL,)),
        (after("4.3"), ()),
    ],
    ids=["words", "a section gone", "the version alone"],
)
def test_another_version_or_other_words_are_a_change(now_stands, headings):
    [change] = changes_between(BEFORE, now_stands)
    assert change.headings == headings


def test_what_is_new_gone_or_the_same_is_none(session, staff):
    assert changes_between(BEFORE, after()) == changes_between({}, after()) == changes_between(BEFORE, {}) == ()
    assert changes_between(stored_states(session), stored_states(session)) == ()


def test_a_folder_and_what_is_stored_of_it_are_compared_alike(session):
    text = "---\nversion: 3\n---\n# Cash\n\nCount it twice.\n\n## Banking\n\nOn   Mondays.\n"
    document = parse_document("stores/cash.md", text.encode())
    state = states_of([document])["stores/cash.md"]
    assert state.version == "3"
    assert state.sections == {("Cash",): "Count it twice.", ("Cash", "Banking"): "On Mondays."}
    respaced = parse_document("stores/cash.md", text.replace("On   Mondays", "On\nMondays").encode())
    assert changes_between({"stores/cash.md": state}, states_of([respaced])) == ()


@pytest.mark.parametrize(
    ("change", "stale"),
    [
        (CHANGE, True),
        (replace(CHANGE, headings=(NORMAL,), version="4.2"), False),
        (replace(CHANGE, headings=((*EXCEPTIONS, "Small sums"),), version="4.2"), True),
        (replace(CHANGE, headings=()), True),
        (replace(CHANGE, file=CASH), False),
    ],
    ids=["its section", "another section", "below its section", "its version", "another SOP"],
)
def test_which_modules_are_stale(change, stale):
    assert stale_modules([MODULE], [change], ()) == ((MODULE.file,) if stale else ())


def test_a_module_of_an_sop_that_is_gone_is_stale():
    assert stale_modules([MODULE, OTHER], [], {CASH}) == (OTHER.file,)


@pytest.mark.parametrize(
    ("change", "skills"),
    [
        (CHANGE, {"refunds"}),
        (replace(CHANGE, headings=((*EXCEPTIONS, "Small sums"),)), {"refunds"}),
        (replace(CHANGE, headings=(NORMAL,)), set()),
        (replace(CHANGE, headings=()), set()),
    ],
    ids=["its section", "below its section", "another section", "the version alone"],
)
def test_which_mastery_a_change_touches(change, skills):
    assert touched_skills([MODULE, OTHER], [change]) == skills


def test_who_acknowledged_an_older_version_or_is_on_a_track_is_asked_once(session, staff):
    acknowledge(session, staff[OLD_HAND])
    assign(session, staff[NEWCOMER], TRACK, None, NOW, ZONE, "role")
    ids = Ids()
    for _ in range(2):
        stale = ask_to_acknowledge(session, [CHANGE], ids, NOW, ZONE)
    assert stale.people == 0
    asked = [row for row in rows(session, Confirmation) if row.answer is None]
    assert {(row.person_id, row.subject) for row in asked} == {
        (staff[OLD_HAND].id, f"{REFUNDS}@4.3"),
        (staff[NEWCOMER].id, f"{REFUNDS}@4.3"),
    }
    assert {row.due_on for row in asked} == {NOW.date() + timedelta(days=14)}
    notices = rows(session, Nudge)
    assert [nudge.slot for nudge in notices] == [ACKNOWLEDGE] * 2
    assert {words for nudge in notices for words in about(nudge).values()} == {("Refunds > Exceptions",)}


def test_several_changed_sops_are_one_notice(session, staff):
    acknowledge(session, staff[OLD_HAND])
    other = Step("acknowledge", f"{CASH}@2", who="self")
    row = ask_step(session, staff[OLD_HAND], TRACK, other, None, lambda: "b" * 32, NOW)
    answer(session, row, True, staff[OLD_HAND].id, NOW)
    changes = [CHANGE, replace(CHANGE, file=CASH, version_before="2", version="3")]
    stale = ask_to_acknowledge(session, changes, Ids(), NOW, ZONE)
    assert (stale.people, stale.sops) == (1, (REFUNDS, CASH))
    assert len(rows(session, Nudge)) == 1


def test_words_that_changed_under_the_same_version_carry_the_date(session, staff):
    acknowledge(session, staff[OLD_HAND])
    assign(session, staff[NEWCOMER], TRACK, None, NOW, ZONE, "role")
    assert ask_to_acknowledge(session, [replace(CHANGE, version="4.2")], Ids(), NOW, ZONE).people == 1
    asked = rows(session, Confirmation)[-1]
    # Whoever has acknowledged nothing yet reads today's words when their step comes.
    assert (asked.person_id, asked.subject) == (staff[OLD_HAND].id, f"{REFUNDS}@4.2 (changed 2026-11-23 08:30)")
    # Their step on the version as it was stays done.
    assert progress_of(session, staff[OLD_HAND], TRACK).steps[1].state == "done"


def test_a_version_not_yet_acknowledged_is_replaced_by_the_next(session, staff):
    acknowledge(session, staff[OLD_HAND])
    ids = Ids()
    ask_to_acknowledge(session, [CHANGE], ids, NOW, ZONE)
    ask_to_acknowledge(session, [replace(CHANGE, version_before="4.3", version="4.4")], ids, NOW, ZONE)
    subjects = [(row.subject, row.answer) for row in rows(session, Confirmation)]
    assert subjects == [(f"{REFUNDS}@4.2", "yes"), (f"{REFUNDS}@4.4", None)]


def test_who_was_still_to_acknowledge_a_version_that_stands_no_more_is_asked_for_the_one_that_does(session, staff):
    ids = Ids()
    ask_step(session, staff[NEWCOMER], TRACK, TRACK.steps[1], None, ids, NOW)
    # A track that names a version which stands no more is left out by the apply that changed it.
    store_tracks(session, [])
    assert ask_to_acknowledge(session, [CHANGE], ids, NOW, ZONE).people == 1
    assert [(row.subject, row.answer) for row in rows(session, Confirmation)] == [(f"{REFUNDS}@4.3", None)]


def test_nobody_is_asked_to_read_what_they_may_not_read_or_after_they_left(session, staff):
    acknowledge(session, staff[OLD_HAND])
    acknowledge(session, staff[OWNER])
    closed = replace(CHANGE, audience=Audience(frozenset({"owner"})))
    session.execute(update(SopDocument).values(audience=closed.audience.key))
    assert ask_to_acknowledge(session, [closed], Ids(), NOW, ZONE).people == 1
    staff[OWNER].is_active = False
    session.flush()
    again = replace(closed, version="4.4")
    assert ask_to_acknowledge(session, [again], Ids(), NOW, ZONE).people == 0


def test_dates_of_a_change_are_those_of_the_company(session, staff):
    acknowledge(session, staff[OLD_HAND])
    late = NOW.replace(hour=23, minute=30)
    ask_to_acknowledge(session, [replace(CHANGE, version="4.2")], Ids(), late, "Asia/Tokyo")
    assert rows(session, Confirmation)[-1].subject.endswith("(changed 2026-11-24 08:30)")
    assert rows(session, Confirmation)[-1].due_on == date(2026, 12, 8)
