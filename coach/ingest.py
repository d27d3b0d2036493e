"""Owns the step from SOP files to SQL: unchanged files skipped by hash, all changes in one transaction."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coach import foreign
from coach.calibrate import CONFIDENCE, FIXED, Calibration
from coach.candidates import View
from coach.chat_words import written_out
from coach.conflict_record import forget_ended
from coach.documents import Document, NumberedSection, Passage, parse_document
from coach.embed import Embedder, HostedEmbedder, encode
from coach.index.held import exact_index
from coach.index.port import OnStep, Step, ignore
from coach.lint import notes_on
from coach.measuring import headings_asked, measure
from coach.parse.limited import LimitedReader
from coach.passage_vectors import STORED_FORM, stored_hashes, stored_states, text_hash, vector_rows
from coach.rank import RANKER, Rows, rank
from coach.reading import Rejected
from coach.signals import Signals, probe, probe_texts
from coach.snapshot import current_generation, load_snapshot
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection
from coach.tokens import States
from metrics.policy import Audience

MEASURED_WITH = f"{STORED_FORM} {RANKER} {CONFIDENCE}"
EMBED_BATCH = 32
KEPT_GENERATIONS = 20


@dataclass(frozen=True)
class Rejection:
    """A file left out, and a sentence that follows its name."""

    file: str
    reason: str


@dataclass(frozen=True)
class Intake:
    """The SOPs of a folder, read: documents to hold, files left out, and what an author may want to know."""

    documents: tuple[Document, ...]
    rejected: tuple[Rejection, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """How the SOPs of a folder differ from those in SQL; files relative to sops/."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ingestion:
    """What an ingestion changed, and the generation that now holds every SOP."""

    generation: int
    passages: int
    changes: Changes


def read_sops(
    files: Mapping[str, bytes], audience_of: Callable[[Document], Audience], on_step: OnStep = ignore
) -> Intake:
    """Read SOP files, bytes by name relative to sops/; a broken one is left out alone.

    `files` may raise Rejected for one that cannot be opened; each is asked for when its turn comes.
    `audience_of` returns who may read a document, or raises Rejected when its front matter names unknown roles.
    """
    documents: list[Document] = []
    rejected: list[Rejection] = []
    with LimitedReader() as reader:
        for place, file in enumerate(files, start=1):
            try:
                document = parse_document(file, files[file], reader.read)
                documents.append(replace(document, audience=audience_of(document)))
            except Rejected as reason:
                rejected.append(Rejection(file, str(reason)))
            on_step(Step("read", place, len(files)))
    by_title: dict[str, list[str]] = {}
    for document in documents:
        by_title.setdefault(document.title.casefold(), []).append(document.file)
    notes = tuple(
        f"{' and '.join(names)} have the same title. Staff cannot tell their quotes apart: give each its own."
        for names in by_title.values()
        if len(names) > 1
    )
    notes += tuple(
        f"{document.file} {note}" for document in documents for note in (*document.notes, *notes_on(document))
    )
    return Intake(tuple(documents), tuple(rejected), notes)


def embed_passages(
    open_session: Callable[[], Session],
    open_transaction: Callable[[], AbstractContextManager[Session]],
    documents: Sequence[Document],
    embedder: Embedder,
    on_step: OnStep = ignore,
) -> None:
    """Store the vectors of every passage that has none yet, a batch a commit, so that a killed run loses little.

    `open_session` reads, `open_transaction` writes and commits on leaving: somebody else may write at any time.
    """
    bodies = {
        text_hash(passage.search_text, body): (passage.search_text, body)
        for document in documents
        for section in document.sections
        for passage, body in _with_bodies(document, section)
    }
    with open_session() as session:
        missing = sorted(
            bodies.keys() - stored_hashes(session, embedder.id, bodies), key=lambda key: len(bodies[key][0])
        )
    for start in range(0, len(missing), EMBED_BATCH):
        batch = missing[start : start + EMBED_BATCH]
        rows = vector_rows({key: bodies[key] for key in batch}, embedder)
        with open_transaction() as session:
            held = stored_hashes(session, embedder.id, batch)
            session.add_all(row for row in rows if row.text_hash not in held)
        on_step(Step("embedded", start + len(batch), len(missing)))
    if isinstance(embedder, HostedEmbedder):
        with open_session() as session:
            is_up_to_date = _is_up_to_date(current_generation(session), compare(session, documents), embedder)
        if not is_up_to_date:
            # It remembers them, so that nobody waits for a network while `store` alone may write.
            embedder.embed(_texts_of_measuring(documents))


def compare(session: Session, documents: Sequence[Document]) -> Changes:
    """Return what `store` would change, changing nothing."""
    held = dict(session.execute(select(SopDocument.file, SopDocument.content_key)).all())
    wanted = {document.file: content_key(document) for document in documents}
    return Changes(
        added=tuple(file for file in wanted if file not in held),
        changed=tuple(file for file, key in wanted.items() if file in held and held[file] != key),
        unchanged=tuple(file for file, key in wanted.items() if held.get(file) == key),
        removed=tuple(sorted(held.keys() - wanted.keys())),
    )


