"""Owns the addresses that pages link to; whatever names somebody or something in them is a handle, never a row id."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.views.page import Choice, Filter
from metrics.definitions import DEFINITIONS

USUAL_PERIOD = "month"
PERIODS = {"week": "Week", "month": "Month", "quarter": "Quarter", "year": "Year"}
DIVISIONS = {"team": "Team", "role": "Role", "site": "Site", "tenure": "Tenure", "cohort": "Cohort"}


@dataclass(frozen=True)
class PageLinks:
    """Addresses under `root` ("…/pages"); `handle` makes a handle of a kind and what it stands for.

    `period` is a key of PERIODS; links to other figures keep it.
    """

    root: str
    handle: Callable[[str, str], str]
    period: str = USUAL_PERIOD

    def home(self, **asked: str | None) -> str:
        """Return the address of the team page, or of whatever somebody lands on."""
        return self._asking(self.root, asked)

    def person(self, person_id: int) -> str:
        """Return the address of somebody's page."""
        return self._asking(f"{self.root}/person/{self.handle('person', str(person_id))}")

    def skill(self, key: str) -> str:
        """Return the address of a skill's page."""
        return self._asking(f"{self.root}/skill/{self.handle('skill', key)}")

    def lesson(self, file: str) -> str:
        """Return the address of a lesson's page."""
        return f"{self.root}/lesson/{self.handle('lesson', file)}"

    def sop(self, file: str) -> str:
        """Return the address of an SOP's page."""
        return f"{self.root}/sop/{self.handle('sop', file)}"

    def answer(self, answer_id: str) -> str:
        """Return the address of why an answer said what it said; its id is random already."""
        return f"{self.root}/answer/{answer_id}"

    def events(self, person_id: int, kind: str) -> str:
        """Return the address of the events behind a figure of somebody."""
        return self._asking(f"{self.root}/events/{self.handle('person', str(person_id))}", {"kind": kind})

    def group_events(self, kind: str, team: str | None) -> str:
        """Return the address of how many events stand behind a figure of everybody one may see, or of one team."""
        return self._asking(f"{self.root}/events", {"kind": kind, "team": team})

    def export(self, **asked: str | None) -> str:
        """Return the address of what the team page shows as a file."""
        return self._asking(f"{self.root}/export.csv", asked)

    def define(self, metric: str) -> str:
        """Return the address of a definition."""
        return f"{self.root}/definitions#{DEFINITIONS[metric].key}"

    def at(self, place: str) -> str:
        """Return the address of a page that stands alone, such as answers, revise, sops or export.csv."""
        return f"{self.root}/{place}"

    def periods(self, path: str, **asked: str | None) -> Filter:
        """Return the choice of a period on the page at a path, which keeps whatever else was asked."""
        choices = (
            Choice(words, self._asking(path, {**asked, "period": name}), name == self.period)
            for name, words in PERIODS.items()
        )
        return Filter("Period", tuple(choices))

    def divisions(self, by: str | None) -> Filter:
        """Return the choice of what groups are divided by, on the team page; a team is not divided further."""
        choices = [Choice("No groups", self.home(), by is None)]
        choices += [Choice(words, self.home(by=name), name == by) for name, words in DIVISIONS.items()]
        return Filter("Groups by", tuple(choices))

    def teams(self, names: tuple[str, ...], chosen: str | None) -> Filter:
        """Return the choice of a team, on the team page."""
        choices = [Choice("All", self.home(), chosen is None)]
        choices += [Choice(name, self.home(team=name), name == chosen) for name in names]
        return Filter("Team", tuple(choices))

    def _asking(self, path: str, asked: dict[str, str | None] | None = None) -> str:
        given = {"period": self.period, **(asked or {})}
        if given["period"] == USUAL_PERIOD:
            del given["period"]
        said = {name: value for name, value in given.items() if value}
        return f"{path}?{urlencode(said)}" if said else path
