"""What to expect of the seeded year, by plain loops over its list and arithmetic of our own; nothing of the project."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import erfc, exp, log, sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests import seeded_year as planted
from tests.seeded_year import NOW, SINCE, ZONE, Happening, Worked, seeded_year

YEAR = seeded_year()
PEOPLE = {each.number: each for each in YEAR.people}
STAFF = [each.number for each in YEAR.people if each.manager is not None]
MANAGERS = [each.number for each in YEAR.people if each.manager is None]
TEAMS = {team: [number for number in STAFF if PEOPLE[number].team == team] for team in planted.TEAM_ACCURACY}
# Of this team answers go in as they do when people press buttons, so that memory and mastery follow from them.
PRESSING_TEAM = "Hillside"
RIGHT_FROM = 0.75
Z_95 = 1.959963985


class Span(NamedTuple):
    """After `since`, up to and with `until`."""

    since: datetime
    until: datetime


WHOLE, MONTH = Span(SINCE, NOW), Span(NOW - timedelta(days=30), NOW)


def during(span, *which: str, people: Iterable[int] = tuple(PEOPLE)) -> list[Happening]:
    """Return what happened of these kinds in a span of time to these people, oldest first."""
    among = set(people)
    return [
        each
        for each in YEAR.happenings
        if each.kind in which and span.since < each.at <= span.until and each.person in among
    ]


def worked(span, workflow: str, step: str | None = None, people: Iterable[int] = tuple(PEOPLE)) -> list[Worked]:
    """Return items of work in a workflow that name a step, this one or any."""
    among = set(people)
    return [
        item
        for item in YEAR.work
        if item.workflow == workflow
        and item.step is not None
        and step in (None, item.step)
        and span.since < item.at <= span.until
        and item.person in among
    ]


def is_right(answer: Happening) -> bool:
    return answer.facts["score"] >= RIGHT_FROM


def is_mistake(item: Worked) -> bool:
    return item.outcome in ("missed", "corrected")


def share(items, holds):
    """Return the share of items for which something holds; None of none."""
    told = [bool(holds(each)) for each in items]
    return sum(told) / len(told) if told else None


def first_at(kind, number, skill, holds=None):
    """Return when something first happened to somebody in a skill; None where it never did."""
    instants = (
        each.at
        for each in YEAR.happenings
        if (each.kind, each.person, each.facts.get("skill")) == (kind, number, skill)
        and (holds is None or holds(each.facts))
    )
    return min(instants, default=None)


def in_days(since, until):
    return (until - since) / timedelta(days=1)


def local_day(at):
    return at.astimezone(ZoneInfo(ZONE)).date()


def near(found, truth, whole, errors=2.6):
    """Say whether a share lies within so many standard errors of the truth it was drawn from (99 in 100 do)."""
    return abs(found - truth) <= errors * sqrt(truth * (1 - truth) / whole)


def wilson(part, whole, z=1.6449):
    p = part / whole
    middle, half_width = p + z * z / (2 * whole), z * sqrt(p * (1 - p) / whole + z * z / (4 * whole**2))
    return (middle - half_width) / (1 + z * z / whole), (middle + half_width) / (1 + z * z / whole)


def quartile(values, place):
    """Return the value at a place 0-1 of the ordered ones, between two by straight line."""
    ordered, position = sorted(values), place * (len(values) - 1)
    below, above = ordered[int(position)], ordered[min(int(position) + 1, len(values) - 1)]
    return below + position % 1 * (above - below)


def curve(observed):
    """Return the Kaplan-Meier curve of pairs (days, is event): (day, share still waiting, Greenwood's sum)."""
    rows, left, greenwood = [], 1.0, 0.0
    for day in sorted({days for days, _ in observed}):
        waiting = sum(days >= day for days, _ in observed)
        events = sum(days == day and is_event for days, is_event in observed)
        left *= 1 - events / waiting
        if events < waiting:
            greenwood += events / (waiting * (waiting - events))
        rows.append((day, left, greenwood))
    return rows


def half_day(rows):
    """Return the first day on which at most half are still waiting; None where there is none."""
    return next((day for day, left, _ in rows if left <= 0.5 + 1e-9), None)


def half_day_interval(rows):
    """Return the first days on which the lower and upper edge of the band of log(-log share) are at most a half."""

    def edge(left, greenwood, sign):
        return left if left in (0.0, 1.0) else left ** exp(sign * Z_95 * sqrt(greenwood) / -log(left))

    return tuple(
        next((day for day, left, greenwood in rows if edge(left, greenwood, sign) <= 0.5 + 1e-9), None)
        for sign in (1, -1)
    )


def log_rank_p(first, second):
    """Return the chance of a difference as large between two groups: (O - E)² / V, chi-squared with one degree."""
    excess = variance = 0.0
    for day in sorted({days for days, is_event in (*first, *second) if is_event}):
        at_risk = [sum(days >= day for days, _ in group) for group in (first, second)]
        events = [sum(days == day and is_event for days, is_event in group) for group in (first, second)]
        n, d = sum(at_risk), sum(events)
        excess += events[0] - d * at_risk[0] / n
        if n > 1:
            variance += d * (at_risk[0] / n) * (1 - at_risk[0] / n) * (n - d) / (n - 1)
    return erfc(sqrt(excess**2 / variance / 2))
