"""Owns Definition: what a figure means, how it is had, and who may see it."""

from dataclasses import dataclass
from enum import StrEnum

WORK_EVENTS = "work_events"


class Reader(StrEnum):
    """Somebody who sees a figure, named by what they are to the people it is about."""

    OWN = "own"  # the person themselves
    MANAGER = "manager"  # whoever manages them now, directly or further up
    ADMIN = "admin"  # who looks after Coach
    AUDITOR = "auditor"


SELF = (Reader.OWN,)
THOSE_WHO_HELP = (Reader.OWN, Reader.MANAGER, Reader.ADMIN)
OF_GROUPS = (Reader.MANAGER, Reader.ADMIN, Reader.AUDITOR)
OF_COMPANY = (Reader.ADMIN, Reader.AUDITOR)
NOBODY: tuple[Reader, ...] = ()


@dataclass(frozen=True)
class Definition:
    """One figure. `title` is what a manager calls it, `sentence` says in plain words what it tells.

    `kinds` are the kinds of event it is counted from ("work_events": what the work reported), `code` the file that
    counts, `literature` where a method comes from, "" where the rule is our own. `seen_by` are who sees it of one
    person, `groups_seen_by` who sees it of a group large enough to show, or of all lessons together.
    """

    key: str
    title: str
    sentence: str
    formula: str
    unit: str
    kinds: tuple[str, ...]
    code: str
    literature: str = ""
    seen_by: tuple[Reader, ...] = SELF
    groups_seen_by: tuple[Reader, ...] = OF_GROUPS

    @property
    def source(self) -> str:
        """Where it comes from: its events, the file that counts them, and the literature."""
        events = [kind for kind in self.kinds if kind != WORK_EVENTS]
        told = [f"events: {', '.join(events)}"] if events else []
        told += ["what the work reported"] if WORK_EVENTS in self.kinds else []
        return "; ".join((*told, self.code, *filter(None, (self.literature,))))
