"""Sections that disagree are noted once a pair, counted, and forgotten when either says something else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from coach.conflict_record import KnownConflict, Side, forget_ended, kept_apart, known_conflicts, note_conflicts
from coach.conflict_tables import SopConflict
from coach.sources import Conflict, Source
from coach.tables import SopDocument, SopPassage, SopSection
from metrics.people import Person

TILL, RETURNS = "Refund within 14 days.", "Refund within 30 days."


def add_sop(session, now, file, text, title=None):
    """Store an SOP of one section and passage, and return a citation of it."""
    document = SopDocument(
        file=file, title=title or file, text=text, content_key="k", audience="everyone", ingested_at=now
    )
    session.add(document)
    session.flush()
    section = SopSection(document_id=document.id, number=1, heading_path=["Time"], start=0, end=len(text))
    session.add(section)
    session.flush()
    passage = SopPassage(section_id=section.id, start=0, end=len(text), search_text=text, text_hash="h")
    session.add(passage)
    session.flush()
    return Source(passage.id, file, ("Time",), text, text, 0.5, "ada@x.test", None, None)


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


@pytest.fixture
def sources(session, now):
    return add_sop(session, now, "till.md", TILL, "Till"), add_sop(session, now, "returns.md", RETURNS, "Returns")


def test_a_pair_is_one_row_whichever_stood_first(session, sources, now):
    till, returns = sources
    later = now + timedelta(days=1)
    note_conflicts(session, (till, returns), [Conflict(0, 1, "duration", TILL, RETURNS)], now)
    note_conflicts(session, (returns, till), [Conflict(0, 1, "duration", RETURNS, TILL)], later)
    (known,) = known_conflicts(session)
    sides = {
        Side("till.md", "Till", "everyone", ("Time",), TILL),
        Side("returns.md", "Returns", "everyone", ("Time",), RETURNS),
    }
    assert {known.first, known.second} == sides
    assert known == KnownConflict(known.first, known.second, "duration", 2, later)
    assert session.scalars(select(SopConflict.first_seen_at)).one() == now
    assert known_conflicts(session, "till.md") == known_conflicts(session, "returns.md") == [known]
    assert known_conflicts(session, "other.md") == []


@pytest.mark.parametrize("change", ["text", "headings", "gone"])
def test_a_pair_ends_when_either_section_says_something_else(session, sources, now, change):
    note_conflicts(session, sources, [Conflict(0, 1, "duration", TILL, RETURNS)], now)
    forget_ended(session)
    assert len(known_conflicts(session)) == 1
    document = session.scalars(select(SopDocument).where(SopDocument.file == "returns.md")).one()
    if change == "text":
        document.text = TILL
    elif change == "headings":
        session.scalars(select(SopSection).where(SopSection.document_id == document.id)).one().heading_path = ["Other"]
    else:
        session.delete(document)
    session.flush()
    forget_ended(session)
    assert known_conflicts(session) == []
    assert session.scalars(select(SopConflict)).all() == []


def test_an_answer_from_a_generation_before_notes_nothing(session, sources, now):
    old = replace(sources[0], passage_id=999)
    note_conflicts(session, (old, sources[1]), [Conflict(0, 1, "duration", TILL, RETURNS)], now)
    assert known_conflicts(session) == []


def test_sites_and_teams_of_who_works_here_are_kept_apart(session, now):
    for place, (site, team, is_active) in enumerate(
        [("North", "Floor", True), ("South", None, True), ("West", "Desk", False)]
    ):
        session.add(
            Person(
                email=f"{place}@x.test", name="A", site=site, team=team, roles=[], is_active=is_active, updated_at=now
            )
        )
    session.flush()
    assert kept_apart(session) == {"North", "South", "Floor"}
