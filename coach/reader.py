"""Owns the reading of what stands behind a citation: a whole section, for who may read it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from coach.documents import Document, Facts, NumberedSection
from coach.plain import plain
from coach.sections import LIST_ITEM, Section
from coach.sources import Source
from coach.tables import SopDocument, SopPassage, SopSection
from metrics.policy import Action, Asker, Audience, may

PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class SectionText:
    """A section as a person reads it: title and headings, and its paragraphs and list lines without marks."""

    title: str
    heading_path: tuple[str, ...]
    paragraphs: tuple[str, ...]
    version: str | None


def read_section(session: Session, asker: Asker, source: Source) -> SectionText | None:
    """Return the section a citation stands in, None when it is gone or closed to `asker`."""
    of_passage = select(SopPassage.section_id).where(SopPassage.id == source.passage_id).scalar_subquery()
    row = session.execute(_sections_of(source.file).where(SopSection.id == of_passage)).one_or_none()
    if row is None:
        # The SOP was changed since: its section of the same name is what the person wants to read.
        return read_headed(session, asker, source.file, source.heading_path)
    return _as_read(asker, row)


def read_headed(session: Session, asker: Asker, file: str, heading_path: tuple[str, ...]) -> SectionText | None:
    """Return the section of an SOP under these headings, None when it is gone or closed to `asker`."""
    query = _sections_of(file)
    row = next((row for row in session.execute(query) if tuple(row.heading_path) == heading_path), None)
    return _as_read(asker, row)


def stored_document(session: Session, file: str) -> Document | None:
    """Return an SOP as it is stored, without passages; None for one that is not."""
    row = session.scalars(select(SopDocument).where(SopDocument.file == file)).one_or_none()
    if row is None:
        return None
    sections = session.scalars(select(SopSection).where(SopSection.document_id == row.id).order_by(SopSection.number))
    numbered = tuple(
        NumberedSection(
            Section(section.number, tuple(section.heading_path), section.start, section.end),
            Facts(section.owner, section.version, section.review_on, section.site),
            (),
        )
        for section in sections
    )
    return Document(row.file, row.title, row.text, Audience.from_key(row.audience), numbered)


def headings_of(session: Session, file: str) -> list[tuple[str, ...]]:
    """Return the headings of every section of an SOP that has words of its own, in its order."""
    return [tuple(row.heading_path) for row in session.execute(_sections_of(file)) if plain(row.body)]


def may_read_all(session: Session, asker: Asker, passage_ids: Iterable[int]) -> bool:
    """Say whether every passage still exists and `asker` may read it."""
    wanted = set(passage_ids)
    audiences = audiences_of(session, wanted)
    return audiences.keys() == wanted and all(may(asker, Action.READ_SOP, audience) for audience in audiences.values())


def audiences_of(session: Session, passage_ids: Iterable[int]) -> dict[int, Audience]:
    """Return who may read each of these passages that still exists."""
    rows = session.execute(
        select(SopPassage.id, SopDocument.audience)
        .join(SopSection, SopPassage.section_id == SopSection.id)
        .join(SopDocument, SopSection.document_id == SopDocument.id)
        .where(SopPassage.id.in_(set(passage_ids)))
    )
    return {passage_id: Audience.from_key(key) for passage_id, key in rows}


def open_files(session: Session, asker: Asker, files: Iterable[str]) -> set[str]:
    """Return which of these SOPs there are and `asker` may read."""
    rows = session.execute(select(SopDocument.file, SopDocument.audience).where(SopDocument.file.in_(set(files))))
    return {file for file, key in rows if may(asker, Action.READ_SOP, Audience.from_key(key))}


def reads_more_than_everyone(session: Session, asker: Asker) -> bool:
    """Say whether any SOP is open to `asker` and not to everyone."""
    audiences = map(Audience.from_key, session.scalars(select(SopDocument.audience).distinct()))
    return any(
        may(asker, Action.READ_SOP, audience) and not may(Asker(), Action.READ_SOP, audience) for audience in audiences
    )


def sop_folders(session: Session, asker: Asker) -> Sequence[tuple[str, int]]:
    """Return the top folders of SOPs with something `asker` may read, and how many SOPs; "" for loose files."""
    counts: dict[str, int] = {}
    for file, audience in session.execute(select(SopDocument.file, SopDocument.audience).order_by(SopDocument.file)):
        if may(asker, Action.READ_SOP, Audience.from_key(audience)):
            folder = file.partition("/")[0] if "/" in file else ""
            counts[folder] = counts.get(folder, 0) + 1
    return list(counts.items())


def _sections_of(file: str) -> Select[Any]:
    body = func.substr(SopDocument.text, SopSection.start + 1, SopSection.end - SopSection.start).label("body")
    return (
        select(SopDocument.title, SopDocument.audience, SopSection.heading_path, SopSection.version, body)
        .join(SopSection, SopSection.document_id == SopDocument.id)
        .where(SopDocument.file == file)
        .order_by(SopSection.number)
    )


def _as_read(asker: Asker, row: Row[Any] | None) -> SectionText | None:
    if row is None or not may(asker, Action.READ_SOP, Audience.from_key(row.audience)):
        return None
    return SectionText(row.title, tuple(row.heading_path), _paragraphs(row.body), row.version)


def _paragraphs(body: str) -> tuple[str, ...]:
    paragraphs: list[str] = []
    for block in PARAGRAPH_END.split(body):
        lines: list[str] = []
        for line in block.split("\n"):
            words = plain(line)
            if not words:
                continue
            if LIST_ITEM.match(line) or "|" in line or not lines:
                lines.append(f"• {words}" if re.match(r"\s*[-*+•]\s", line) else words)
            else:
                lines[-1] = f"{lines[-1]} {words}"
        if lines:
            paragraphs.append("\n".join(lines))
    return tuple(paragraphs)
