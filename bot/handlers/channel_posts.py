"""Offers a cohort its practice by one message in a channel, and opens a lesson for whoever presses Start there."""

import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.choosing import choose_for
from bot.handlers.manage import welcome
from bot.handlers.offers import offer
from bot.handlers.request import Request, new_id
from bot.messages import Address, Message
from bot.outcome import ANSWER, NUDGE, Outcome, Outgoing
from bot.queue import put
from bot.tables import Connection, OutboxItem
from bot.views import lines
from bot.views import nudges as views
from lessons.agendas import agenda_of, load_agendas
from lessons.cohort_posts import cohort_of_post, due_posts, find_post, finish_post, is_late, settle_post
from lessons.nudges import LATE, MISSED, QUEUED
from lessons.planning import NO_COHORT
from lessons.rules import Cohort, LessonRules
from lessons.runs import to_go_on_with
from lessons.tables import CohortPost
from metrics.people import Person

POST_KEY, START_KEY = "cohort:", "cohort_start:"
NOBODY, NOT_CONNECTED = "nobody_there", "not_connected"


def send_due(session: Session, now: datetime, rules: LessonRules, company_zone: str) -> int:
    """Queue the posts that are due and may still be sent; return how many were looked at."""
    found = due_posts(session, now)
    for post in found:
        cohort = cohort_of_post(post, rules)
        address = _channel_of(session, cohort)
        reason = _why_not(session, cohort, rules, company_zone, now) or (None if address else NOT_CONNECTED)
        if cohort is None or address is None or reason is not None:
            finish_post(session, post, MISSED, now, reason or NOT_CONNECTED)
            continue
        put(
            session,
            Outgoing(f"{POST_KEY}{post.id}", address, views.cohort_message(cohort, post.public_id), priority=NUDGE),
            now,
        )
        post.state = QUEUED
    session.flush()
    return len(found)


def recheck(session: Session, item: OutboxItem, message: Message, now: datetime) -> Message | None:
    """Return a queued post as it may be sent now, None when its time is over or nobody may be written to any more."""
    post = _post_of(session, item)
    if post is None or post.state != QUEUED:
        return None
    company = stored_company(session)
    rules = company.lesson_rules()
    reason = _why_not(session, cohort_of_post(post, rules), rules, company.timezone, now)
    post.reason = LATE if is_late(post, now) else reason
    return message if post.reason is None else None


def settled(session: Session, item: OutboxItem, now: datetime) -> None:
    """Note how sending a post ended; a row of anything else is passed over."""
    if (post := _post_of(session, item)) is not None:
        settle_post(session, post.id, item.state, now)


def press(request: Request) -> Outcome | None:
    """Open a lesson in the direct messages of whoever presses Start under a cohort's post; None for another button."""
    if request.incoming.action != views.START:
        return None
    with request.app.database.session() as session:
        post = find_post(session, request.incoming.value)
        company = stored_company(session)
        rules = company.lesson_rules()
        agenda = agenda_of(session, request.person, rules, company.timezone, request.now)
        cohort = agenda.cohort
        if post is None or cohort is None or cohort.name != post.cohort:
            return request.said("not_in_cohort", request.privately(lines.line(views.NOT_IN_COHORT)))
        choice = None
        if to_go_on_with(session, request.asker) is None:
            choice = choose_for(session, company, agenda, request.now)
            if choice is None:
                return request.said("no_lesson", request.privately(lines.line(views.NOTHING_TODAY)))

    def store(session: Session) -> Sequence[Outgoing]:
        incoming, person = request.incoming, session.get_one(Person, request.person.id)
        directly = Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)
        rng, key = random.SystemRandom(), f"{START_KEY}{request.key}"
        shown = offer(session, person, None, choice, directly, request.now, new_id, rng, "channel", key, ANSWER)
        words = views.COMES_DIRECTLY if shown else views.NOTHING_TODAY
        return (request.privately(lines.line(words)), *welcome(request, session), *shown)

    return Outcome(request.handled("lesson_given"), request.person.id, store)


def _why_not(
    session: Session, cohort: Cohort | None, rules: LessonRules, company_zone: str, now: datetime
) -> str | None:
    """Return why a cohort's channel may not be written to now, as a constant: when none of its members may be."""
    if cohort is None:
        return NO_COHORT
    people = session.scalars(select(Person).where(Person.is_active).order_by(Person.id)).all()
    members = [person for person in people if _cohort_of(person, rules) == cohort]
    bars = [agenda.bar_at(now, rules) for agenda in load_agendas(session, members, rules, company_zone, now)]
    return None if None in bars else next(iter(bars), NOBODY)


def _cohort_of(person: Person, rules: LessonRules) -> Cohort | None:
    return rules.cohort_of(person.email, person.roles, person.team, person.site)


def _channel_of(session: Session, cohort: Cohort | None) -> Address | None:
    if cohort is None or cohort.channel is None:
        return None
    platform, _, channel = cohort.channel.partition(":")
    connection = session.get(Connection, platform)
    if connection is None or connection.is_stopped:
        return None
    return Address(platform, connection.workspace, channel)


def _post_of(session: Session, item: OutboxItem) -> CohortPost | None:
    number = item.key.removeprefix(POST_KEY)
    return session.get(CohortPost, int(number)) if number != item.key and number.isdecimal() else None
