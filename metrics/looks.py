"""Owns looks: who saw the progress of whom, so that everybody can be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import Date, ForeignKey, Integer, String, UniqueConstraint, bindparam, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import NAMES_ANOTHER, Base, UtcInstant, kept
from metrics.people import Person
from metrics.time_zones import local_time

What = Literal["team", "person", "skill", "digest", "export"]


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


@dataclass(frozen=True)
class Seen:
    """One look at somebody; `viewer` and `viewer_id` are None for the operator, and for who was erased since."""

    viewer: str | None
    viewer_id: int | None
    seen_at: datetime
    what: str


def note_looks(
    session: Session, viewer_id: int | None, person_ids: Iterable[int], what: What, now: datetime, zone: str
) -> None:
    """Keep that somebody sees the progress of people, once for each of them, day in `zone` and `what`.

    The first look of a day counts; seeing oneself is none. `viewer_id` None is who operates Coach at a command line.
    One statement, however many people there are.
    """
    others = sorted(set(person_ids) - {viewer_id})
    if others:
        values = {"viewer": viewer_id, "others": others, "what": what, "at": now, "day": local_time(now, zone).date()}
        session.connection().execute(_insertion(session.get_bind().dialect.name), values)


def looks_at(session: Session, person_id: int, since: datetime) -> list[Seen]:
    """Return who else saw somebody's progress from an instant on, newest first."""
    looks = (
        select(Person.name, Look.viewer_id, Look.seen_at, Look.what)
        .join_from(Look, Person, Look.viewer_id == Person.id, isouter=True)
        # Two accounts that became one person's may have looked at each other before.
        .where(Look.person_id == person_id, Look.seen_at >= since, Look.viewer_id.is_distinct_from(person_id))
        .order_by(Look.seen_at.desc(), Look.id.desc())
    )
    return [Seen(*row) for row in session.execute(looks)]


@cache
def _insertion(dialect: str) -> Any:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = {"viewer": Look.viewer_id, "what": Look.what, "at": Look.seen_at, "day": Look.seen_on}
    given = {name: bindparam(name, type_=column.type) for name, column in columns.items()}
    same = (columns[name].is_not_distinct_from(given[name]) for name in ("viewer", "what", "day"))
    # A unique constraint lets any number of rows without a viewer in. The order keeps two transactions that note the
    # same people from waiting for each other in a circle.
    people = (
        select(Person.id, *given.values())
        .where(Person.id.in_(bindparam("others", expanding=True)), ~exists().where(Look.person_id == Person.id, *same))
        .order_by(Person.id)
    )
    names = [Look.person_id.key, *(column.key for column in columns.values())]
    return insert(Look).from_select(names, people).on_conflict_do_nothing()
