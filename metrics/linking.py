"""Owns making two people one, when somebody turns out to be both, and taking that back for 7 days."""

from dataclasses import asdict
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, MetaData, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import EMAIL_OF_PERSON, Base, UtcInstant, kept
from metrics.moved_rows import MovedRows, Row, hand_back, hand_over, hold, move, move_back, plain_row, typed_row
from metrics.people import Person

UNDO_DAYS = 7
FACTS = tuple(column.name for column in Person.__table__.columns if column.name != "id")
NOWHERE = ".invalid"


class PersonMerge(Base):
    """Two people who became one, `person_id`, the one known for longer; the id of the other is `vanished_id`.

    `public_id` is what the button to undo it carries. `former_email` is the address that is no longer used. `content`
    is what undoing needs (see join); both are emptied by it, since they are then about two people.
    """

    __tablename__ = "person_merges"
    __table_args__ = {
        "sqlite_autoincrement": True,
        "info": kept(f"{UNDO_DAYS} days, to undo it", days=UNDO_DAYS, since="merged_at"),
    }

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    vanished_id: Mapped[int] = mapped_column(Integer)
    former_email: Mapped[str | None] = mapped_column(String(320), info=EMAIL_OF_PERSON)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    merged_at: Mapped[datetime] = mapped_column(UtcInstant)
    undone_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Apart(StrEnum):
    """Why two people cannot become one."""

    BOTH_LISTED = "both_listed"
    INACTIVE = "inactive"


class NotUndone(StrEnum):
    """Why two people stay one, or are two already."""

    ALREADY = "already"
    GONE = "gone"
    NOT_YOURS = "not_yours"
    LATER_FIRST = "later_first"
    EMAIL_TAKEN = "email_taken"


def why_apart(session: Session, one_id: int, other_id: int) -> Apart | None:
    """Return why two people cannot become one, None when they can: both active, at most one in people.csv."""
    people = session.scalars(select(Person).where(Person.id.in_((one_id, other_id)))).all()
    if len(people) < len((one_id, other_id)) or not all(person.is_active for person in people):
        return Apart.INACTIVE
    return Apart.BOTH_LISTED if all(person.is_listed for person in people) else None


def join(
    session: Session, metadata: MetaData, one_id: int, other_id: int, public_id: str, now: datetime
) -> PersonMerge | Apart:
    """Make two people one and return the record of it, or why not; `public_id` is 128 random bits.

    The older id stays. What people.csv says of one of them counts; roles are never added up. Where it names neither,
    the survivor keeps its facts, but a real e-mail goes before none.
    Raises OperationalError while another transaction works on rows of theirs (see metrics.moved_rows.hold).
    """
    survivor_id, vanished_id = sorted((one_id, other_id))
    _hold_and_look_again(session, metadata, survivor_id, vanished_id)
    if reason := why_apart(session, survivor_id, vanished_id):
        return reason
    survivor, vanishing = session.get_one(Person, survivor_id), session.get_one(Person, vanished_id)
    before = {survivor_id: _facts(survivor), vanished_id: _facts(vanishing)}
    given = _given(survivor, vanishing, now)
    reports = select(Person.id).where(Person.manager_id == vanished_id).order_by(Person.id)
    report_ids = session.scalars(reports).all()
    moved = move(session, metadata, vanished_id, survivor_id)
    handed = hand_over(session, metadata, vanished_id, survivor_id)
    session.execute(update(Person).where(Person.id.in_(report_ids)).values(manager_id=survivor_id))
    session.delete(vanishing)
    session.flush()
    _set(survivor, given)
    emails = {facts["email"] for facts in before.values()}
    merge = PersonMerge(
        person_id=survivor_id,
        public_id=public_id,
        vanished_id=vanished_id,
        former_email=(emails - {given["email"]}).pop(),
        content={
            "survivor": plain_row(before[survivor_id]),
            "vanished": plain_row(before[vanished_id]),
            "given": plain_row(given),
            "report_ids": list(report_ids),
            "moved": asdict(moved),
            "handed": handed,
        },
        merged_at=now,
    )
    session.add(merge)
    session.flush()
    return merge


