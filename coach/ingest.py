"""Owns the step from SOP files to SQL: unchanged files skipped by hash, all changes in one transaction."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coach import foreign
from coach.calibrate import CONFIDENCE, FIXED, Calibration
from coach.documents import Document, NumberedSection, Passage, parse_document
from coach.embed import Embedder
from coach.extract import quotable
from coach.index.port import OnStep, Step, ignore
from coach.lexical import LexicalIndex
from coach.lint import notes_on
from coach.measuring import measure
from coach.parse.limited import LimitedReader
from coach.plain import searchable
from coach.rank import GATE_PASSAGES, RANKER, Rows, rank
from coach.reading import Rejected
from coach.sections import CHUNKER
from coach.signals import Signals, probe, signals_of
from coach.snapshot import current_generation
from coach.tables import PassageVector, SopDocument, SopGeneration, SopPassage, SopSection
from metrics.policy import Audience

STORED_FORM = f"{CHUNKER}/1"
MEASURED_WITH = f"{STORED_FORM} {RANKER} {CONFIDENCE}"
EMBED_BATCH = 32
KEPT_GENERATIONS = 20
HASHES_A_QUERY = 500


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
    files: Collection[tuple[str, bytes]], audience_of: Callable[[Document], Audience], on_step: OnStep = ignore
) -> Intake:
    """Read SOP files given as (name relative to sops/, bytes); a broken one is left out alone.

    `audience_of` returns who may read a document, or raises Rejected when its front matter names unknown roles.
    """
    documents: list[Document] = []
    rejected: list[Rejection] = []
    with LimitedReader() as reader:
        for place, (file, data) in enumerate(files, start=1):
            try:
                document = parse_document(file, data, reader.read)
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
            bodies.keys() - _stored_hashes(session, embedder.id, bodies), key=lambda key: len(bodies[key][0])
        )
    for start in range(0, len(missing), EMBED_BATCH):
        batch = missing[start : start + EMBED_BATCH]
        rows = _vector_rows({key: bodies[key] for key in batch}, embedder)
        with open_transaction() as session:
            held = _stored_hashes(session, embedder.id, batch)
            session.add_all(row for row in rows if row.text_hash not in held)
        on_step(Step("embedded", start + len(batch), len(missing)))


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
    generation = current_generation(session)
    if (
        generation is None
        or to_write
        or changes.removed
        or generation.embedder_id != embedder.id
        or generation.measured_with != MEASURED_WITH
    ):
        generation = _add_generation(session, documents, embedder, now, on_step)
    return Ingestion(generation.number, generation.passages, changes)


def content_key(document: Document) -> str:
    """Return a hash over everything stored of a document, the same in every process."""
    # A frozenset prints in an order of its own in each process; the audience's key does not.
    stored = (STORED_FORM, document.file, document.title, document.text, document.audience.key, document.sections)
    return hashlib.sha256(repr(stored).encode()).hexdigest()


def text_hash(search_text: str, body: str) -> str:
    """Return the key of a passage's vectors: what search sees, and the characters its sentences are cut from."""
    return hashlib.sha256(repr((STORED_FORM, search_text, body)).encode()).hexdigest()


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
    )


def _add_generation(
    session: Session, documents: Sequence[Document], embedder: Embedder, now: datetime, on_step: OnStep
) -> SopGeneration:
    in_use = select(SopPassage.text_hash)
    session.execute(
        delete(PassageVector).where((PassageVector.embedder_id != embedder.id) | PassageVector.text_hash.not_in(in_use))
    )
    on_step(Step("pruned", 1, 1))
    calibration = _measure(session, documents, embedder)
    on_step(Step("measured", 1, 1))
    generation = SopGeneration(
        made_at=now,
        embedder_id=embedder.id,
        measured_with=MEASURED_WITH,
        passages=sum(len(section.passages) for document in documents for section in document.sections),
        calibration=calibration.to_json(),
    )
    session.add(generation)
    session.flush()
    session.execute(delete(SopGeneration).where(SopGeneration.number <= generation.number - KEPT_GENERATIONS))
    return generation


def _measure(session: Session, documents: Sequence[Document], embedder: Embedder) -> Calibration:
    """Ask headings as questions while their sections are hidden."""
    vector_of = {
        key: np.frombuffer(blob, dtype=np.float32)
        for key, blob in session.execute(
            select(PassageVector.text_hash, PassageVector.vector).where(PassageVector.embedder_id == embedder.id)
        )
    }
    texts: list[str] = []
    keys: list[str] = []
    headings: dict[str, list[int]] = {}
    for document in documents:
        for section in document.sections:
            rows = range(len(texts), len(texts) + len(section.passages))
            texts += [passage.search_text for passage in section.passages]
            keys += [text_hash(passage.search_text, body) for passage, body in _with_bodies(document, section)]
            if section.section.heading_path and rows:
                headings.setdefault(section.section.heading_path[-1], []).extend(rows)
    if not texts:
        return FIXED
    vectors = np.stack([vector_of[key] for key in keys])
    lexical = LexicalIndex(texts)
    strangers = embedder.embed(foreign.passages())

    def signals_without(heading: str, hidden: Rows) -> Signals | None:
        rows = np.setdiff1d(np.arange(len(texts)), hidden)
        vector = embedder.embed([heading])[0]
        ranking = rank(rows, vectors[rows] @ vector, lexical.scores(heading)[rows], GATE_PASSAGES)
        return signals_of(vector, probe(heading, lexical, embedder), vectors[ranking.rows], vectors[rows], strangers)

    return measure(headings, signals_without)


def _vector_rows(bodies: dict[str, tuple[str, str]], embedder: Embedder) -> list[PassageVector]:
    vectors = embedder.embed([search_text for search_text, _ in bodies.values()])
    sentences = [[searchable(body[span.start : span.end]) for span in quotable(body)] for _, body in bodies.values()]
    sentence_vectors = embedder.embed([sentence for each in sentences for sentence in each]).astype(np.float16)
    rows, start = [], 0
    for key, vector, each in zip(bodies, vectors, sentences, strict=True):
        rows.append(
            PassageVector(
                embedder_id=embedder.id,
                text_hash=key,
                vector=vector.tobytes(),
                sentence_vectors=sentence_vectors[start : start + len(each)].tobytes(),
            )
        )
        start += len(each)
    return rows


def _stored_hashes(session: Session, embedder_id: str, hashes: Iterable[str]) -> set[str]:
    keys = list(hashes)
    found: set[str] = set()
    for start in range(0, len(keys), HASHES_A_QUERY):
        found.update(
            session.scalars(
                select(PassageVector.text_hash).where(
                    PassageVector.embedder_id == embedder_id,
                    PassageVector.text_hash.in_(keys[start : start + HASHES_A_QUERY]),
                )
            )
        )
    return found
