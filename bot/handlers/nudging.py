"""Sends planned practice that is due, once everything was checked again, and notes how sending it ended."""

import random
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, String, cast, literal, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handlers import channel_posts, confirming, digesting, timing
from bot.handlers.choosing import choose_for, fits_the_week
from bot.handlers.direct import direct_address
from bot.handlers.offers import offer
from bot.handlers.offers import recheck as recheck_lesson
from bot.handlers.request import Request
from bot.logs import log_bug
from bot.messages import Address, Message
from bot.outcome import NUDGE, Outcome, Outgoing
from bot.queue import put
from bot.tables import DirectAddress, OutboxItem
from bot.views import nudges as views
from lessons import ignored, notices, planning
from lessons.agendas import Agenda, agenda_of, load_agendas
from lessons.cohort_posts import settle_post
from lessons.nudges import (
    ANOTHER_TODAY,
    LATE,
    LATER,
    LESSONS,
    MISSED,
    QUEUED,
    REMINDER,
    SCHEDULED,
    SENT,
    SENT_BY_MANAGER,
    TO_MANAGERS,
    TOMORROW,
    UNKNOWN,
    due,
    finish,
    had_one_this_week,
    has_room,
    is_late,
    miss_late,
    put_back,
    settle,
)
from lessons.runs import OFFERED, OPEN, unfinished
from lessons.schedule import DO_NOT_DISTURB, STOPPED
from lessons.sequence import CHOICE
from lessons.tables import CohortPost, Nudge
from metrics.people import Person

KEY = "nudge:"
AT_ONCE = 10
# What need not come at one moment waits while it may not be sent.
WAIT = timedelta(minutes=30)
PRACTISES_FOR = timedelta(minutes=15)
ORIGINS = {REMINDER: "reminder", LATER: "asked", TOMORROW: "asked", SENT_BY_MANAGER: "sent"}
# Nobody asked for these: Coach itself noticed that something waits.
UNASKED_NOTICES = (notices.ACKNOWLEDGE, notices.CONFIRM)
NO_ADDRESS, PRACTISING, NOT_THEIRS, WEEKLY_CAP, NOTHING, FAILED = (
    "no_address",
    "practising",
    "not_theirs",
    "weekly_cap",
    "nothing_to_practise",
    "failed",
)
DIGEST_STOPPED = "digest_stopped"
# No waiting changes these.
ENDING = (planning.LEFT, planning.NO_COHORT, STOPPED, DIGEST_STOPPED, NO_ADDRESS, NOTHING, FAILED)


def clear_up(session: Session, now: datetime) -> None:
    """End what is too late to send, and what is not on its way any more though nobody noted how that ended."""
    miss_late(session, now)
    for nudge_id, state in session.execute(_left_alone(Nudge, KEY)).all():
        settle(session, nudge_id, state or UNKNOWN, now)
    for post_id, state in session.execute(_left_alone(CohortPost, channel_posts.POST_KEY)).all():
        settle_post(session, post_id, state or UNKNOWN, now)


def send_due(
    session: Session,
    now: datetime,
    new_id: Callable[[], str],
    rng: random.Random,
    undisturbed: Collection[int] = (),
) -> int:
    """Queue what is due and may still be sent, a few at a time; return how many were looked at, 0 when none is due.

    `undisturbed` are the ids of people whose devices are set to do not disturb.
    """
    company = stored_company(session)
    rules = company.lesson_rules()
    found = due(session, now, AT_ONCE)
    theirs = select(Person).where(Person.id.in_({nudge.person_id for nudge in found})).order_by(Person.id)
    people = session.scalars(theirs.with_for_update()).all()
    agendas = {agenda.person.id: agenda for agenda in load_agendas(session, people, rules, company.timezone, now)}
    for nudge in found:
        agenda = agendas[nudge.person_id]
        try:
            with session.begin_nested():
                reason = _why_not(session, nudge, agenda, company, now, nudge.person_id in undisturbed) or _queue(
                    session, nudge, agenda, company, now, new_id, rng
                )
        except OperationalError:
            raise
        except Exception as error:
            # One person's nudge must not keep everybody else's from going out.
            log_bug("nudge_failed", error, f"{KEY}{nudge.id}")
            reason = FAILED
        if reason is not None:
            _pass_over(session, nudge, reason, now)
        session.flush()
    return len(found) + channel_posts.send_due(session, now, rules, company.timezone)


