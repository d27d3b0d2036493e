"""Progress for other programs: CSV for spreadsheets, JSON for scripts; the numbers are those of lessons/reports.py."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from bot.views.csv_text import csv_text
from bot.views.figures import needs_words, state
from lessons.report import GroupFigures, GroupRow, PersonReport, TeamReport
from metrics.tallies import Tally

PEOPLE_COLUMNS = (
    "person", "team", "site", "roles", "skills_mastered", "skills_needed", "needs_help_with", "lessons", "minutes",
    "last_practised_at_utc",
)  # fmt: skip
GROUP_COLUMNS = (
    "group", "people", "practised", "skills_mastered_percent", "lessons", "minutes", "quiz_right_percent",
    "scenarios_right_percent", "applied_percent",
)  # fmt: skip


def team_csv(report: TeamReport, zone: str) -> str:
    """Return the people of a report, or its groups where it is divided or names nobody.

    A group too small to show has empty cells after its size.
    """
    if report.by is not None or not report.people:
        groups = (report.whole, *report.groups)
        return csv_text(GROUP_COLUMNS, map(_group_cells, groups))
    titles = [skill.title for skill in report.skills]
    rows = (_person_cells(person, titles, zone) for person in report.people)
    return csv_text((*PEOPLE_COLUMNS, *titles), rows)


def own_csv(report: PersonReport) -> str:
    """Return one person's skills and practice."""
    columns = ("skill", "state", "needed", "answered", "right", "scenarios_answered", "scenarios_right")
    by_skill = report.own.by_skill if report.own else {}
    rows = []
    for skill in report.standing.skills:
        tally = by_skill.get(skill.skill)
        counts = (tally.answered, tally.right, tally.scenarios_answered, tally.scenarios_right) if tally else ("",) * 4
        rows.append((skill.title, state(skill), "yes" if skill.is_needed else "no", *map(str, counts)))
    return csv_text(columns, rows)


def as_json(report: PersonReport | TeamReport) -> dict[str, Any]:
    """Return a report as JSON can hold it; instants are UTC, shares 0-1."""
    if isinstance(report, PersonReport):
        return _person_json(report)
    found: dict[str, Any] = _plain(asdict(report))
    found["people"] = list(map(_person_json, report.people))
    found["whole"] = _group_json(report.whole)
    found["groups"] = list(map(_group_json, report.groups))
    return found


def _person_cells(report: PersonReport, titles: Sequence[str], zone: str) -> Sequence[str]:
    whose, standing = report.whose, report.standing
    states = {skill.title: state(skill) for skill in standing.skills}
    return (
        whose.name,
        whose.team or "",
        whose.site or "",
        "; ".join(whose.roles),
        str(standing.mastered),
        str(len(standing.needed)),
        needs_words(standing, zone, most=len(standing.needs)),
        str(report.effort.lessons),
        f"{report.effort.minutes:.0f}",
        standing.last_at.isoformat(timespec="seconds") if standing.last_at else "",
        *(states.get(title, "") for title in titles),
    )


def _group_cells(group: GroupRow) -> Sequence[str]:
    figures = group.figures
    label = group.label or "everybody"
    if figures is None:
        return (label, str(group.people), *[""] * (len(GROUP_COLUMNS) - 2))
    tally = figures.tally
    shares = (tally.quiz_accuracy, tally.scenario_accuracy, tally.application)
    return (
        label,
        str(group.people),
        str(figures.contributors),
        _percent(figures.coverage),
        "" if figures.lessons is None else str(figures.lessons),
        "" if figures.minutes is None else f"{figures.minutes:.0f}",
        *map(_percent, shares),
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}".rstrip("%")


def _person_json(report: PersonReport) -> dict[str, Any]:
    found: dict[str, Any] = _plain(asdict(report))
    found["skills_mastered"] = report.standing.mastered
    found["skills_needed"] = len(report.standing.needed)
    if report.own is not None:
        found["own"]["tally"] |= _shares(report.own.tally)
        found["own"]["before"] |= _shares(report.own.before)
    return found


def _group_json(group: GroupRow) -> dict[str, Any]:
    figures, before = map(_figures_json, (group.figures, group.before))
    return {"label": group.label, "people": group.people, "figures": figures, "before": before}


def _figures_json(figures: GroupFigures | None) -> dict[str, Any] | None:
    if figures is None:
        return None
    tally = figures.tally
    return {
        "practised": figures.contributors,
        "skills_mastered": figures.mastered,
        "skills_needed": figures.needed,
        "coverage": figures.coverage,
        "lessons": figures.lessons,
        "minutes": figures.minutes,
        **_shares(tally),
        "application": tally.application,
    }


def _shares(tally: Tally) -> dict[str, float | None]:
    return {
        "accuracy": tally.accuracy,
        "quiz_accuracy": tally.quiz_accuracy,
        "scenario_accuracy": tally.scenario_accuracy,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value.isoformat() if isinstance(value, date | datetime) else value
