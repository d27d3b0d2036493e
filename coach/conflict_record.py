"""Owns which sections of SOPs are known to disagree: noted when an answer shows both, until either is changed."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from coach.conflict_tables import SopConflict
from coach.sources import Conflict, Source
from coach.tables import SopDocument, SopPassage, SopSection
from metrics.db import insert_new
from metrics.policy import Action, Asker, Audience, SopGaps, may


@dataclass(frozen=True)
class Side:
    """One of two sections that disagree, and its sentence that does."""

    file: str
    title: str
    audience: str
    headings: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class KnownConflict:
    """Two sections that disagree; `about` is of coach.conflicts.ABOUT. `times` answers have shown both, last at."""

    first: Side
    second: Side
    about: str
    times: int
    last_at: datetime


def note_conflicts(session: Session, sources: Sequence[Source], conflicts: Iterable[Conflict], now: datetime) -> None:
    """Count that an answer showed sections that disagree; nothing is kept of who asked, or what."""
    for conflict in conflicts:
        told = ((sources[conflict.first], conflict.first_words), (sources[conflict.second], conflict.second_words))
        sides = sorted(
            (digest, source.file, list(source.heading_path), words)
            for source, words in told
            if (digest := _digest_of(session, source.passage_id)) is not None
        )
        if len(sides) < 2:
            # An SOP was changed since.
            continue
        first, second = sides
        insert_new(
            session,
            SopConflict,
            first_hash=first[0],
            second_hash=second[0],
            first_file=first[1],
            second_file=second[1],
            first_headings=first[2],
            second_headings=second[2],
            first_words=first[3],
            second_words=second[3],
            about=conflict.about,
            first_seen_at=now,
            last_seen_at=now,
            times_shown=0,
        )
        session.execute(
            update(SopConflict)
            .where(SopConflict.first_hash == first[0], SopConflict.second_hash == second[0])
            .values(times_shown=SopConflict.times_shown + 1, last_seen_at=now)
        )


def conflicts_seen_by(
    session: Session, asker: Asker, owned: Collection[str], admin_ids: frozenset[int]
) -> list[KnownConflict]:
    """Return the pairs of sections that disagree, shown most often first, which `asker` may see.

    They see those where they own either SOP, all of them as an admin, and only what they may read both of. `owned` are
    the files of the SOPs they own.
    """
    return [known for known in known_conflicts(session) if _may_see(asker, known, owned, admin_ids)]


def known_conflicts(session: Session) -> list[KnownConflict]:
    """Return the pairs of sections that disagree, shown most often first."""
    query = select(SopConflict).order_by(SopConflict.times_shown.desc(), SopConflict.last_seen_at.desc())
    documents = select(SopDocument.file, SopDocument.title, SopDocument.audience)
    about = {row.file: (row.title, row.audience) for row in session.execute(documents)}
    return [
        KnownConflict(
            Side(row.first_file, *about[row.first_file], tuple(row.first_headings), row.first_words),
            Side(row.second_file, *about[row.second_file], tuple(row.second_headings), row.second_words),
            row.about,
            row.times_shown,
            row.last_seen_at,
        )
        for row in session.scalars(query)
        if row.first_file in about and row.second_file in about
    ]


def forget_ended(session: Session) -> None:
    """Delete the pairs of which a section says something else now, or is gone."""
    rows = session.scalars(select(SopConflict)).all()
    standing = set(_digests(session, {file for row in rows for file in (row.first_file, row.second_file)}))
    ended = [row.id for row in rows if not {row.first_hash, row.second_hash} <= standing]
    session.execute(delete(SopConflict).where(SopConflict.id.in_(ended)))


def _may_see(asker: Asker, known: KnownConflict, owned: Collection[str], admin_ids: frozenset[int]) -> bool:
    is_owner = known.first.file in owned or known.second.file in owned
    owner_ids = frozenset({asker.person_id} if is_owner and asker.person_id is not None else ())
    return all(
        may(asker, Action.SEE_GAPS, SopGaps(owner_ids, admin_ids, Audience.from_key(side.audience)))
        for side in (known.first, known.second)
    )


def _digests(session: Session, files: set[str]) -> Iterator[str]:
    sections = (
        select(SopDocument.file, SopDocument.text, SopSection.heading_path, SopSection.start, SopSection.end)
        .join(SopSection, SopSection.document_id == SopDocument.id)
        .where(SopDocument.file.in_(files))
    )
    for file, text, headings, start, end in session.execute(sections):
        yield _digest(file, headings, text[start:end])


def _digest_of(session: Session, passage_id: int) -> str | None:
    section = session.execute(
        select(SopDocument.file, SopSection.heading_path, SopDocument.text, SopSection.start, SopSection.end)
        .join(SopSection, SopSection.document_id == SopDocument.id)
        .join(SopPassage, SopPassage.section_id == SopSection.id)
        .where(SopPassage.id == passage_id)
    ).one_or_none()
    return (
        None
        if section is None
        else _digest(section.file, section.heading_path, section.text[section.start : section.end])
    )


def _digest(file: str, headings: Sequence[str], text: str) -> str:
    return hashlib.sha256(repr((file, list(headings), text)).encode()).hexdigest()
