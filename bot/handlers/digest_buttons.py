"""Takes what managers press in a digest: that they saw it, stopping it; and notes that it was opened."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handlers.digesting import Made, shown_digest
from bot.handlers.looking import noting_looks
from bot.handlers.request import Request
from bot.messages import Message
from bot.outcome import Outcome, Outgoing
from bot.tables import OutboxItem
from bot.viewing import viewer_of
from bot.views import managing as views
from bot.views.digest import named_ids
from bot.views.lines import line
from lessons import preferences
from lessons.digests import digest_of
from lessons.runs import hold
from lessons.supports import note_read
from lessons.tables import Nudge
from metrics.errors import Refusal
from metrics.events.kinds import PreferenceChanged
from metrics.reinforcement import DIGEST

NUDGE_KEY = "nudge:"
# Rows of the outbox are kept for 30 days.
MOST_DIGESTS = 5


def press(request: Request) -> Outcome | None:
    """Return what a press about the digest leads to; None for any other button."""
    found = PRESSES.get(request.incoming.action or "")
    return noting_read(request, found(request)) if found is not None else None


def noting_read(request: Request, outcome: Outcome) -> Outcome:
    """Return an outcome that notes, too, that the presser opened their digest, where it was pressed in that."""
    with request.app.database.session() as session:
        if digest_under(session, request) is None:
            return outcome
        zone = stored_company(session).timezone

    def store(session: Session) -> Sequence[Outgoing]:
        note_read(session, request.person.id, request.incoming.platform, request.now, zone)
        return outcome.store(session)

    return replace(outcome, store=store)


def digest_under(session: Session, request: Request) -> int | None:
    """Return the nudge whose digest a button of the presser's own was pressed in, None for any other message."""
    own = select(Nudge.id).where(Nudge.person_id == request.person.id, Nudge.slot == DIGEST)
    for nudge_id in session.scalars(own.order_by(Nudge.id.desc()).limit(MOST_DIGESTS)):
        key = f"{NUDGE_KEY}{nudge_id}"
        parts = or_(OutboxItem.key == key, OutboxItem.key.startswith(f"{key}#"))
        pressed_in = select(OutboxItem.id).where(
            parts,
            OutboxItem.platform == request.incoming.platform,
            OutboxItem.platform_id == request.incoming.message_id,
        )
        if session.scalar(pressed_in.limit(1)) is not None:
            return nudge_id
    return None


def digest_again(
    request: Request, session: Session, company: Company, said: str, checked_in_id: int | None = None
) -> Made | None:
    """Return the digest as it is now, with what was noted, and whom it names; None for who manages nobody any more."""
    try:
        digest = digest_of(session, viewer_of(session, request.asker, company), request.now)
    except Refusal:
        return None
    if checked_in_id is not None:
        digest = replace(digest, checked_in=digest.checked_in | {checked_in_id})
    return Made(shown_digest(session, digest, request.person, company, said), tuple(named_ids(digest)))


def in_place_of(request: Request, message: Message, digest_id: int | None) -> Outgoing:
    """Return `message` in place of the one pressed in; `digest_id` is its nudge where that is a digest, else None."""
    outgoing = request.in_place(message)
    if digest_id is None:
        return outgoing
    # A digest may have gone out in parts, which its row knows.
    return replace(outgoing, operation="update", target_id=None, after_key=f"{NUDGE_KEY}{digest_id}")


def _seen(request: Request) -> Outcome:
    with request.app.database.session() as session:
        digest_id = digest_under(session, request)
        company = stored_company(session)
        again = digest_again(request, session, company, "Seen.") if digest_id is not None else None
    if again is None:
        return request.said("digest_seen", request.privately(line(views.NOT_YOUR_DIGEST)))
    seen = request.said("digest_seen", in_place_of(request, again.message, digest_id))
    return noting_looks(request, seen, again.named, "digest", company.timezone)


def _stop(request: Request) -> Outcome:
    value = request.incoming.value or ""
    return _chosen(request, "digest_stopped", preferences.stop_digest, views.stopped_message(value))


def _start(request: Request) -> Outcome:
    return _chosen(request, "digest_started", preferences.start_digest, line(views.STARTED))


def _chosen(request: Request, what: str, change: Callable[[Session, int, datetime], None], message: Message) -> Outcome:
    def store(session: Session) -> Sequence[Outgoing]:
        hold(session, request.person.id)
        change(session, request.person.id, request.now)
        # The digest itself stays to be read.
        return (request.privately(message),)

    return Outcome(PreferenceChanged(request.incoming.platform, what), request.person.id, store)


PRESSES: dict[str, Callable[[Request], Outcome]] = {
    "digest_seen": _seen,
    "digest_stop": _stop,
    "digest_start": _start,
}
