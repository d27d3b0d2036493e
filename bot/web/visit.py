"""Owns Visit and what comes of one: somebody signed in asks for an address, and a page or a file is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from metrics.people import Person


@dataclass(frozen=True)
class Visit:
    """Somebody signed in asks for a page at `now`; `root` is the address of all pages ("…/pages").

    `inside` are the parts of the address asked for, `asked` is its query.
    """

    session: Session
    person: Person
    now: datetime
    root: str = "/pages"
    inside: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)


# What is kept of a visit once its page is made, in a transaction of its own: who saw whom, what was taken away.
Afterwards = Callable[[Session], None]


@dataclass(frozen=True)
class Page:
    """A page: its template, what that is filled with, and what is kept of the visit."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    afterwards: Afterwards | None = None


@dataclass(frozen=True)
class Download:
    """A file to keep, and what is kept of the visit."""

    name: str
    content_type: str
    body: bytes
    afterwards: Afterwards | None = None


# None: nothing is there, or it is not theirs to see, which is answered alike.
Shown = Page | Download | None
PageMaker = Callable[[Visit], Shown]
