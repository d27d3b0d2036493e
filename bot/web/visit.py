"""Owns Visit and what comes of one: somebody signed in asks for an address, and a page or a file is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from metrics.people import Person


@dataclass(frozen=True)
class Visit:
    """Somebody signed in asks for a page at `now`; `inside` are the parts of its address, `asked` its query."""

    session: Session
    person: Person
    now: datetime
    inside: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """Whose progress a page shows to somebody else, and as what (a metrics.looks.Look)."""

    person_ids: tuple[int, ...] = ()
    what: str = "person"


@dataclass(frozen=True)
class Page:
    """A page: its template, what that is filled with, and whom it shows."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    seen: Seen = Seen()


@dataclass(frozen=True)
class Download:
    """A file to keep, and whom it shows."""

    name: str
    content_type: str
    body: bytes
    seen: Seen = Seen()


# None: nothing is there, or it is not theirs to see, which is answered alike.
Shown = Page | Download | None
PageMaker = Callable[[Visit], Shown]
