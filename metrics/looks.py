"""Owns looks: who saw the progress of whom, so that everybody can be told."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from metrics.db import NAMES_ANOTHER, Base, UtcInstant, kept


class Look(Base):
    """Somebody saw another person's progress: once a day and `what` (team, person, skill, digest or export)."""

    __tablename__ = "looks"
    __table_args__ = (
        UniqueConstraint("person_id", "viewer_id", "seen_on", "what"),
        {"info": kept("13 months", days=395, since="seen_at")},
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    viewer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), info=NAMES_ANOTHER)
    seen_on: Mapped[date] = mapped_column(Date)
    what: Mapped[str] = mapped_column(String(20))
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
