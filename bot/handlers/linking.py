"""Joins the accounts of one person by a code shown on one platform and typed on another, and takes that back."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.handlers.manage import welcome
from bot.handlers.request import Request, new_id
from bot.messages import ADDRESS, Address, Message, NotSent
from bot.outcome import Outcome, Outgoing
from bot.tables import METADATA, Connection, DirectAddress
from bot.views import lines
from bot.views import linking as views
from metrics.link_codes import (
    DIGITS,
    LinkCode,
    Refused,
    ask_first,
    find_asked,
    judge,
    show_code,
    take_asked,
    try_code,
    use_up,
)
from metrics.linking import Apart, NotUndone, PersonMerge, find_merge, join, undo, why_apart
from metrics.people import Person, PlatformIdentity, person_with_account

AGAIN_AFTER_SECONDS = 1.0


def show(request: Request) -> Outcome:
    """Show a new code, to be typed on the other platform."""
    with request.app.database.session() as session:
        other = select(Connection.platform).where(Connection.platform != request.incoming.platform).limit(1)
        is_alone = session.scalar(other) is None
    if is_alone:
        return request.said("link_refused", request.privately(views.alone(request.incoming.platform)))

    def store(session: Session) -> Sequence[Outgoing]:
        platform = request.incoming.platform
        code = show_code(session, request.person.id, platform, _draw, new_id(), request.now)
        is_known_there = len(_platforms(session, request.person.id)) > 1
        return (request.privately(views.code_message(code, platform, is_known_there)), *welcome(request, session))

    return Outcome(request.handled("link_code_shown"), request.person.id, store)


def type_in(request: Request, digits: str) -> Outcome:
    """Take a code shown on another platform, and ask who typed it whether to join: somebody may have had them do it."""
    person_id, platform = request.person.id, request.incoming.platform
    with request.app.database.session() as session:
        expected = judge(session, person_id, platform, digits, request.now)

    def store(session: Session) -> Sequence[Outgoing]:
        found = try_code(session, person_id, platform, digits, request.now)
        if _id(found) != _id(expected):
            raise _changed()
        if not isinstance(found, LinkCode):
            return (request.privately(views.refusal(found, platform)), *welcome(request, session))
        confirm_id = new_id()
        ask_first(session, found, person_id, confirm_id)
        shown = _called(session, found.person_id, found.platform)
        return (request.privately(views.question(shown, confirm_id)), *welcome(request, session))

    outcome = "link_asked" if isinstance(expected, LinkCode) else "link_refused"
    return Outcome(request.handled(outcome), person_id, store)


def answer(request: Request) -> Outcome:
    """Join whoever typed a code and whom it was shown to, or use the code up, as the one who typed it says."""
    person_id, confirm_id, is_join = request.person.id, request.incoming.value, request.incoming.action == "link_join"
    expected: LinkCode | Refused | Apart
    with request.app.database.session() as session:
        expected = find_asked(session, confirm_id, person_id, request.now)
        if is_join and isinstance(expected, LinkCode):
            expected = why_apart(session, person_id, expected.person_id) or expected
    if not isinstance(expected, LinkCode):
        return request.said("link_refused", request.privately(views.refusal(expected, request.incoming.platform)))
    code_id = expected.id

    def store(session: Session) -> Sequence[Outgoing]:
        found = take_asked(session, confirm_id, person_id, request.now)
        if not isinstance(found, LinkCode) or found.id != code_id:
            raise _changed()
        if is_join:
            return _join(request, session, found)
        session.delete(found)
        return (request.in_place(lines.line(views.NOT_JOINED)),)

    if is_join:
        return Outcome(request.handled("linked"), min(person_id, expected.person_id), store)
    return Outcome(request.handled("link_refused"), person_id, store)


def take_back(request: Request) -> Outcome:
    """Make two people again of those who became one, for either of them."""
    with request.app.database.session() as session:
        expected = find_merge(session, request.incoming.value, request.person.id, request.now)
    if isinstance(expected, NotUndone):
        return request.said("link_refused", request.privately(lines.line(views.NOT_UNDONE[expected])))

    def store(session: Session) -> Sequence[Outgoing]:
        merge = session.get_one(PersonMerge, expected.id)
        try:
            undone = undo(session, METADATA, merge, request.now)
        except OperationalError:
            raise _changed() from None
        if isinstance(undone, NotUndone):
            raise _changed()
        return _tell_apart(request, session, undone)

    return Outcome(request.handled("unlinked"), request.person.id, store)


def _join(request: Request, session: Session, code: LinkCode) -> Sequence[Outgoing]:
    typing_id, showing_id, shown_on = request.person.id, code.person_id, code.platform
    typed = _called(session, typing_id, request.incoming.platform)
    shown = _called(session, showing_id, shown_on)
    address = _address(session, showing_id, shown_on)
    use_up(session, typing_id, showing_id)
    try:
        merge = join(session, METADATA, typing_id, showing_id, new_id(), request.now)
    except OperationalError:
        raise _changed() from None
    if not isinstance(merge, PersonMerge):
        raise _changed()
    as_one = replace(request, person=session.get_one(Person, merge.person_id))
    outgoing = [as_one.in_place(views.joined(shown, typed, merge.public_id))]
    if address is not None:
        message = views.joined(shown, typed, merge.public_id, is_showing=True)
        outgoing.append(_to(address, f"linked:{merge.public_id}", message, merge.person_id))
    return outgoing


def _tell_apart(request: Request, session: Session, merge: PersonMerge) -> Sequence[Outgoing]:
    _give_addresses_to_accounts(session, merge.person_id)
    message = views.undone(_called(session, merge.person_id), _called(session, merge.vanished_id))
    own = person_with_account(session, request.incoming.platform, request.incoming.user_id)
    pressing_id = own.id if own is not None else request.person.id
    outgoing = [replace(request.privately(message), person_id=pressing_id)]
    for person_id in {merge.person_id, merge.vanished_id} - {pressing_id}:
        address = _address(session, person_id)
        if address is not None:
            outgoing.append(_to(address, f"unlinked:{merge.public_id}", message, person_id))
    return outgoing


def _give_addresses_to_accounts(session: Session, person_id: int) -> None:
    """Hand over addresses noted since the joining: where an account is written to belongs to whose account it is."""
    for direct in session.scalars(select(DirectAddress).where(DirectAddress.person_id == person_id)).all():
        user_id = ADDRESS.validate_python(direct.address).only_for
        owner = person_with_account(session, direct.platform, user_id) if user_id is not None else None
        if owner is None or owner.id == person_id:
            continue
        if _address(session, owner.id, direct.platform) is None:
            direct.person_id = owner.id
        else:
            session.delete(direct)
    session.flush()


def _to(address: Address, key: str, message: Message, person_id: int) -> Outgoing:
    return Outgoing(key, address, message, person_id=person_id)


def _address(session: Session, person_id: int, platform: str | None = None) -> Address | None:
    """Return where somebody last wrote to Coach directly, on one platform or on any."""
    seen = select(DirectAddress).where(DirectAddress.person_id == person_id)
    if platform is not None:
        seen = seen.where(DirectAddress.platform == platform)
    direct = session.scalars(seen.order_by(DirectAddress.seen_at.desc())).first()
    return ADDRESS.validate_python(direct.address) if direct is not None else None


def _called(session: Session, person_id: int, platform: str | None = None) -> str:
    """Return how somebody is called, on one platform or on all of theirs."""
    name = session.get_one(Person, person_id).name
    return views.called(name, {platform} if platform is not None else _platforms(session, person_id))


def _platforms(session: Session, person_id: int) -> set[str]:
    return set(session.scalars(select(PlatformIdentity.platform).where(PlatformIdentity.person_id == person_id)))


def _id(found: object) -> int | None:
    return found.id if isinstance(found, LinkCode) else None


def _changed() -> NotSent:
    """Return what has this handled again in a moment: somebody else works on the same people or codes."""
    return NotSent("people_in_use", AGAIN_AFTER_SECONDS)


def _draw() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
