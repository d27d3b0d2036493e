"""Owns Desk: what every page needs of a visit, from who looks and what they may see to the addresses it links to."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import get_args

from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handles import Handles, handles_of
from bot.viewing import viewer_of
from bot.views.figures import LEARNING_ONLY
from bot.views.page import Choice, PageView
from bot.views.page_links import PERIODS, USUAL_PERIOD, PageLinks
from bot.web.visit import Page, Visit
from coach.gaps import owned_files
from lessons.viewer import Viewer
from metrics.groups import By
from metrics.looks import What, note_looks
from metrics.people import Person, asker_for
from metrics.periods import DAYS_BY_NAME, Period, last_days


@dataclass(frozen=True)
class Desk:
    """`others` are whose progress they may see besides their own; `owns_sops` says that some SOP is theirs."""

    visit: Visit
    viewer: Viewer
    company: Company
    handles: Handles
    links: PageLinks
    period: Period
    others: tuple[Person, ...]
    owns_sops: bool

    @property
    def session(self) -> Session:
        """The reading session of the visit."""
        return self.visit.session

    @property
    def own_zone(self) -> str:
        """The time zone of who looks, the company's where they have none of their own."""
        return self.visit.person.time_zone or self.viewer.zone

    @property
    def by(self) -> By | None:
        """What groups are divided by, as asked; None where nothing, or nothing known, was asked."""
        asked = self.visit.asked.get("by")
        return next((by for by in get_args(By) if by == asked), None)

    def found(self, kind: str, among: Iterable[str]) -> str | None:
        """Return which of `among` the handle in the address stands for; None for none of them."""
        return self.handles.find(kind, self.visit.inside.get("handle", ""), among)

    def person(self) -> Person | None:
        """Return whom the handle in the address stands for, if their progress may be seen."""
        people = [self.visit.person, *self.others]
        by_id = {str(person.id): person for person in people}
        return by_id.get(self.found("person", by_id) or "")

    def noted(self, person_ids: Iterable[int], what: What) -> Callable[[Session], None]:
        """Return what notes that the visitor saw these people."""
        ids, visit, zone = frozenset(person_ids), self.visit, self.viewer.zone
        return lambda session: note_looks(session, visit.person.id, ids, what, visit.now, zone)

    def page(self, view: PageView, place: str, person_ids: Iterable[int] = (), what: What = "person") -> Page:
        """Return a page that stands under `place` in the row of pages, and shows these people."""
        values = {
            "view": view,
            "places": self._places(place),
            "company": self.company.name,
            "name": self.visit.person.name,
            "learning_only": LEARNING_ONLY,
        }
        others = frozenset(person_ids) - {self.visit.person.id}
        return Page("page.html", values, self.noted(others, what) if others else None)

    def _places(self, chosen: str) -> tuple[Choice, ...]:
        links, viewer = self.links, self.viewer
        own = links.person(self.visit.person.id)
        places = [("team", "Team" if self.others else "Groups", links.home())] if self.sees_groups else []
        places.append(("own", "You", own))
        places.append(("answers", "Answers", links.at("answers")))
        if viewer.sees_content:
            places.append(("lessons", "Lessons", links.at("revise")))
        if self.owns_sops or viewer.looks_after_coach:
            places.append(("sops", "SOPs", links.at("sops")))
        if viewer.sees_content:
            places.append(("use", "Use", links.at("use")))
            places.append(("programme", "Programme", links.at("programme")))
        places.append(("definitions", "Definitions", links.at("definitions")))
        return tuple(Choice(words, href, name == chosen) for name, words, href in places)

    @property
    def sees_groups(self) -> bool:
        """Whether there is a page of more people than themselves."""
        return bool(self.others) or self.viewer.sees_company


def new_key() -> str:
    """Return 64 random hexadecimal digits."""
    return secrets.token_hex(32)


def desk_of(visit: Visit) -> Desk:
    """Return the desk of a visit; a period nobody knows is the usual one."""
    session = visit.session
    company = stored_company(session)
    viewer = viewer_of(session, asker_for(visit.person), company)
    asked = visit.asked.get("period", USUAL_PERIOD)
    name = asked if asked in PERIODS else USUAL_PERIOD
    handles = handles_of(session, new_key)
    return Desk(
        visit,
        viewer,
        company,
        handles,
        PageLinks(visit.root, handles.of, name),
        last_days(DAYS_BY_NAME[name], visit.now),
        tuple(viewer.people(session)),
        bool(owned_files(session, visit.person.email)),
    )
