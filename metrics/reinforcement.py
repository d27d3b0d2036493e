"""Owns manager reinforcement: how regularly managers support their people, and whether they take part themselves."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics.events.kinds import LessonCompleted, ManagerActed, NudgeEnded
from metrics.events.record import EventRow
from metrics.shares import Share
from metrics.weeks import last_weeks

WEEKS_COUNTED = 8
DIGEST, SENT = "digest", "sent"
CHECK_IN, RECOGNISED, ALONE, DIGEST_READ = "check_in", "recognised", "alone", "digest_read"


@dataclass(frozen=True)
class ManagerWeek:
    """What one manager did in the week from `starts_on`, a Monday; each number counts acts.

    `alone` are people of whom they said that they did a task without help for the first time, `lessons` those the
    manager completed.
    """

    starts_on: date
    check_ins: int = 0
    recognitions: int = 0
    alone: int = 0
    digests_sent: int = 0
    digests_read: int = 0
    lessons: int = 0

    @property
    def has_act(self) -> bool:
        """Whether they supported somebody; to read a digest or to learn is not enough."""
        return self.check_ins + self.recognitions + self.alone > 0


@dataclass(frozen=True)
class Reinforcement:
    """One manager in whole weeks, oldest first."""

    weeks: tuple[ManagerWeek, ...]

    @property
    def cadence(self) -> Share:
        """The weeks with at least one act, of all."""
        return Share(sum(week.has_act for week in self.weeks), len(self.weeks))

    @property
    def digests_read(self) -> Share:
        """The weeks in which they opened a digest, of those in which they were sent one."""
        sent = [week for week in self.weeks if week.digests_sent]
        return Share(sum(week.digests_read > 0 for week in sent), len(sent))

    @property
    def lessons(self) -> int:
        """Lessons they completed themselves."""
        return sum(week.lessons for week in self.weeks)


def reinforcement(
    session: Session, manager_ids: Collection[int], now: datetime, zone: str, weeks: int = WEEKS_COUNTED
) -> dict[int, Reinforcement]:
    """Return the last so many whole weeks of each manager, by person id; weeks of zeros for who did nothing.

    Weeks begin on Monday, midnight on the clock of `zone`. The events hold their own acts, never whom they supported.
    """
    spans = last_weeks(weeks, now, zone)
    counts: Counter[tuple[int, date, str]] = Counter()
    if spans:
        rows = select(EventRow.person_id, EventRow.at, EventRow.kind, EventRow.payload).where(
            EventRow.kind.in_((ManagerActed.kind, NudgeEnded.kind, LessonCompleted.kind)),
            EventRow.person_id.in_(manager_ids),
            EventRow.at > spans[0].period.since,
            EventRow.at <= spans[-1].period.until,
        )
        for person_id, at, kind, payload in session.execute(rows):
            monday = next(span.starts_on for span in spans if at <= span.period.until)
            counts[person_id, monday, _what(kind, payload)] += 1
    return {
        manager_id: Reinforcement(
            tuple(
                ManagerWeek(
                    span.starts_on,
                    check_ins=counts[manager_id, span.starts_on, CHECK_IN],
                    recognitions=counts[manager_id, span.starts_on, RECOGNISED],
                    alone=counts[manager_id, span.starts_on, ALONE],
                    digests_sent=counts[manager_id, span.starts_on, DIGEST],
                    digests_read=counts[manager_id, span.starts_on, DIGEST_READ],
                    lessons=counts[manager_id, span.starts_on, LessonCompleted.kind],
                )
                for span in spans
            )
        )
        for manager_id in manager_ids
    }


def cadence_of(managers: Iterable[Reinforcement]) -> Share:
    """Return the weeks with at least one act, of all weeks of all these managers."""
    shares = [manager.cadence for manager in managers]
    return Share(sum(share.part for share in shares), sum(share.whole for share in shares))


def _what(kind: str, payload: dict[str, object]) -> str:
    if kind == ManagerActed.kind:
        return str(payload.get("what", ""))
    if kind == NudgeEnded.kind:
        return DIGEST if payload.get("slot") == DIGEST and payload.get("state") == SENT else ""
    return kind
