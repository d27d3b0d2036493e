"""Owns the table of conflicts: pairs of sections that disagreed in an answer, for who looks after them."""

from datetime import datetime

from sqlalchemy import JSON, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.db import Base, UtcInstant, kept


class SopConflict(Base):
    """Two sections of SOPs that disagree; who asked, and what, is not kept.

    A hash is over file, headings and text of a section: once either says something else, the pair has ended.
    `first_words` and `second_words` are the sentences that disagree, `about` is of coach.conflicts.ABOUT.
    """

    __tablename__ = "sop_conflicts"
    __table_args__ = (
        UniqueConstraint("first_hash", "second_hash"),
        {"info": kept("until either section is changed or gone")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    first_hash: Mapped[str] = mapped_column(String(64))
    second_hash: Mapped[str] = mapped_column(String(64))
    first_file: Mapped[str] = mapped_column(String(1000))
    second_file: Mapped[str] = mapped_column(String(1000))
    first_headings: Mapped[list[str]] = mapped_column(JSON)
    second_headings: Mapped[list[str]] = mapped_column(JSON)
    first_words: Mapped[str] = mapped_column(Text)
    second_words: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(String(20))
    first_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    last_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    times_shown: Mapped[int] = mapped_column(Integer)
