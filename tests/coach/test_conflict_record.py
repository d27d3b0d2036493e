"""Sections that disagree are noted once a pair, counted, and forgotten when either says something else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.company import apply_folder, read_folder
from coach.answer import Contacts, draft
from coach.conflict_record import KnownConflict, Side, forget_ended, known_conflicts, note_conflicts
from coach.conflict_tables import SopConflict
from coach.questions import keep_question
from coach.sources import Conflict, Source
from coach.tables import SopDocument, SopPassage, SopSection
from metrics.people import Person
from metrics.policy import Asker

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


def test_an_answer_that_shows_a_conflict_is_noted_and_the_next_apply_that_ends_it_forgets_it(app, company, now):
    sops = {
        "company.yaml": "roles: [shop]\n",
        "sops/shop/returns.md": "# Returns\n\nA refund is given within 30 days of purchase.\n",
        "sops/till/refunds.md": "# Till\n\n## Paying back\n\nA refund is given within 14 days of purchase.\n",
    }
    apply_folder(read_folder(company(sops)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        asker = Person(email="ada@x.test", name="A", roles=[], is_active=True, updated_at=now)
        session.add(asker)
        session.flush()
        question = "within how many days of purchase is a refund given?"
        reply = draft(session, app.library, Asker(), question, Contacts()).reply
        assert [(each.about, {each.first_words, each.second_words}) for each in reply.conflicts] == [
            ("duration", {f"A refund is given within {days} days of purchase." for days in (14, 30)})
        ]
        for place in range(2):
            keep_question(session, f"{place:032}", asker.id, "t", question, False, reply, now)
        (known,) = known_conflicts(session)
        assert known.times == 2
        columns = [str(value) for value in session.execute(select(SopConflict.__table__)).one()]
        assert not any("how many" in value or "ada@x.test" in value for value in columns)
    sops["sops/till/refunds.md"] += "\nSmile.\n"
    apply_folder(read_folder(company(sops)), app.database, app.embedder, now)
    with app.database.session() as session:
        assert session.scalars(select(SopConflict)).all() == []
