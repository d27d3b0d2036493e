"""Puts one lesson in front of a person: offers it, or takes up the one they left, and never leaves two in view."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Address, Block, Incoming, Message
from bot.outbox import UNSETTLED
from bot.outcome import ANSWER, NUDGE, Outgoing
from bot.tables import Connection, OutboxItem
from bot.views import run as views
from bot.views.confirming import applied_blocks
from lessons.confirmations import applied_due, ask_applied
from lessons.run import Course, compose
from lessons.runs import (
    OFFERED,
    OPEN,
    UNFINISHED,
    course_of,
    end_unfinished,
    hold,
    may_go_on,
    offer_run,
    progress_of,
    unfinished,
)
from lessons.sequence import Choice
from lessons.shelf import modules_for
from lessons.tables import LessonRun, Nudge
from metrics.events.kinds import LessonOffered
from metrics.events.record import record
from metrics.people import Person, PlatformIdentity, asker_for

# What was begun is gone on with; after these days another lesson may take its place.
TAKEN_UP_WITHIN = timedelta(days=3)
# Somebody asked for just this lesson, so it takes the place of any other at once.
ASKED_FOR = ("practice", "sent")
CLOSED = ":closed:"
NEVER_CAME = ("cancelled", "dead")


def offer(
    session: Session,
    person: Person,
    nudge: Nudge | None,
    choice: Choice | None,
    address: Address,
    now: datetime,
    new_id: Callable[[], str],
    rng: random.Random,
    origin: str,
    key: str,
    priority: int,
) -> Sequence[Outgoing]:
    """Return what puts a lesson in front of somebody, the first with `key`; nothing where there is none to offer.

    A lesson begun in the last TAKEN_UP_WITHIN is shown again as it stands, and so is any unfinished one without a
    choice; else the choice takes its place. The message it stood in is closed. `origin` as in LessonOffered.
    """
    hold(session, person.id)
    asker = asker_for(person)
    old = unfinished(session, person.id)
    if old is not None and _is_gone_on_with(old, choice, origin, now) and may_go_on(session, asker, old):
        course = course_of(old)
        closed = closing_of(session, old, views.moved(course), address, key, priority)
        # Should a nudge not be sent in the end, the lesson goes on where it stands, so its buttons stay good.
        old.token, old.message_key = old.token if priority == NUDGE else new_id(), key
        if old.state == OFFERED:
            _note(session, old, course, address.platform, origin, now)
        shown = views.step(course, progress_of(old), old.token)
        if old.state == OFFERED:
            shown = views.offer_card(course, old.token, _used_since(session, person, now, new_id))
        return (Outgoing(key, address, shown, priority=priority, person_id=person.id), *closed)
    new = compose(choice, modules_for(session, asker), person.roles, rng) if choice is not None else None
    if new is None:
        return ()
    closed = ()
    if old is not None:
        closed = closing_of(session, old, views.replaced(course_of(old)), address, key, priority)
        end_unfinished(session, old, address.platform, now)
    run = offer_run(session, person.id, new, new_id(), key, now, nudge.id if nudge is not None else None)
    _note(session, run, new, address.platform, origin, now)
    shown = views.offer_card(new, run.token, _used_since(session, person, now, new_id))
    return (Outgoing(key, address, shown, priority=priority, person_id=person.id), *closed)


def recheck(session: Session, item: OutboxItem, message: Message) -> Message | None:
    """Return what an outbox row says of a lesson while its person may take it, None when not; all else as it is."""
    if _stays_open(session, item):
        return None
    run = unfinished(session, item.person_id) if item.person_id is not None else None
    if run is None or run.message_key not in (item.key, item.after_key):
        return message
    person = session.get_one(Person, run.person_id)
    return message if person.is_active and may_go_on(session, asker_for(person), run) else None


def closing_of(
    session: Session, run: LessonRun, shown: Message, near: Address, key: str, priority: int = ANSWER
) -> Sequence[Outgoing]:
    """Return what puts `shown` in place of the message a run stands in; nothing where none was or will be sent.

    `near` is where its person is written to now, `key` names what brings this about and goes out first, `priority` is
    its.
    """
    standing = session.scalars(select(OutboxItem).where(OutboxItem.key == run.message_key)).one_or_none()
    if standing is None or (standing.state not in UNSETTLED and standing.platform_id is None):
        return ()
    place = _place(session, run.person_id, standing.platform, near)
    if place is None:
        return ()
    closed, whose = f"{key}{CLOSED}{run.id}", run.person_id
    return (Outgoing(closed, place, shown, "update", after_key=standing.key, priority=priority, person_id=whose),)


def stands_in(session: Session, run: LessonRun, incoming: Incoming) -> bool:
    """Say whether a press was in the message that a run stands in."""
    query = select(OutboxItem.platform_id).where(
        OutboxItem.key == run.message_key, OutboxItem.platform == incoming.platform
    )
    return incoming.message_id is not None and session.scalar(query) == incoming.message_id


def _stays_open(session: Session, item: OutboxItem) -> bool:
    """Say whether a row would close a message for one that never came, and let its lesson stand there again."""
    newer_key, is_closing, run_id = item.key.rpartition(CLOSED)
    run = session.get(LessonRun, int(run_id)) if is_closing else None
    if run is None or run.state not in UNFINISHED or run.message_key != newer_key:
        return False
    if session.scalar(select(OutboxItem.state).where(OutboxItem.key == newer_key)) not in NEVER_CAME:
        return False
    run.message_key = item.after_key
    return True


def _is_gone_on_with(run: LessonRun, choice: Choice | None, origin: str, now: datetime) -> bool:
    was_begun_lately = run.state == OPEN and now - run.changed_at <= TAKEN_UP_WITHIN
    return choice is None or (was_begun_lately and origin not in ASKED_FOR)


def _note(session: Session, run: LessonRun, course: Course, door: str, origin: str, now: datetime) -> None:
    version = run.module_version
    event = LessonOffered(door, run.skill, run.id, run.module, course.kind, origin, run.minutes, version)
    record(session, event, now, run.person_id)


def _used_since(session: Session, person: Person, now: datetime, new_id: Callable[[], str]) -> Sequence[Block]:
    """Return the question whether a lesson of a week ago was used, where it is time to ask."""
    done = applied_due(session, person.id, now)
    if done is None:
        return ()
    asked = ask_applied(session, done, new_id(), now)
    return applied_blocks(course_of(done).title, asked.public_id)


def _place(session: Session, person_id: int, platform: str, near: Address) -> Address | None:
    """Return the direct conversation with somebody on a platform, None where Coach knows no way there."""
    if platform == near.platform:
        return near
    workspace = session.scalar(select(Connection.workspace).where(Connection.platform == platform))
    user_id = session.scalar(
        select(PlatformIdentity.platform_user_id).where(
            PlatformIdentity.person_id == person_id, PlatformIdentity.platform == platform
        )
    )
    return Address(platform, workspace, only_for=user_id) if workspace and user_id else None
