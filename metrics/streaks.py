"""Owns Streak: how many days somebody practised when they were asked to, without shaming anybody for a day missed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered, LessonOffered, NudgeEnded
from metrics.events.record import EventRow
from metrics.time_zones import local_time

FREEZES = 2
LONGEST_DAYS = 120
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Streak:
    """`days` practised in a row; days nothing was offered neither count nor break it.

    `freezes_left` is how many more offered days may pass unused before it ends.
    """

    days: int = 0
    freezes_left: int = FREEZES


def streak(practised: Collection[date], offered: Collection[date], today: date) -> Streak:
    """Return the longest run of days up to today in which at most two offered days were left unused.

    Counted are the days practised, asked to or not. Each offered day left unused since the first of them takes one of
    two freezes, which do not grow back within a streak. Today takes none, for it is not over. Dates are those of the
    person's own clock; what lies ahead does not count. Source of the rule: ours, so that days off and a bad day end
    nothing.
    """
    done = {day for day in practised if day <= today}
    unused = sorted((day for day in offered if day < today and day not in done), reverse=True)
    began_after = unused[FREEZES] if len(unused) > FREEZES else date.min
    counted = [day for day in done if day > began_after]
    if not counted:
        return Streak()
    return Streak(len(counted), FREEZES - sum(day > min(counted) for day in unused))


def streak_of(session: Session, person_id: int, zone: str, now: datetime, slots: Collection[str]) -> Streak:
    """Return somebody's streak on the clock of a zone, from the events of the last 120 days there, today included.

    Practised is a day with an answer; offered is one with a lesson offered, whatever brought it, or with a nudge sent
    in one of `slots`, those of lessons.
    """
    today = local_time(now, zone).date()
    sent = and_(
        EventRow.kind == NudgeEnded.kind,
        EventRow.payload["state"].as_string() == "sent",
        EventRow.payload["slot"].as_string().in_(slots),
    )
    counted = or_(EventRow.kind.in_((ItemAnswered.kind, LessonOffered.kind)), sent)
    # The first of these days began at most a day sooner than so many times 24 hours ago, whatever the clock there did.
    since = now - timedelta(days=LONGEST_DAYS + 1)
    query = select(EventRow.kind, EventRow.at).where(
        EventRow.person_id == person_id, EventRow.at > since, EventRow.at <= now, counted
    )
    practised: set[date] = set()
    offered: set[date] = set()
    for kind, at in session.execute(query):
        day = local_time(at, zone).date()
        if day > today - LONGEST_DAYS * ONE_DAY:
            (practised if kind == ItemAnswered.kind else offered).add(day)
    return streak(practised, offered, today)
