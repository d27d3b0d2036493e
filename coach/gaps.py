"""Owns gaps: questions an SOP could not answer, without who asked them, and sections past their review date."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coach.calibrate import Band
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
    """Return the questions nearest to an SOP that it did not cover, most often asked first.

    One is of the SOP whose section came nearest to it. Questions that differ in capitals or spaces alone are one.
    """
    asked = select(AskedQuestion.words, AskedQuestion.asked_at, AskedQuestion.reply).where(
        AskedQuestion.band == Band.NOT_COVERED.value,
        AskedQuestion.rule.is_(None),
        AskedQuestion.copy_of_id.is_(None),
        AskedQuestion.asked_at > since,
    )
    found: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for words, asked_at, reply in session.execute(asked):
        if _is_of(document.title, reply.get("nearest")):
            found[" ".join(words.casefold().split())].append((asked_at, words))
    gaps = [Unanswered(max(times)[1], len(times), max(times)[0]) for times in found.values()]
    return sorted(gaps, key=lambda gap: (-gap.times, -gap.last_at.timestamp(), gap.words))


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


def _is_of(title: str, nearest: str | None) -> bool:
    return nearest is not None and (nearest == title or nearest.startswith(f"{title} > "))
