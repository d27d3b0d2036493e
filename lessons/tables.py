"""Owns the tables of the practice: lessons as last applied, nudges, and quiz questions put to people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.db import Base, UtcInstant, kept


class LessonRow(Base):
    """One lesson file as last applied; `content` is the lesson as JSON."""

    __tablename__ = "lessons"
    __table_args__ = {"info": kept("while the lesson is in the company folder")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    file: Mapped[str] = mapped_column(String(1000), unique=True)
    title: Mapped[str] = mapped_column(String(500))
    skill: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class Nudge(Base):
    """One lesson for one person on one local date; `state` is planned, queued, sent, missed or unknown."""

    __tablename__ = "nudges"
    __table_args__ = (
        UniqueConstraint("person_id", "local_on", "slot"),
        Index(None, "state", "due_at"),
        {"info": kept("13 months", days=395, since="due_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lessons.id", ondelete="SET NULL"))
    local_on: Mapped[date] = mapped_column(Date)
    slot: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(16))
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class QuizQuestion(Base):
    """A quiz question put to one person. `content` is what was shown, `chosen` their letter; answered once."""

    __tablename__ = "quiz_questions"
    __table_args__ = (Index(None, "person_id", "asked_at"), {"info": kept("13 months", days=395, since="asked_at")})

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    nudge_id: Mapped[int | None] = mapped_column(ForeignKey("nudges.id", ondelete="SET NULL"))
    skill: Mapped[str] = mapped_column(String(100))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    chosen: Mapped[str | None] = mapped_column(String(1))
    answered_at: Mapped[datetime | None] = mapped_column(UtcInstant)
