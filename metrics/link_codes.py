"""Owns the codes that show, typed on another platform, that two accounts are one person's; and who guesses."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, Select, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from metrics.db import Base, UtcInstant, kept
from metrics.linking import Apart, why_apart
from metrics.people import Person

DIGITS = 6
VALID_MINUTES = 10
MOST_WRONG_TRIES = 5


class LinkCode(Base):
    """The one code shown to a person, as a salted hash; `wrong_tries` counts those of everybody while it was valid.

    Typed right it joins nothing yet: `typed_by_id` is who typed it last, and `confirm_id` what the buttons of the
    question carry that they are asked first. The row is about whom the code was shown to, so it is no part of a copy
    for who typed it, who could work out the code from it; erasing who typed it empties `typed_by_id`, and with that
    the question is settled.
    """

    __tablename__ = "link_codes"
    __table_args__ = {"info": kept("until used, a day at most", days=1, since="expires_at")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    platform: Mapped[str] = mapped_column(String(16))
    salt: Mapped[str] = mapped_column(String(32))
    hash: Mapped[str] = mapped_column(String(64))
    wrong_tries: Mapped[int] = mapped_column(Integer, default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    typed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    confirm_id: Mapped[str | None] = mapped_column(String(32), unique=True)


class LinkTry(Base):
    """A code that somebody typed and that did not work."""

    __tablename__ = "link_tries"
    __table_args__ = {"info": kept("a day", days=1, since="tried_at")}

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    tried_at: Mapped[datetime] = mapped_column(UtcInstant)


class Refused(StrEnum):
    """Why a typed code is not taken, or a press on a button of the question about it."""

    NOT_A_CODE = "not_a_code"
    TOO_MANY_TRIES = "too_many_tries"
    NO_SUCH_CODE = "no_such_code"
    TYPED_WHERE_SHOWN = "typed_where_shown"
    ALREADY_ONE = "already_one"
    NOT_YOURS = "not_yours"
    LATE = "late"
    SETTLED = "settled"


def show_code(
    session: Session, person_id: int, platform: str, draw: Callable[[], str], salt: str, now: datetime
) -> str:
    """Return a new code for somebody, in place of any they had. `draw` returns 6 random digits, `salt` is 32
    random hexadecimal ones.

    Raises IntegrityError when another transaction shows them one meanwhile.
    """
    session.execute(delete(LinkCode).where(LinkCode.person_id == person_id))
    in_use = session.scalars(_alive(now)).all()
    code = draw()
    while any(_is(other, code) for other in in_use):
        code = draw()
    expires_at = now + timedelta(minutes=VALID_MINUTES)
    session.add(
        LinkCode(person_id=person_id, platform=platform, salt=salt, hash=_hash(salt, code), expires_at=expires_at)
    )
    session.flush()
    return code


def judge(session: Session, person_id: int, platform: str, typed: str, now: datetime) -> LinkCode | Refused | Apart:
    """Return the code that somebody typed on `platform` when it joins two people, or why it does not.

    Somebody else's code typed where it was shown, or one too old, used or tried too often, is no such code: nobody
    learns which codes there are.
    """
    if len(typed) != DIGITS:
        return Refused.NOT_A_CODE
    lately = (LinkTry.person_id == person_id, LinkTry.tried_at > now - timedelta(minutes=VALID_MINUTES))
    if (session.scalar(select(func.count()).where(*lately)) or 0) >= MOST_WRONG_TRIES:
        return Refused.TOO_MANY_TRIES
    code = next((code for code in session.scalars(_alive(now)) if _is(code, typed)), None)
    if code is not None and code.person_id == person_id:
        return Refused.TYPED_WHERE_SHOWN if code.platform == platform else Refused.ALREADY_ONE
    if code is None or code.platform == platform:
        return Refused.NO_SUCH_CODE
    return why_apart(session, person_id, code.person_id) or code


def try_code(session: Session, person_id: int, platform: str, typed: str, now: datetime) -> LinkCode | Refused | Apart:
    """Judge a typed code, one try at a time, and count it against who typed it and every code it might have been.

    Somebody has 5 wrong tries in 10 minutes, which keeps a slip of theirs from costing others much. A code takes 5
    wrong tries of everybody together, then it is dead: however many accounts guess, and however they share the work,
    a code shown is guessed with a probability of at most 5 in 1,000,000; after 1,000 codes shown, that any of them
    was guessed is at most 0.5 %, if every one of them was attacked as often as it can be. The price is that somebody
    can spoil the codes of others for as long as they go on; who does is in the events.
    """
    # Locks on PostgreSQL: two tries at once may not both be the fifth. The same order everywhere.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)).all()
    _hold_codes(session)
    found = judge(session, person_id, platform, typed, now)
    if found is Refused.NO_SUCH_CODE:
        session.add(LinkTry(person_id=person_id, tried_at=now))
        session.execute(
            update(LinkCode)
            .where(LinkCode.platform != platform, LinkCode.expires_at > now)
            .values(wrong_tries=LinkCode.wrong_tries + 1)
        )
        session.flush()
    return found


def ask_first(session: Session, code: LinkCode, person_id: int, confirm_id: str) -> None:
    """Have a code that was typed right wait for the word of who typed it; of several times, the newest counts.

    `confirm_id` is 128 random bits.
    """
    code.typed_by_id, code.confirm_id = person_id, confirm_id
    session.flush()


def find_asked(session: Session, confirm_id: str | None, person_id: int, now: datetime) -> LinkCode | Refused:
    """Return the code that somebody answers the question about, or why they cannot.

    Wrong tries since then count for nothing here: it was typed right while it was good.
    """
    asked = select(LinkCode).where(LinkCode.confirm_id == confirm_id, LinkCode.typed_by_id.is_not(None))
    code = session.scalars(asked).one_or_none()
    if code is None:
        return Refused.SETTLED
    if code.person_id == person_id:
        return Refused.ALREADY_ONE
    if code.typed_by_id != person_id:
        return Refused.NOT_YOURS
    return code if code.expires_at > now else Refused.LATE


def take_asked(session: Session, confirm_id: str | None, person_id: int, now: datetime) -> LinkCode | Refused:
    """Return what find_asked does, and keep it from changing until the transaction ends."""
    _hold_codes(session)
    return find_asked(session, confirm_id, person_id, now)


def use_up(session: Session, *person_ids: int) -> None:
    """Delete the codes of people who become one, and take back what one of them is asked about other codes.

    What they would share by saying yes to that is not what it was when they were asked.
    """
    session.execute(delete(LinkCode).where(LinkCode.person_id.in_(person_ids)))
    asked = update(LinkCode).where(LinkCode.typed_by_id.in_(person_ids))
    session.execute(asked.values(typed_by_id=None, confirm_id=None))


def _hold_codes(session: Session) -> None:
    """Lock every code, everywhere in the same order, and see what is stored by then."""
    every = select(LinkCode).order_by(LinkCode.id).with_for_update()
    session.execute(every, execution_options={"populate_existing": True}).all()


def _alive(now: datetime) -> Select[LinkCode]:
    return (
        select(LinkCode).where(LinkCode.expires_at > now, LinkCode.wrong_tries < MOST_WRONG_TRIES).order_by(LinkCode.id)
    )


def _is(code: LinkCode, typed: str) -> bool:
    return hmac.compare_digest(code.hash, _hash(code.salt, typed))


def _hash(salt: str, code: str) -> str:
    return hmac.new(bytes.fromhex(salt), code.encode(), hashlib.sha256).hexdigest()
