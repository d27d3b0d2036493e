"""Owns the threads that handle what came in and send what goes out, and how they stop."""

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError

from bot import queue
from bot.database import Database
from bot.logs import log_bug
from bot.messages import Disconnected, NotSent, Platform
from bot.outcome import Rooms
from bot.queue import Fenced, InboxClaim
from bot.sender import Jitter, OnPoint, Sender, pass_by, without_jitter

POLL_SECONDS = 0.5
FAILURE_PAUSE_SECONDS = 2.0
DRAIN_STEP_SECONDS = 0.01

log = structlog.get_logger()


class Workers:
    """Handles and sends, with any number of other processes doing the same on one database.

    `now` is read at every step. `on_point` is called with a name at each step between which a process can die.
    """

    def __init__(
        self,
        database: Database,
        platforms: Mapping[str, Platform],
        rooms: Rooms,
        now: Callable[[], datetime],
        handlers: int = 2,
        senders: int = 2,
        on_point: OnPoint = pass_by,
        jitter: Jitter = without_jitter,
    ) -> None:
        self._database = database
        self._rooms = rooms
        self._now = now
        self._on_point = on_point
        self._sender = Sender(database, platforms, rooms, now, on_point, jitter)
        self._counts = (handlers, senders)
        self._to_handle, self._to_send = _Bell(), _Bell()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._in_hand: set[InboxClaim] = set()
        self._is_database_away = False

    def start(self) -> None:
        """Begin handling and sending in threads of their own."""
        handlers, senders = self._counts
        jobs = [(self._handle_one, self._to_handle)] * handlers + [(self._sender.send_one, self._to_send)] * senders
        for number, job in enumerate(jobs, start=1):
            thread = threading.Thread(target=self._loop, args=job, name=f"coach-worker-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Look for work now rather than at the next poll."""
        self._to_handle.ring()
        self._to_send.ring()

    def stop(self, within_seconds: float = 10) -> bool:
        """Claim nothing more and wait for what is being done; False when something had to be left.

        What is left in handling goes back for another process; what is left in sending is looked for after its lease.
        """
        self._stopping.set()
        self.wake()
        deadline = time.monotonic() + within_seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        left = sum(thread.is_alive() for thread in self._threads)
        if left:
            log.warning("workers_left_behind", threads=left)
        for claim in tuple(self._in_hand):
            self._release(claim)
        return left == 0

    def run_once(self) -> bool:
        """Handle one thing or send one message; False when there is nothing to do now."""
        return self._handle_one() or self._sender.send_one()

    def drain(self, within_seconds: float = 10) -> bool:
        """Work, or wait for the threads, until nothing is left to do; False when something still waits."""
        deadline = time.monotonic() + within_seconds
        while not (is_idle := self._is_idle()) and time.monotonic() < deadline:
            if self._threads:
                self.wake()
                time.sleep(DRAIN_STEP_SECONDS)
            elif not self.run_once():
                return self._is_idle()
        return is_idle

    def _is_idle(self) -> bool:
        with self._database.session() as session:
            return not (queue.has_incoming(session) or queue.has_outgoing(session))

    def _loop(self, step: Callable[[], bool], bell: "_Bell") -> None:
        while not self._stopping.is_set():
            heard = bell.count
            try:
                if not step():
                    bell.wait(heard, POLL_SECONDS)
                self._is_database_away = False
            except (OperationalError, InterfaceError) as error:
                if not self._is_database_away:
                    log.error("database_away", error=type(error.orig).__name__)
                self._is_database_away = True
                self._stopping.wait(FAILURE_PAUSE_SECONDS)
            except Exception as error:
                log_bug("worker_failed", error, secrets.token_hex(4))
                self._stopping.wait(FAILURE_PAUSE_SECONDS)

    def _handle_one(self) -> bool:
        # Reading first keeps idle workers off the one write lock of SQLite.
        with self._database.session() as session:
            if not queue.has_due(session, self._now()):
                return False
        with self._database.transaction() as session:
            claim = queue.claim_inbox(session, self._now())
            if claim:
                self._on_point("claiming")
        if claim is None:
            return False
        self._on_point("claimed")
        self._in_hand.add(claim)
        try:
            self._handle(claim)
        except Fenced:
            log.warning("lease_lost", inbox_id=claim.id)
        finally:
            self._in_hand.discard(claim)
        self._to_send.ring()
        return True

    def _handle(self, claim: InboxClaim) -> None:
        reference = secrets.token_hex(4)
        if claim.is_poison:
            log.error("handling_kills", inbox_id=claim.id, reference=reference)
            self._fail(claim, "process_died", reference)
            return
        try:
            try:
                self._handle_and_finish(claim)
            except IntegrityError:
                # Another worker answered the same message first: handled again, this one sees that.
                self._handle_and_finish(claim)
        except Fenced:
            raise
        except (NotSent, Disconnected) as fault:
            self._put_off(claim, fault)
        except Exception as error:
            log_bug("handling_failed", error, reference)
            self._fail(claim, type(error).__name__, reference)

    def _handle_and_finish(self, claim: InboxClaim) -> None:
        outcome = self._rooms.handle(claim.incoming, claim.key, self._now())
        self._on_point("handled")
        with self._database.transaction() as session:
            queue.finish(session, claim, outcome, self._now())
            self._on_point("finishing")
        self._on_point("finished")

    def _put_off(self, claim: InboxClaim, fault: NotSent | Disconnected) -> None:
        log.warning("handling_put_off", inbox_id=claim.id, code=fault.code)
        after_seconds = fault.after_seconds if isinstance(fault, NotSent) else None
        with self._database.transaction() as session:
            queue.put_off(session, claim, fault.code, after_seconds, self._now())

    def _fail(self, claim: InboxClaim, code: str, reference: str) -> None:
        with self._database.transaction() as session:
            now = self._now()
            if queue.fail(session, claim, code, now):
                for outgoing in self._rooms.apology(claim.incoming, claim.key, reference):
                    queue.put(session, outgoing, now)

    def _release(self, claim: InboxClaim) -> None:
        try:
            with self._database.transaction() as session:
                queue.release(session, claim, self._now())
        except Fenced:
            log.warning("lease_lost", inbox_id=claim.id)


class _Bell:
    """Wakes whoever waits for work; a ring while nobody waits is heard by the next."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def ring(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.count != heard, seconds)
