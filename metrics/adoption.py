"""Owns adoption: who asks Coach, whether they trust its answers, and what becomes of its nudges."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from metrics.events.kinds import (
    AnswerRated,
    ItemAnswered,
    LessonOpened,
    LessonSnoozed,
    NudgeEnded,
    PreferenceChanged,
    QuestionAsked,
)
from metrics.events.record import EventRow
from metrics.people import Person
from metrics.periods import Period
from metrics.shares import Share
from metrics.tallies import Tally
from metrics.tallying import tallies
from metrics.weeks import weeks_within

HELPFUL = "helpful"
RETURNS_WITHIN = timedelta(days=14)
OPENED_WITHIN = timedelta(hours=24)
SENT = "sent"
# The slots of a nudge that brings a lesson, and what a person chooses who wants none for now.
LESSON_SLOTS = frozenset(
    ("sent", "tomorrow", "before_shift", "before_work", "after_work", "end_of_day", "at_time"),
)
MUTES = frozenset(("paused", "stopped"))
TAKEN_UP = (LessonOpened.kind, ItemAnswered.kind)
PUT_OFF = (LessonSnoozed.kind, PreferenceChanged.kind)


@dataclass(frozen=True)
class AskersInWeek:
    """How many of the people asked at least one question in the week from `starts_on`, a Monday."""

    starts_on: date
    askers: Share


@dataclass(frozen=True)
class NudgesSent:
    """Lessons that were `sent` unasked, and what their person did in the 24 hours after each, or until the next one.

    `opened`: began or went on with a lesson. `put_off`: snoozed it, or changed when lessons come. `ignored`: neither.
    `waiting`: the 24 hours were not over at the end of the period, and nothing was done. The four add up to `sent`.
    """

    sent: int = 0
    opened: int = 0
    put_off: int = 0
    ignored: int = 0
    waiting: int = 0

    @property
    def ignored_share(self) -> Share:
        """The ignored of those whose 24 hours are over or that were answered."""
        return Share(self.ignored, self.sent - self.waiting)


@dataclass(frozen=True)
class Adoption:
    """How some people use Coach in a period.

    `weeks` are the whole weeks in it, oldest first. `tally` holds their questions by ending, the repeated ones, and the
    rated answers. `returned` are those who asked again within 14 days, of who rated an answer other than helpful;
    `return_waiting` are people whose 14 days were not over at the end of the period, in neither number. `muted` are
    people who paused or stopped lessons at least once. Of so many people these figures are: `askers` asked, `raters`
    rated an answer, `nudged` were sent a lesson unasked.
    """

    period: Period
    people: int
    weeks: tuple[AskersInWeek, ...]
    tally: Tally
    returned: Share
    return_waiting: int
    nudges: NudgesSent
    muted: Share
    askers: int = 0
    raters: int = 0
    nudged: int = 0

    @property
    def helpful(self) -> Share:
        """Answers rated helpful, of all rated."""
        return Share(self.tally.helpful, self.tally.rated)

    @property
    def weekly_askers(self) -> float | None:
        """The mean over the whole weeks of the share 0-1 of people who asked; None without a whole week or people."""
        shares = [week.askers.value for week in self.weeks if week.askers.value is not None]
        return sum(shares) / len(shares) if shares else None


def adoption(session: Session, person_ids: Collection[int] | None, period: Period, zone: str) -> Adoption:
    """Return how these people use Coach; None for everybody active now.

    Weeks begin on Monday, midnight on the clock of `zone`. What happened after the period is not looked at.
    """
    if person_ids is None:
        person_ids = session.scalars(select(Person.id).where(Person.is_active)).all()
    people = set(person_ids)
    asked = _instants(session, people, (QuestionAsked.kind,), period)
    weeks = tuple(
        AskersInWeek(week.starts_on, Share(sum(_is_any_in(at, week.period) for at in asked.values()), len(people)))
        for week in weeks_within(period, zone)
    )
    returned, waiting = _returned(_distrusted(session, people, period), asked, period.until)
    by_person = {key.person_id: tally for key, tally in tallies(session, people, (period.since, period.until)).items()}
    nudges, nudged = _nudges(session, people, period)
    return Adoption(
        period=period,
        people=len(people),
        weeks=weeks,
        tally=sum(by_person.values(), Tally()),
        returned=returned,
        return_waiting=waiting,
        nudges=nudges,
        muted=Share(_muted(session, people, period), len(people)),
        askers=len(asked),
        raters=sum(tally.rated > 0 for tally in by_person.values()),
        nudged=nudged,
    )


def _instants(
    session: Session, people: Collection[int], kinds: Sequence[str], period: Period
) -> dict[int, list[datetime]]:
    query = select(EventRow.person_id, EventRow.at).where(
        EventRow.kind.in_(kinds),
        EventRow.person_id.in_(people),
        EventRow.at > period.since,
        EventRow.at <= period.until,
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for person_id, at in session.execute(query.order_by(EventRow.at)):
        if person_id is not None:
            found[person_id].append(at)
    return found


def _payloads(
    session: Session, people: Collection[int], kind: str, period: Period
) -> list[tuple[int, datetime, dict[str, object]]]:
    query = select(EventRow.person_id, EventRow.at, EventRow.payload).where(
        EventRow.kind == kind, EventRow.person_id.in_(people), EventRow.at > period.since, EventRow.at <= period.until
    )
    rows = session.execute(query.order_by(EventRow.at))
    return [(person_id, at, payload) for person_id, at, payload in rows if person_id is not None]


def _distrusted(session: Session, people: Collection[int], period: Period) -> dict[int, datetime]:
    """Return when each of these people first rated an answer other than helpful."""
    first: dict[int, datetime] = {}
    for person_id, at, payload in _payloads(session, people, AnswerRated.kind, period):
        if payload.get("rating", HELPFUL) != HELPFUL:
            first.setdefault(person_id, at)
    return first


def _returned(distrusted: dict[int, datetime], asked: dict[int, list[datetime]], until: datetime) -> tuple[Share, int]:
    # Who came back early counts no sooner than who stays away, or the share would start too high.
    judged = {person_id: at for person_id, at in distrusted.items() if at + RETURNS_WITHIN <= until}
    returned = sum(
        _is_any_in(asked.get(person_id, []), Period(at, at + RETURNS_WITHIN)) for person_id, at in judged.items()
    )
    return Share(returned, len(judged)), len(distrusted) - len(judged)


def _nudges(session: Session, people: Collection[int], period: Period) -> tuple[NudgesSent, int]:
    sent = defaultdict(list)
    for person_id, at, payload in _payloads(session, people, NudgeEnded.kind, period):
        if payload.get("slot") in LESSON_SLOTS and payload.get("state") == SENT:
            sent[person_id].append(at)
    taken_up = _instants(session, sent, TAKEN_UP, period)
    put_off = _instants(session, sent, PUT_OFF, period)
    counts = {"sent": 0, "opened": 0, "put_off": 0, "ignored": 0, "waiting": 0}
    for person_id, instants in sent.items():
        for at, following in zip(instants, [*instants[1:], None], strict=True):
            ends_at = at + OPENED_WITHIN if following is None else min(at + OPENED_WITHIN, following)
            its_day = Period(at, ends_at)
            counts["sent"] += 1
            if _is_any_in(taken_up.get(person_id, []), its_day):
                counts["opened"] += 1
            elif _is_any_in(put_off.get(person_id, []), its_day):
                counts["put_off"] += 1
            else:
                counts["ignored" if ends_at <= period.until else "waiting"] += 1
    return NudgesSent(**counts), len(sent)


def _muted(session: Session, people: Collection[int], period: Period) -> int:
    changes = _payloads(session, people, PreferenceChanged.kind, period)
    return len({person_id for person_id, _, payload in changes if payload.get("what") in MUTES})


def _is_any_in(instants: Sequence[datetime], period: Period) -> bool:
    """Say whether one of these instants, in order, lies in a period."""
    return bisect_right(instants, period.since) < bisect_right(instants, period.until)
