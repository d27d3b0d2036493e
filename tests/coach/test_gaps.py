"""Gaps of an SOP: what came nearest to it and was not covered, counted together, and what is past its review date."""

from datetime import date, timedelta

import pytest

from coach.answer import Abstention, Answer, Trace
from coach.gaps import PastReview, Unanswered, owned_files, past_review, unanswered
from coach.questions import keep_question
from coach.tables import SopDocument, SopSection
from metrics.policy import EVERYONE
from tests.lessons.stored import store_person

NOT_COVERED = Abstention(None, None, Trace(), "Refunds > Cash")


@pytest.fixture
def session(database):
    with database.transaction() as session:
        yield session


def store_sop(session, now, file="refunds.md", title="Refunds", sections=()):
    document = SopDocument(file=file, title=title, text="", content_key="", audience=EVERYONE.key, ingested_at=now)
    session.add(document)
    session.flush()
    for number, (headings, owner, review_on) in enumerate(sections):
        facts = {"number": number, "heading_path": list(headings), "start": 0, "end": 0}
        session.add(SopSection(document_id=document.id, owner=owner, review_on=review_on, **facts))
    session.flush()
    return document


def ask(session, person, words, at, reply=NOT_COVERED, copy_of=None):
    public_id = f"{len(words)}{words[:20]}"
    kept = keep_question(session, public_id, person.id, "t", words, False, reply, at, copy_of_id=copy_of)
    return kept.id


def test_questions_that_nothing_covered_are_counted_together(session, now):
    person, document = store_person(session), store_sop(session, now)
    long_ago = now - timedelta(days=90)
    first = ask(session, person, "Cash  for a gift card?", now - timedelta(days=2))
    ask(session, person, "cash for a gift card?", now - timedelta(days=1))
    ask(session, person, "And by cheque?", now - timedelta(hours=1))
    # None of these is a gap of this SOP now.
    ask(session, person, "Too long ago?", long_ago)
    ask(session, person, "A private copy", now, copy_of=first)
    ask(session, person, "Of another", now, Abstention(None, None, Trace(), "Refunds abroad > Cash"))
    ask(session, person, "Near to none", now, Abstention(None, None, Trace()))
    ask(session, person, "Not to be answered", now, Abstention("pay", None, Trace(), "Refunds"))
    ask(session, person, "Answered", now, Answer(True, (), None, Trace()))
    assert unanswered(session, document, long_ago) == [
        Unanswered("cash for a gift card?", 2, now - timedelta(days=1)),
        Unanswered("And by cheque?", 1, now - timedelta(hours=1)),
    ]


def test_a_section_is_past_review_from_the_day_after_its_date(session, now):
    today = date(2026, 11, 23)
    sections = [
        (("Refunds",), None, today),
        (("Refunds", "Cash"), None, date(2026, 11, 22)),
        (("Refunds", "Cards"), None, date(2026, 1, 5)),
        (("Refunds", "Other"), None, None),
    ]
    document = store_sop(session, now, sections=sections)
    assert past_review(session, document, today) == [
        PastReview(("Refunds", "Cards"), date(2026, 1, 5)),
        PastReview(("Refunds", "Cash"), date(2026, 11, 22)),
    ]


def test_whoever_owns_a_part_owns_the_sop(session, now):
    store_sop(session, now, "a.md", sections=[(("A",), "Ana@example.test", None), (("B",), "ben@example.test", None)])
    store_sop(session, now, "b.md", sections=[(("B",), "ben@example.test", None)])
    store_sop(session, now, "c.md", sections=[(("C",), None, None)])
    assert owned_files(session, "ana@example.test") == {"a.md"}
    assert owned_files(session, "BEN@example.test") == {"a.md", "b.md"}
    assert owned_files(session, "cem@example.test") == frozenset()
