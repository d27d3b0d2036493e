"""Progress as plain text for the command line."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from bot.views.figures import (
    LEARNING_ONLY,
    day,
    mastered,
    minutes,
    needs_words,
    percent,
    period_words,
    state,
)
from bot.views.tracks import count
from lessons.report import GroupRow, PersonReport, TeamReport

NO_TEAM = "No team"


def person_text(report: PersonReport, zone: str) -> str:
    """Return what others may see of one person: skills, what they need help with, and their effort."""
    standing = report.standing
    needs = needs_words(standing, zone, most=len(standing.needs))
    lines = [
        f"{report.whose.name}: {_held(report)}.",
        f"Needs help with: {needs or 'nothing now'}.",
        *(f"  {skill.title}: {state(skill)}" for skill in standing.skills),
        f"In {period_words(report.period.days)}: {_effort(report)}. Last practised: {day(standing.last_at, zone)}.",
        LEARNING_ONLY,
    ]
    return "\n".join(lines)


def team_text(report: TeamReport, zone: str) -> str:
    """Return who needs help with what, team by team, then skills and how groups did."""
    lines = [*_people(report, zone), *_skills(report), *_groups(report, zone), LEARNING_ONLY]
    return "\n".join(lines)


def _people(report: TeamReport, zone: str) -> Iterator[str]:
    if not report.people:
        return
    needing = sum(bool(person.standing.needs) for person in report.people)
    everybody = count(len(report.people), "person", "people")
    verb = "need" if needing > 1 else "needs"
    yield f"{needing or 'None'} of {everybody} {verb} help. Lessons are those of {period_words(report.period.days)}."
    for team, people in groupby(report.people, key=lambda person: person.whose.team or NO_TEAM):
        yield f"{team}:"
        for person in people:
            needs = needs_words(person.standing, zone) or "needs no help now"
            yield f"  {person.whose.name}: {needs}. {_held(person)}; {_effort(person)}."


def _skills(report: TeamReport) -> Iterator[str]:
    if report.skills:
        yield "Skills:"
    for skill in report.skills:
        yield f"  {skill.title}: {skill.mastered} of {skill.needed} mastered"


def _groups(report: TeamReport, zone: str) -> Iterator[str]:
    counted = report.groups_period or report.period
    # A day ends where the next begins.
    last = counted.until - timedelta(seconds=1)
    yield f"Groups, {day(counted.since, zone)} to {day(last, zone)}:"
    for group in (report.whole, *report.groups):
        yield f"  {_group(group)}"


def _held(report: PersonReport) -> str:
    held = mastered(report.standing)
    return f"{held} skills mastered" if report.standing.needed else held


def _effort(report: PersonReport) -> str:
    return f"{count(report.effort.lessons, 'lesson')}, {minutes(report.effort.minutes)}"


def _group(group: GroupRow) -> str:
    size = f"{group.label or 'Together'}: {count(group.people, 'person', 'people')}"
    if group.figures is None:
        return f"{size}; figures would tell about single people."
    tally, lessons, spent = group.figures.tally, group.figures.lessons, group.figures.minutes
    did = (
        "lessons: not shown" if lessons is None else count(lessons, "lesson"),
        "minutes: not shown" if spent is None else minutes(spent),
    )
    return (
        f"{size}, {group.figures.contributors} took part; {', '.join(did)}; "
        f"quiz answers right: {percent(tally.quiz_accuracy)}; scenarios: "
        f"{percent(tally.scenario_accuracy)}; skills mastered: {percent(group.figures.coverage)}."
    )