def store(
    session: Session, documents: Sequence[Document], embedder: Embedder, now: datetime, on_step: OnStep = ignore
) -> Ingestion:
    """Make SQL hold exactly these documents, inside the caller's transaction; vectors must be stored already.

    A new generation is made only when an SOP, the embedder, the stored form or the ranking changed.
    """
    changes = compare(session, documents)
    held = {row.file: row for row in session.scalars(select(SopDocument))}
    for file in changes.removed:
        session.delete(held[file])
    session.flush()
    to_write = [document for document in documents if document.file in {*changes.added, *changes.changed}]
    for place, document in enumerate(to_write, start=1):
        _write_document(session, document, held.get(document.file), now)
        on_step(Step("written", place, len(to_write)))
    forget_ended(session)
    generation = current_generation(session)
    if generation is None or not _is_up_to_date(generation, changes, embedder):
        generation = _add_generation(session, documents, embedder, now, on_step)
    return Ingestion(generation.number, generation.passages, changes)


def content_key(document: Document) -> str:
    """Return a hash over everything stored of a document, the same in every process."""
    # A frozenset prints in an order of its own in each process; the audience's key does not.
    stored = (STORED_FORM, document.file, document.title, document.text, document.audience.key, document.sections)
    return hashlib.sha256(repr(stored).encode()).hexdigest()


def _is_up_to_date(generation: SopGeneration | None, changes: Changes, embedder: Embedder) -> bool:
    return (
        generation is not None
        and not (changes.added or changes.changed or changes.removed)
        and generation.embedder_id == embedder.id
        and generation.measured_with == MEASURED_WITH
    )


def _texts_of_measuring(documents: Sequence[Document]) -> list[str]:
    headings = {
        numbered.section.heading_path[-1]
        for document in documents
        for numbered in document.sections
        if numbered.passages and numbered.section.heading_path
    }
    asked = [text for heading in headings_asked(headings) for text in probe_texts(written_out(heading))]
    return [*foreign.passages(), *asked]


def _write_document(session: Session, document: Document, row: SopDocument | None, now: datetime) -> None:
    if row is None:
        row = SopDocument(file=document.file)
        session.add(row)
    else:
        session.execute(delete(SopSection).where(SopSection.document_id == row.id))
    row.title, row.text, row.audience = document.title, document.text, document.audience.key
    row.content_key, row.ingested_at = content_key(document), now
    session.flush()
    sections = [_section_row(row.id, section) for section in document.sections]
    session.add_all(sections)
    session.flush()
    session.add_all(
        SopPassage(
            section_id=section_row.id,
            start=passage.span.start,
            end=passage.span.end,
            search_text=passage.search_text,
            text_hash=text_hash(passage.search_text, body),
        )
        for section_row, section in zip(sections, document.sections, strict=True)
        for passage, body in _with_bodies(document, section)
    )
    session.flush()


def _with_bodies(document: Document, section: NumberedSection) -> list[tuple[Passage, str]]:
    return [(passage, document.text[passage.span.start : passage.span.end]) for passage in section.passages]


def _section_row(document_id: int, numbered: NumberedSection) -> SopSection:
    return SopSection(
        document_id=document_id,
        number=numbered.section.number,
        heading_path=list(numbered.section.heading_path),
        start=numbered.section.start,
        end=numbered.section.end,
        owner=numbered.facts.owner,
        version=numbered.facts.version,
        review_on=numbered.facts.review_on,
        site=numbered.facts.site,
    )


def _add_generation(
    session: Session, documents: Sequence[Document], embedder: Embedder, now: datetime, on_step: OnStep
) -> SopGeneration:
    in_use = select(SopPassage.text_hash)
    session.execute(
        delete(PassageVector).where((PassageVector.embedder_id != embedder.id) | PassageVector.text_hash.not_in(in_use))
    )
    on_step(Step("pruned", 1, 1))
    generation = SopGeneration(
        made_at=now,
        embedder_id=embedder.id,
        measured_with=MEASURED_WITH,
        passages=sum(len(section.passages) for document in documents for section in document.sections),
        calibration=FIXED.to_json(),
        foreign_vectors=embedder.embed(foreign.passages()).astype(np.float16).tobytes(),
    )
    session.add(generation)
    session.flush()
    generation.calibration = _measure(session, generation, embedder).to_json()
    on_step(Step("measured", 1, 1))
    session.execute(delete(SopGeneration).where(SopGeneration.number <= generation.number - KEPT_GENERATIONS))
    return generation


def _measure(session: Session, generation: SopGeneration, embedder: Embedder) -> Calibration:
    """Ask headings as questions while their sections are hidden."""
    snapshot = load_snapshot(session, generation, embedder.dimensions)
    everything = np.arange(snapshot.ids.size)

    def states_of(rows: Rows) -> list[States]:
        ids = snapshot.ids[rows].tolist()
        stored = stored_states(session, embedder.id, ids, embedder.dimensions)
        return [stored[passage_id] for passage_id in ids]

    view = View(snapshot, exact_index(snapshot.content), snapshot.audiences, everything, states_of)

    def signals_without(heading: str, hidden: Rows) -> Signals | None:
        text = written_out(heading)
        asked = encode(embedder, [text])[0]
        ranking = rank(replace(view, allowed=np.setdiff1d(everything, hidden)).candidates(asked, text))
        return (
            view.signals(ranking, asked.vector, probe(text, snapshot.lexical, embedder)) if ranking.rows.size else None
        )

    return measure(_headings(session, snapshot.ids), signals_without)


def _headings(session: Session, passage_ids: NDArray[np.int64]) -> dict[str, list[int]]:
    """Return the rows of the passages that stand under each heading."""
    row_of = {passage_id: row for row, passage_id in enumerate(passage_ids.tolist())}
    headings: dict[str, list[int]] = {}
    for passage_id, path in session.execute(
        select(SopPassage.id, SopSection.heading_path).join(SopSection, SopPassage.section_id == SopSection.id)
    ):
        if path:
            headings.setdefault(path[-1], []).append(row_of[passage_id])
    return headings
