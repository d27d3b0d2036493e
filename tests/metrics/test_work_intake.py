"""Reports of the work are read strictly, stored once, and only for people who work here."""

import string
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from metrics.errors import Refusal
from metrics.events.record import EventRow
from metrics.people import find_person, load_roster
from metrics.work import WorkEvent
from metrics.work_intake import FACTS, WorkReport, read_csv, read_report, take
from tests.metrics.test_people import ADA, BEN, LATER, NOW
from tests.strategies import few

WHOLE = {
    "person": BEN.email,
    "workflow": "Refund",
    "step": "3",
    "outcome": "missed",
    "at": "2026-11-20T16:05:00+00:00",
    "reference": "ticket 71",
}


def report(**changes):
    return read_report({**WHOLE, **changes})


def test_a_whole_report_is_read():
    at = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
    assert report() == WorkReport(BEN.email, "refund", "3", "missed", at, "ticket 71")
    assert report(step=None).step is None
    assert report(step=3).step == "3"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": ""}, "person is missing. Send person, workflow, step, outcome, at, reference; only step may be"),
        ({"person": None}, "person is missing."),
        ({"workflow": "  "}, "workflow is missing."),
        ({"workflow": ["refund"]}, "workflow is not a text. Send it in quotes."),
        ({"workflow": "x" * 101}, "workflow has 101 characters; 100 fit."),
        ({"reference": True}, "reference is not a text."),
        ({"reference": "a\0b"}, "reference holds a character no text has."),
        ({"reference": "a\ud800"}, "reference holds a character no text has."),
        ({"outcome": "failed"}, "outcome is 'failed'. Send one of done, missed, corrected, alone."),
        ({"at": "yesterday"}, "at is 'yesterday'. Send an instant with its zone, like 2026-11-24T16:05:00+00:00."),
        ({"at": "2026-11-20T16:05:00"}, "at is '2026-11-20T16:05:00'. Send an instant with its zone"),
        ({"at": "0001-01-01T00:00:00+00:00"}, "Send an instant with its zone"),
        ({"customer": "Mr. Pym"}, "'customer' is not known here. Send person, workflow,"),
    ],
)
def test_each_mistake_has_a_sentence(changes, sentence):
    with pytest.raises(Refusal) as refusal:
        report(**changes)
    assert sentence in str(refusal.value)


@few
@given(
    st.dictionaries(st.sampled_from(FACTS), st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()))
)
def test_whatever_is_sent_is_read_or_refused(values):
    with suppress(Refusal):
        found = read_report({**WHOLE, **values})
        assert found.at.tzinfo is not None
        assert found.reference


def test_a_csv_names_each_wrong_line():
    header, at = "person,workflow,outcome,at,reference", "2026-11-20T16:05:00Z"
    text = f"{header}\na@x.test,refund,done,{at},1\na@x.test,refund,lost,{at},2\nshort\n"
    reports, mistakes = read_csv("work.csv", text)
    assert [found.reference for found in reports] == ["1"]
    assert mistakes == [
        "work.csv line 4 has 1 cells, the first line has 5.",
        "work.csv line 3: outcome is 'lost'. Send one of done, missed, corrected, alone.",
    ]
    assert read_csv("work.csv", "")[1] == [
        "work.csv is empty. Its first line must be: person,workflow,step,outcome,at,reference"
    ]
    assert [line.split(". ")[0] for line in read_csv("work.csv", "person,who\n")[1]] == [
        "work.csv has no column 'workflow'",
        "work.csv has no column 'outcome'",
        "work.csv has no column 'at'",
        "work.csv has no column 'reference'",
        "work.csv has an unknown column 'who'",
    ]
    assert read_csv("work.csv", 'a,"b\n')[1] == [
        "work.csv line 1: unexpected end of data. Check the quotes on that line."
    ]


def test_a_report_is_stored_once_with_its_event(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        ben = find_person(session, BEN.email)
        first = take(session, "helpdesk", [report(), report()], LATER)
        again = take(session, "helpdesk", [report(outcome="done")], LATER)
        elsewhere = take(session, "crm", [report()], LATER)
        assert (len(first.stored), first.known) == (1, 1)
        assert (len(again.stored), again.known) == (0, 1)
        assert len(elsewhere.stored) == 1
        [row, _] = session.scalars(select(WorkEvent).order_by(WorkEvent.id))
        assert (row.person_id, row.outcome, row.step, row.received_at) == (ben.id, "missed", "3", LATER)
        [event, _] = session.scalars(select(EventRow).where(EventRow.kind == "work_reported"))
        assert (event.person_id, event.at, event.cause) == (ben.id, report().at, f"work:{row.id}")
        assert event.payload == {"source": "helpdesk", "workflow": "refund", "step": "3", "outcome": "missed"}


def test_who_is_unknown_or_has_left_leaves_no_trace(database):
    with database.rehearsal() as session:
        load_roster(session, [ADA, BEN], NOW)
        load_roster(session, [ADA], LATER)
        intake = take(session, "helpdesk", [report(), report(person="nobody@x.test", reference="2")], LATER)
        assert intake.stored == ()
        assert [line.partition(": ")[0] for line in intake.refused] == ["ticket 71", "2"]
        assert "does not work here any more" in intake.refused[0]
        assert "Nobody here is known as 'nobody@x.test'" in intake.refused[1]
        assert session.scalars(select(WorkEvent)).all() == []


def test_many_senders_at_once_store_each_report_once(database):
    with database.transaction() as session:
        load_roster(session, [BEN], NOW)
    reports = [report(reference=letter) for letter in string.ascii_lowercase]

    def send(_):
        with database.transaction() as session:
            return len(take(session, "helpdesk", reports, LATER).stored)

    with ThreadPoolExecutor(6) as senders:
        assert sum(senders.map(send, range(6))) == len(reports)
