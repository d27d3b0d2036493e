"""Owns Period: the stretch of time a figure is about, and the one before it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

DAYS_BY_NAME = {"week": 7, "month": 30, "quarter": 90, "year": 365}
USUAL_DAYS = 30


@dataclass(frozen=True)
class Period:
    """After `since`, up to and with `until`; both aware."""

    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        """How long it is, in whole days."""
        return round((self.until - self.since) / timedelta(days=1))

    @property
    def before(self) -> "Period":
        """The period of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since)


def last_days(days: int, until: datetime) -> Period:
    """Return the last `days` times 24 hours up to an instant."""
    return Period(until - timedelta(days=days), until)
