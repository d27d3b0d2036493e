"""Owns sending one message: what is checked before, the call of the platform, and what its answer means."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot import outbox, queue, rates
from bot.database import Database
from bot.logs import log_bug
from bot.messages import Disconnected, Failed, NotSent, Platform, Undeliverable, Unsure
from bot.outbox import OutboxClaim
from bot.outcome import Rooms
from bot.queue import Fenced

# The platform's clock may be behind ours.
LOOK_BACK = timedelta(seconds=60)
MOST_TRIES_IN_DOUBT = 20
RATE_LIMITED, INTERRUPTED = "ratelimited", "interrupted"

log = structlog.get_logger()

OnPoint = Callable[[str], None]


# Returns a share, 0-1, by which a pause is lengthened, so that many do not come back at once.
Jitter = Callable[[], float]


def without_jitter() -> float:
    """Lengthen no pause."""
    return 0.0


def pass_by(point: str) -> None:
    """Do nothing at a named step."""


class Sender:
    """Sends one message at a time; any number of threads may share it. Arguments as in Workers."""

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        rooms: Rooms,
        now: Callable[[], datetime],
        on_point: OnPoint = pass_by,
        jitter: Jitter = without_jitter,
    ) -> None:
        self._jitter = jitter
        self._database = database
        self._platforms = platforms
        self._rooms = rooms
        self._now = now
        self._on_point = on_point

    def send_one(self) -> bool:
        """Send the next message; False when there is none to send now."""
        with self._database.session() as session:
            if not outbox.has_due(session, self._now()):
                return False
        with self._database.transaction() as session:
            claim = outbox.claim_outbox(session, self._now(), platforms=self._platforms.keys())
            if claim:
                self._on_point("send_claiming")
        if claim is None:
            return False
        self._on_point("send_claimed")
        try:
            if claim.is_expired:
                self._expire(claim)
            else:
                self._send(claim, self._platforms[claim.platform])
        except Fenced:
            log.warning("lease_lost", outbox_id=claim.id)
        return True

    def _send(self, claim: OutboxClaim, platform: Platform) -> None:
        can_be_found = claim.can_be_found and platform.capabilities().can_read_back
        if claim.is_again and claim.operation == "post" and self._is_done_by_looking(claim, platform, can_be_found):
            return
        try:
            checked = self._last_check(claim, platform)
        except Fenced:
            raise
        except Exception as error:
            log_bug("last_check_failed", error, secrets.token_hex(4))
            self._set_back(claim, type(error).__name__, is_dead=claim.attempts >= queue.MAX_ATTEMPTS)
            return
        if checked is None:
            return
        self._on_point("calling")
        try:
            platform_id = _call(platform, checked)
        except NotSent as fault:
            self._back_off(claim, fault)
        except Unsure as fault:
            self._wonder(claim, fault, can_be_found)
        except Disconnected as fault:
            self._disconnect(claim, fault.code)
            self._set_back(claim, fault.code, is_dead=False)
        except Undeliverable as fault:
            self._set_back(claim, fault.code, is_dead=True)
        except Exception as error:
            # It may have been taken before the bug showed.
            log_bug("sending_failed", error, secrets.token_hex(4))
            self._doubt(claim, type(error).__name__, can_be_found)
        else:
            self._on_point("called")
            self._mark_sent(claim, platform_id)

    def _is_done_by_looking(self, claim: OutboxClaim, platform: Platform, can_be_found: bool) -> bool:
        """Look for what an earlier try may have posted; False when it is to be posted now."""
        if not can_be_found:
            if claim.is_nudge or claim.attempts > queue.MAX_ATTEMPTS:
                self._doubt(claim, INTERRUPTED, can_be_found)
                return True
            log.warning("sent_again", outbox_id=claim.id, attempts=claim.attempts)
            return False
        try:
            found = platform.find_sent(claim.address, claim.key, claim.created_at - LOOK_BACK)
        except (NotSent, Unsure) as fault:
            after_seconds = fault.after_seconds if isinstance(fault, NotSent) else None
            self._doubt(claim, fault.code, can_be_found, after_seconds)
        except Disconnected as fault:
            self._disconnect(claim, fault.code)
        except Undeliverable as fault:
            self._set_back(claim, fault.code, is_dead=True)
        except Exception as error:
            log_bug("looking_failed", error, secrets.token_hex(4))
            self._doubt(claim, type(error).__name__, can_be_found)
        else:
            if found is not None:
                self._mark_sent(claim, found)
            elif claim.attempts > MOST_TRIES_IN_DOUBT:
                self._set_back(claim, INTERRUPTED, is_dead=True)
            else:
                return False
        return True

    def _last_check(self, claim: OutboxClaim, platform: Platform) -> OutboxClaim | None:
        """Ask the rooms once more and cut the message into parts; return what to send now, None when nothing."""
        with self._database.transaction() as session:
            now = self._now()
            item = outbox.held(session, claim)
            if claim.operation == "delete":
                outbox.lay_out(session, claim, (), now)
                if claim.is_void:
                    outbox.drop(session, claim, now, self._rooms.settled)
                return None if claim.is_void else claim
            if claim.message is None:
                raise ValueError("there is nothing to post")
            message = self._rooms.recheck(session, item, claim.message, now)
            if message is None:
                outbox.drop(session, claim, now, self._rooms.settled)
                return None
            # A second part would replace the first on a page.
            parts = [message] if claim.address.surface == "home" else platform.split(message)
            outbox.lay_out(session, claim, parts, now)
            return replace(claim, message=parts[0])

    def _mark_sent(self, claim: OutboxClaim, platform_id: str | None) -> None:
        with self._database.transaction() as session:
            outbox.mark_sent(session, claim, platform_id, self._now(), self._rooms.settled)
            self._on_point("marking")
        self._on_point("marked")

    def _expire(self, claim: OutboxClaim) -> None:
        if claim.is_again:
            self._doubt(claim, queue.EXPIRED, can_be_found=False)
        else:
            self._set_back(claim, queue.EXPIRED, is_dead=True)

    def _set_back(self, claim: OutboxClaim, code: str, is_dead: bool) -> None:
        with self._database.transaction() as session:
            if is_dead:
                log.warning("undeliverable", outbox_id=claim.id, code=code)
                outbox.bury(session, claim, code, self._now(), self._rooms.settled)
            else:
                outbox.back_off(session, claim, code, None, self._now(), self._rooms.settled)

    def _back_off(self, claim: OutboxClaim, fault: NotSent) -> None:
        with self._database.transaction() as session:
            now = self._now()
            settled, jitter = self._rooms.settled, self._jitter()
            seconds = outbox.back_off(session, claim, fault.code, fault.after_seconds, now, settled, jitter)
            if fault.after_seconds is not None or fault.code == RATE_LIMITED:
                meant, *_ = rates.buckets_of(claim.platform, claim.operation, claim.address)
                rates.block(session, meant, now, seconds)

    def _wonder(self, claim: OutboxClaim, fault: Unsure, can_be_found: bool) -> None:
        """Try again what the platform says it failed at, but for what must not come twice; doubt the rest."""
        if isinstance(fault, Failed) and not claim.is_nudge:
            self._back_off(claim, NotSent(fault.code))
        else:
            self._doubt(claim, fault.code, can_be_found)

    def _doubt(self, claim: OutboxClaim, code: str, can_be_found: bool, after_seconds: float | None = None) -> None:
        with self._database.transaction() as session:
            now, settled = self._now(), self._rooms.settled
            outbox.doubt(session, claim, code, can_be_found, after_seconds, now, settled, self._jitter())

    def _disconnect(self, claim: OutboxClaim, code: str) -> None:
        log.error("platform_disconnected", platform=claim.platform, code=code)
        with self._database.transaction() as session:
            queue.stop_sending(session, claim.platform, claim.address.workspace, code, self._now())


def _call(platform: Platform, claim: OutboxClaim) -> str | None:
    if claim.operation == "delete" and claim.target_id:
        platform.delete(claim.address, claim.target_id)
        return claim.target_id
    if claim.message is None:
        raise ValueError("there is nothing to post")
    if claim.operation == "update" and claim.target_id:
        platform.update(claim.address, claim.target_id, claim.message)
        return claim.target_id
    return platform.send(claim.address, claim.message, claim.key)
