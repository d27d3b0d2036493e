"""Owns the tables of SOPs: documents, their sections and passages, vectors, and generations of the whole."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.db import HOLDS_EMAIL, Base, UtcInstant, kept

WHILE_IN_FOLDER = "while the SOP is in the company folder"


class SopDocument(Base):
    """One SOP file as last applied; `content_key` changes whenever anything stored about it must."""

    __tablename__ = "sop_documents"
    __table_args__ = {"info": kept(WHILE_IN_FOLDER)}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[str] = mapped_column(String(1000), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    text: Mapped[str] = mapped_column(Text)
    content_key: Mapped[str] = mapped_column(String(64))
    audience: Mapped[str] = mapped_column(Text)
    ingested_at: Mapped[datetime] = mapped_column(UtcInstant)


class SopSection(Base):
    """A numbered section; `text[start:end]` of its document. What it states of itself is resolved here."""

    __tablename__ = "sop_sections"
    __table_args__ = (UniqueConstraint("document_id", "number"), {"info": kept(WHILE_IN_FOLDER)})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("sop_documents.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    heading_path: Mapped[list[str]] = mapped_column(JSON)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    owner: Mapped[str | None] = mapped_column(String(320), info=HOLDS_EMAIL)
    version: Mapped[str | None] = mapped_column(String(100))
    review_on: Mapped[date | None] = mapped_column(Date)
    site: Mapped[str | None] = mapped_column(String(200))


class SopPassage(Base):
    """A stretch of a section that search ranks; its id is never given to another passage."""

    __tablename__ = "sop_passages"
    __table_args__ = (Index(None, "text_hash"), {"sqlite_autoincrement": True, "info": kept(WHILE_IN_FOLDER)})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("sop_sections.id", ondelete="CASCADE"), index=True)
    start: Mapped[int] = mapped_column(Integer)
    end: Mapped[int] = mapped_column(Integer)
    search_text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))


class PassageVector(Base):
    """What one embedder makes of a passage text, row by row: vectors of the passage (float32), of its sentences and its
    windows (float16), and its tokens as `pieces` (int32) and `token_states` (int8, as `coach.tokens.packed` made them).

    An embedder without tokens leaves the last two empty.
    """

    __tablename__ = "passage_vectors"
    __table_args__ = {"info": kept(WHILE_IN_FOLDER)}

    embedder_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    text_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    sentence_vectors: Mapped[bytes] = mapped_column(LargeBinary)
    window_vectors: Mapped[bytes] = mapped_column(LargeBinary)
    pieces: Mapped[bytes] = mapped_column(LargeBinary)
    token_states: Mapped[bytes] = mapped_column(LargeBinary)


class SopGeneration(Base):
    """One state of all SOPs: what the index must hold, and the scale of confidence measured on it.

    `foreign_vectors` (float16, row by row) are of texts that are no company's, which a question is compared with too.
    """

    __tablename__ = "sop_generations"
    __table_args__ = {"sqlite_autoincrement": True, "info": kept("the last 20")}

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    embedder_id: Mapped[str] = mapped_column(String(200))
    measured_with: Mapped[str] = mapped_column(String(100))
    passages: Mapped[int] = mapped_column(Integer)
    calibration: Mapped[dict[str, Any]] = mapped_column(JSON)
    foreign_vectors: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class AskedQuestion(Base):
    """A question asked in chat, secrets masked, and the reply it got; later questions of its thread build on it.

    `public_id` is what buttons carry. `thread_key` is opaque. `is_open` says that everyone in a channel could read it.
    `reply` holds the citations, and what kept them from the asker if anything did; `offers` is what could be pressed
    beside them, `rating` the asker's one verdict.
    `copy_of_id` is the question in a channel that this answers for its asker alone; both are forgotten together.
    `asked_in` is the place it may be shared in, opaque here; `rating_note` what was written with the verdict, masked.
    """

    __tablename__ = "asked_questions"
    __table_args__ = (
        Index(None, "thread_key", "asked_at"),
        Index(None, "person_id", "asked_at"),
        {"info": kept("90 days, or privacy.question_text_days in company.yaml", days=90, since="asked_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    thread_key: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    words: Mapped[str] = mapped_column(Text)
    is_open: Mapped[bool] = mapped_column(Boolean)
    band: Mapped[str] = mapped_column(String(16))
    rule: Mapped[str | None] = mapped_column(String(40))
    refer_to: Mapped[str | None] = mapped_column(String(320), info=HOLDS_EMAIL)
    reply: Mapped[dict[str, Any]] = mapped_column(JSON)
    offers: Mapped[list[str]] = mapped_column(JSON)
    copy_of_id: Mapped[int | None] = mapped_column(ForeignKey("asked_questions.id", ondelete="CASCADE"), index=True)
    rating: Mapped[str | None] = mapped_column(String(20))
    rated_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    rating_note: Mapped[str | None] = mapped_column(Text)
    asked_in: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    shared_at: Mapped[datetime | None] = mapped_column(UtcInstant)
