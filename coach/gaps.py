"""Owns gaps: questions an SOP could not answer, without who asked them, and sections past their review date."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coach.costs import Band
from coach.questions import ANSWERED_ASIDE, as_asked
from coach.tables import AskedQuestion, SopDocument, SopSection


@dataclass(frozen=True)
class Unanswered:
    """A question nothing covered, its secrets masked, how often it was asked, and when last."""

    words: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class PastReview:
    """A section that was to be read again by a day, and was not; `headings` from the top of its SOP."""

    headings: tuple[str, ...]
    review_on: date


def unanswered(session: Session, document: SopDocument, since: datetime) -> list[Unanswered]:
    """Return the questions nearest to an SOP that it did not cover, most often asked first."""
    return unanswered_by_title(session, {document.title}, since).get(document.title, [])


def unanswered_by_title(
    session: Session, titles: Collection[str], since: datetime
) -> dict[str | None, list[Unanswered]]:
    """Return the questions nothing covered by the title of the nearest of these SOPs, most often asked first.

    One is of the SOP whose section came nearest to it, under None where there was none. Questions that differ in
    capitals or spaces alone are one; what only an SOP closed to a channel covered is none.
    """
    nearest_of = AskedQuestion.reply["nearest"].as_string()
    asked = select(AskedQuestion.words, AskedQuestion.asked_at, AskedQuestion.offers, nearest_of).where(
        AskedQuestion.band == Band.NOT_COVERED.value,
        AskedQuestion.rule.is_(None),
        AskedQuestion.copy_of_id.is_(None),
        AskedQuestion.asked_at > since,
    )
    found: dict[str | None, dict[str, list[tuple[datetime, str]]]] = {}
    for words, asked_at, offers, nearest in session.execute(asked):
        title = _title_in(titles, nearest)
        if (title is not None or nearest is None) and ANSWERED_ASIDE not in offers:
            alike = found.setdefault(title, {}).setdefault(as_asked(words), [])
            alike.append((asked_at, words))
    return {title: _most_often_first(alike.values()) for title, alike in found.items()}


def past_review(session: Session, document: SopDocument, today: date) -> list[PastReview]:
    """Return the sections of an SOP whose review date is past, longest past first."""
    sections = session.execute(
        select(SopSection.heading_path, SopSection.review_on)
        .where(SopSection.document_id == document.id, SopSection.review_on < today)
        .order_by(SopSection.review_on, SopSection.number)
    )
    return [PastReview(tuple(headings), review_on) for headings, review_on in sections if review_on is not None]


def owned_files(session: Session, email: str) -> frozenset[str]:
    """Return the files of the SOPs somebody owns as a whole or in part."""
    owned = (
        select(SopDocument.file)
        .join(SopSection, SopSection.document_id == SopDocument.id)
        .where(func.lower(SopSection.owner) == email.lower())
    )
    return frozenset(session.scalars(owned.distinct()))


def _most_often_first(alike: Iterable[list[tuple[datetime, str]]]) -> list[Unanswered]:
    gaps = [Unanswered(max(times)[1], len(times), max(times)[0]) for times in alike]
    return sorted(gaps, key=lambda gap: (-gap.times, -gap.last_at.timestamp(), gap.words))


def _title_in(titles: Collection[str], nearest: str | None) -> str | None:
    """Return the title that a line of a title and headings begins with, the longest; None for none of them."""
    parts = (nearest or "").split(" > ")
    beginnings = (" > ".join(parts[:number]) for number in range(len(parts), 0, -1))
    return next((beginning for beginning in beginnings if beginning in titles), None)
