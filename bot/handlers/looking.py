"""Owns what every screen of progress in chat does: find out who looks, show it to them alone, note whom they saw."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.handlers.request import Request
from bot.handles import Handles, handles_of
from bot.messages import Message
from bot.outcome import Outcome, Outgoing
from bot.viewing import viewer_of
from bot.views.lines import line
from bot.views.progress import Handle
from lessons.viewer import Viewer
from metrics.looks import What, note_looks
from metrics.people import Person, managed_by
from metrics.periods import USUAL_DAYS, Period, last_days

KEY_BYTES = 32


@dataclass(frozen=True)
class Sight:
    """Who looks: themselves, whom they may see besides, by name; `zone` is theirs, that of others is the company's.

    `manages` says that somebody reports to them.
    """

    viewer: Viewer
    person: Person
    others: tuple[Person, ...]
    manages: bool
    zone: str
    now: datetime

    @property
    def sees_more(self) -> bool:
        """Whether there is more to see than their own."""
        return bool(self.others) or self.viewer.sees_company

    def period(self, days: int | None) -> Period:
        """Return the last so many days, the usual ones where none are named."""
        return last_days(days or USUAL_DAYS, self.now)


def handles_in(session: Session) -> Handles:
    """Return what makes and reads what buttons carry."""
    return handles_of(session, lambda: secrets.token_hex(KEY_BYTES))


def sight_of(session: Session, request: Request) -> Sight:
    """Return who looks."""
    company = stored_company(session)
    viewer = viewer_of(session, request.asker, company)
    others = tuple(viewer.people(session))
    manages = bool(others) and bool(managed_by(session, request.asker))
    zone = request.person.time_zone or company.timezone
    return Sight(viewer, request.person, others, manages, zone, request.now)


def shown(
    request: Request,
    outcome: str,
    sight: Sight,
    make: Callable[[Handle], Message],
    seen: Iterable[int] = (),
    what: What = "person",
) -> Outcome:
    """Return the outcome that shows a message to who asked alone, and notes whom it names."""

    def store(session: Session) -> Sequence[Outgoing]:
        return (request.privately(make(handles_in(session).of)),)

    showing = Outcome(request.handled(outcome), request.person.id, store)
    return noting_looks(request, showing, seen, what, sight.viewer.zone)


def noting_looks(request: Request, outcome: Outcome, seen: Iterable[int], what: What, zone: str) -> Outcome:
    """Return an outcome that notes, too, that whoever asked saw these people; `zone` is the company's."""
    seen_ids = tuple(seen)

    def store(session: Session) -> Sequence[Outgoing]:
        note_looks(session, request.person.id, seen_ids, what, request.now, zone)
        return outcome.store(session)

    return replace(outcome, store=store)


def refused(request: Request, outcome: str, words: str) -> Outcome:
    """Return the outcome that says in a sentence what somebody can see instead."""
    return request.said(outcome, request.privately(line(words)))