def find_merge(session: Session, public_id: str | None, person_id: int, now: datetime) -> PersonMerge | NotUndone:
    """Return what the button of a person may undo, or why it may not."""
    merge = session.scalars(select(PersonMerge).where(PersonMerge.public_id == public_id)).one_or_none()
    if merge is None or merge.merged_at < now - timedelta(days=UNDO_DAYS):
        return NotUndone.GONE
    if person_id not in (merge.person_id, merge.vanished_id):
        return NotUndone.NOT_YOURS
    if merge.undone_at is not None or merge.content is None:
        return NotUndone.ALREADY
    later = select(PersonMerge.id).where(
        PersonMerge.person_id == merge.person_id, PersonMerge.id > merge.id, PersonMerge.undone_at.is_(None)
    )
    if session.scalars(later).first() is not None:
        return NotUndone.LATER_FIRST
    emails = [merge.content[name]["email"] for name in ("survivor", "vanished")]
    others = select(Person.id).where(Person.email.in_(emails), Person.id != merge.person_id)
    return merge if session.scalars(others).first() is None else NotUndone.EMAIL_TAKEN


def undo(session: Session, metadata: MetaData, merge: PersonMerge, now: datetime) -> PersonMerge | NotUndone:
    """Make two people of one again and return the emptied record, or why not.

    The vanished one comes back under its id, with the rows that came from it and are still there; what happened since
    stays with the survivor. Facts are as they were; one that changed since goes to whose e-mail it was known under.
    Raises OperationalError as join does.
    """
    public_id, survivor_id, vanished_id = merge.public_id, merge.person_id, merge.vanished_id
    _hold_and_look_again(session, metadata, survivor_id)
    found = find_merge(session, public_id, survivor_id, now)
    if isinstance(found, NotUndone) or found.content is None:
        return found
    survivor = session.get_one(Person, survivor_id)
    content, table = found.content, Person.metadata.tables[Person.__tablename__]
    own, returning, given = (typed_row(table, content[name]) for name in ("survivor", "vanished", "given"))
    known_under = returning if returning["email"] == given["email"] else own
    known_under.update({name: fact for name, fact in _facts(survivor).items() if fact != given[name]})
    _set(survivor, own | {"manager_id": None})
    session.flush()
    session.add(Person(id=vanished_id, **returning | {"manager_id": None}))
    session.flush()
    for person_id, facts in ((survivor_id, own), (vanished_id, returning)):
        session.get_one(Person, person_id).manager_id = _still_there(session, facts["manager_id"])
    reports = (Person.id.in_(content["report_ids"]), Person.manager_id == survivor_id)
    session.execute(update(Person).where(*reports).values(manager_id=vanished_id))
    move_back(session, metadata, MovedRows(**content["moved"]), survivor_id, vanished_id)
    # Records of before this was kept hold none.
    hand_back(session, metadata, content.get("handed", ()), survivor_id, vanished_id)
    found.content, found.former_email, found.undone_at = None, None, now
    session.flush()
    return found


def _hold_and_look_again(session: Session, metadata: MetaData, *person_ids: int) -> None:
    session.flush()
    hold(session, metadata, *person_ids)
    session.expire_all()


def _given(survivor: Person, vanishing: Person, now: datetime) -> Row:
    facts = _facts(vanishing if vanishing.is_listed else survivor)
    if not survivor.is_listed and survivor.email.endswith(NOWHERE):
        facts["email"] = vanishing.email
    if facts["manager_id"] in (survivor.id, vanishing.id):
        facts["manager_id"] = None
    return facts | {"updated_at": now}


def _facts(person: Person) -> Row:
    return {name: getattr(person, name) for name in FACTS}


def _set(person: Person, facts: Row) -> None:
    for name, fact in facts.items():
        setattr(person, name, fact)


def _still_there(session: Session, person_id: int | None) -> int | None:
    return session.scalar(select(Person.id).where(Person.id == person_id))
