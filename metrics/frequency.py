"""Owns how often people practise: on how many days of a period."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics.events.kinds import ItemAnswered
from metrics.events.record import EventRow
from metrics.periods import Period
from metrics.time_zones import local_time


def days_practised(session: Session, person_ids: Collection[int], period: Period, zone: str) -> dict[int, int]:
    """Return on how many days each of these people answered at least one item, by person id; 0 for who did not.

    A day is one on the clock of `zone`. One query. Source: item_answered events.
    """
    query = select(EventRow.person_id, EventRow.at).where(
        EventRow.kind == ItemAnswered.kind,
        EventRow.person_id.in_(person_ids),
        EventRow.at > period.since,
        EventRow.at <= period.until,
    )
    days: dict[int | None, set[date]] = defaultdict(set)
    for person_id, at in session.execute(query):
        days[person_id].add(local_time(at, zone).date())
    return {person_id: len(days[person_id]) for person_id in person_ids}