def recheck(session: Session, item: OutboxItem, message: Message, now: datetime) -> Message | None:
    """Return a queued nudge or post as it may be sent now, None when its time is over or it may not be sent any more.

    A row of anything else is passed over.
    """
    if item.key.startswith(channel_posts.POST_KEY):
        return channel_posts.recheck(session, item, message, now)
    if not item.key.removeprefix(KEY).isdecimal():
        return message
    nudge = _nudge_of(session, item)
    if nudge is None or nudge.state != QUEUED:
        return None
    company = stored_company(session)
    nudge.reason = _why_no_more(session, nudge, item, message, company, now)
    if nudge.reason is not None or nudge.slot not in digesting.SLOTS:
        return message if nudge.reason is None else None
    fresh = digesting.made_again(session, nudge, company, now)
    if fresh is None:
        nudge.reason = NOTHING
        return None
    return views.introducing(fresh, company.name) if _is_first_word(session, nudge) else fresh


def settled(session: Session, item: OutboxItem, now: datetime) -> None:
    """Note how sending a nudge or a cohort's post ended; a row of anything else is passed over."""
    if (nudge := _nudge_of(session, item)) is not None:
        settle(session, nudge.id, item.state, now)
    channel_posts.settled(session, item, now)


def press(request: Request) -> Outcome | None:
    """Return what a press under a nudge leads to, other than one in its lesson; None for one of something else."""
    if request.incoming.action == views.DAILY:
        return timing.start(request)
    return channel_posts.press(request)


def _why_no_more(
    session: Session, nudge: Nudge, item: OutboxItem, message: Message, company: Company, now: datetime
) -> str | None:
    """Return why a queued nudge may not be sent any more, as a constant; None when it may."""
    rules = company.lesson_rules()
    agenda = agenda_of(session, session.get_one(Person, nudge.person_id), rules, company.timezone, now)
    if is_late(nudge, now):
        return LATE
    if reason := _closed_to(nudge, agenda, company) or _heard_by(nudge, agenda).bar_at(now, rules):
        return reason
    return None if recheck_lesson(session, item, message) is not None else NOT_THEIRS


def _why_not(
    session: Session, nudge: Nudge, agenda: Agenda, company: Company, now: datetime, is_undisturbed: bool
) -> str | None:
    """Return why a due nudge may not be sent now, as a constant; None when it may."""
    person_id, rules = agenda.person.id, company.lesson_rules()
    if reason := _closed_to(nudge, agenda, company) or _heard_by(nudge, agenda).bar_at(now, rules, is_undisturbed):
        return reason
    if not has_room(session, nudge, now, agenda.zone):
        return ANOTHER_TODAY
    run = unfinished(session, person_id)
    if run is not None and run.state == OPEN and now - run.changed_at < PRACTISES_FOR:
        return PRACTISING
    if nudge.slot in (REMINDER, LATER) and (run is None or (run.state != OFFERED and nudge.slot == REMINDER)):
        return NOTHING
    if nudge.slot in SCHEDULED:
        is_weekly = ignored.slow_down(session, person_id, now) or agenda.timing.is_weekly
        return planning.WEEKLY if is_weekly and had_one_this_week(session, nudge) else None
    return None


def _closed_to(nudge: Nudge, agenda: Agenda, company: Company) -> str | None:
    """Return why somebody is not to be sent what is planned for them, whatever the hour."""
    if not agenda.person.is_active:
        return planning.LEFT
    if nudge.slot in (*UNASKED_NOTICES, *TO_MANAGERS) and company.lessons is None:
        return planning.NO_COHORT
    if nudge.slot in TO_MANAGERS and agenda.timing.is_digest_stopped:
        return DIGEST_STOPPED
    if nudge.slot in SCHEDULED and agenda.cohort is None:
        return planning.NO_COHORT
    if nudge.slot in SCHEDULED and agenda.cohort is not None and agenda.cohort.channel is not None:
        return planning.IN_CHANNEL
    return None


def _heard_by(nudge: Nudge, agenda: Agenda) -> Agenda:
    """Return when somebody may hear of it: what managers are told of their people is no lesson of theirs."""
    return agenda.beside_lessons if nudge.slot in TO_MANAGERS else agenda


def _queue(
    session: Session,
    nudge: Nudge,
    agenda: Agenda,
    company: Company,
    now: datetime,
    new_id: Callable[[], str],
    rng: random.Random,
) -> str | None:
    """Put a nudge into the outbox; return why there is nothing to send instead."""
    person, key = agenda.person, f"{KEY}{nudge.id}"
    address = direct_address(session, person.id)
    if address is None:
        return NO_ADDRESS
    choice = None
    if nudge.slot in (*confirming.SLOTS, *digesting.SLOTS):
        outgoing = _notice(session, nudge, company, address, key, now, new_id)
    else:
        is_unfinished = unfinished(session, person.id) is not None
        is_open_choice = nudge.slot in SCHEDULED or (nudge.slot == TOMORROW and not is_unfinished)
        if is_open_choice:
            choice = choose_for(session, company, agenda, now)
        elif nudge.slot == SENT_BY_MANAGER:
            choice = CHOICE.validate_python(nudge.content)
            if not fits_the_week(session, company, agenda, choice, now):
                return WEEKLY_CAP
        if choice is None and is_open_choice:
            reason = WEEKLY_CAP if choose_for(session, company, agenda, now, is_capped=False) else NOTHING
            if reason == WEEKLY_CAP or not is_unfinished:
                return reason
        origin = ORIGINS.get(nudge.slot, "nudge")
        offered = offer(session, person, nudge, choice, address, now, new_id, rng, origin, key, NUDGE)
        outgoing = _saying_why(session, nudge, offered, new_id)
    if not outgoing:
        return NOTHING
    if _is_first_word(session, nudge):
        outgoing = views.introduced(outgoing, company.name)
    for each in outgoing:
        put(session, each, now)
    nudge.state, nudge.reason = QUEUED, None
    if choice is not None:
        nudge.content = CHOICE.dump_python(choice, mode="json")
    return None


def _is_first_word(session: Session, nudge: Nudge) -> bool:
    """Say whether neither has ever written to the other."""
    wrote = select(DirectAddress.id).where(DirectAddress.person_id == nudge.person_id)
    theirs = (Nudge.person_id == nudge.person_id, Nudge.id != nudge.id, Nudge.state.in_((QUEUED, SENT, UNKNOWN)))
    return session.scalar(wrote.limit(1)) is None and session.scalar(select(Nudge.id).where(*theirs).limit(1)) is None


def _pass_over(session: Session, nudge: Nudge, reason: str, now: datetime) -> None:
    """Let what can wait come later, drop what there is nothing to remind of, and end the rest as missed."""
    if reason == DO_NOT_DISTURB:
        put_back(nudge, reason, now)
        return
    is_patient = nudge.slot not in SCHEDULED and nudge.slot != REMINDER
    if nudge.slot in (REMINDER, LATER) and reason == NOTHING:
        session.delete(nudge)
    elif is_patient and reason not in ENDING:
        nudge.due_at, nudge.reason = now + WAIT, reason if reason == WEEKLY_CAP else None
    else:
        finish(session, nudge, MISSED, now, reason)


def _notice(
    session: Session,
    nudge: Nudge,
    company: Company,
    address: Address,
    key: str,
    now: datetime,
    new_id: Callable[[], str],
) -> Sequence[Outgoing]:
    if nudge.slot in digesting.SLOTS:
        made = digesting.made_for(session, nudge, company, now)
        message = made.message if made is not None else None
        if made is not None and nudge.slot in TO_MANAGERS:
            nudge.content = {"told": list(made.told)}
    else:
        message = confirming.message_for(session, nudge, now, new_id)
    if message is None:
        return ()
    return (Outgoing(key, address, message, priority=NUDGE, person_id=nudge.person_id),)


def _saying_why(
    session: Session, nudge: Nudge, outgoing: Sequence[Outgoing], new_id: Callable[[], str]
) -> Sequence[Outgoing]:
    """Return a lesson with why it comes weekly, where it is the first that does so after three were ignored."""
    if not outgoing or nudge.slot not in LESSONS or not ignored.is_to_be_told(session, nudge.person_id):
        return outgoing
    return views.saying_why_weekly(outgoing, new_id())


def _nudge_of(session: Session, item: OutboxItem) -> Nudge | None:
    number = item.key.removeprefix(KEY)
    return session.get(Nudge, int(number)) if number != item.key and number.isdecimal() else None


def _left_alone(table: type[Nudge] | type[CohortPost], prefix: str) -> Select[int, str | None]:
    """Return the query for what is queued while its outbox row is settled or gone: its id, and how that row ended."""
    key = literal(prefix) + cast(table.id, String)
    is_over = or_(OutboxItem.id.is_(None), OutboxItem.finished_at.is_not(None))
    joined = select(table.id, OutboxItem.state).outerjoin(OutboxItem, OutboxItem.key == key)
    return joined.where(table.state == QUEUED, is_over)
