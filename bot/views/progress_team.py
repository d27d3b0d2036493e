"""Words for the progress of the people somebody manages, team by team, and of groups."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, groupby, zip_longest
from typing import TypeVar

from bot.messages import Actions, Block, Button, Chart, Link, Message, Note, Table, Text
from bot.views.figures import (
    LEARNING_ONLY,
    change,
    day,
    listed,
    mastered,
    minutes,
    needs_words,
    percent,
    period_words,
)
from bot.views.progress import Handle
from bot.views.tracks import count
from lessons.report import GroupFigures, GroupRow, PersonReport, SkillCoverage, TeamReport
from metrics.charts import MOST_CATEGORIES, ChartSpec, Series, shown
from metrics.standing import NeedKind
from metrics.tallies import Tally

NO_TEAM = "No team"
NOTHING_NOW = "nothing now"
NOT_SHOWN = "not shown"
NONE_MASTERED = "Nobody has mastered a skill yet."
COLUMNS = ("Person", "Needs help with", "Skills mastered", "Last practised", "Lessons")
GROUP_COLUMNS = ("People", "Took part", "Quiz right", "Scenarios right", "Skills mastered")
NO_ANSWERS = "What single people ask, answer and write is not shown to you."
MOST_SCRIPTS = 5
MOST_TABLES = 4
MOST_NEEDS_IN_ROW = 1
MOST_IN_SENTENCE = 3
MOST_SPOKEN = 30
NAME_CHARACTERS = 50

T = TypeVar("T")


@dataclass(frozen=True)
class TeamScreen:
    """What the words need beside a report: the company's time zone, and what buttons carry.

    `own` is the reader's own takeaway, `csv_value` what the export's button carries, `dashboard_url` where the pages
    are, None where there are none.
    """

    zone: str
    smallest_group: int
    handle: Handle
    csv_value: str
    dashboard_url: str | None = None
    own: str = ""


def team_message(report: TeamReport, screen: TeamScreen) -> Message:
    """Return who needs help with what, team by team, then how groups did, skills as a chart, and what to do."""
    takeaway = team_takeaway(report) if report.people else groups_takeaway(report, screen.zone)
    blocks: list[Block] = [Text(takeaway, is_strong=True)]
    teams = _by_team(report.people)
    if scripts := tuple(_scripts(report.people, screen.handle)):
        blocks.append(Actions(scripts))
    for team, people in teams[:MOST_TABLES]:
        caption = f"{team}, by need for help; lessons of {period_words(report.period.days)}"
        blocks.append(Table(caption, COLUMNS, tuple(person_row(person, screen.zone) for person in people)))
    if rest := teams[MOST_TABLES:]:
        said = "; ".join(f"{team}: {_need_help(people)}" for team, people in rest)
        blocks.append(Text(f"Further teams. {said}. Write “progress team {rest[0][0]}” to see one of them."))
    if (whole := whole_words(report, screen.zone)) and report.people:
        blocks.append(Text(whole))
    if report.groups:
        blocks += [groups_table(report, screen), Note(_why_not_shown(screen.smallest_group))]
    is_shown = bool(report.people) or report.whole.figures is not None
    if is_shown and (chart := skills_chart(report.skills)) is not None:
        blocks.append(Chart(chart))
    elif is_shown and report.skills:
        blocks.append(Text(NONE_MASTERED))
    blocks.append(Actions(tuple(_ways_on(screen))))
    if screen.own:
        blocks.append(Text(f"Your own progress. {screen.own}"))
    blocks.append(Note(f"{NO_ANSWERS} {LEARNING_ONLY}"))
    return Message("\n".join((takeaway, *_spoken(report, screen.zone))), tuple(blocks))


def team_takeaway(report: TeamReport) -> str:
    """Return who needs help and with what, in one sentence; of several teams the first of each is named first."""
    names = names_of(report.people)
    told = [f"{names[each.whose.person_id]} ({_short_need(each)})" for each in most_in_need(report.people)]
    if not told:
        return f"Nobody of {count(len(report.people), 'person', 'people')} needs help now."
    return f"{_need_help(report.people)}: {listed(told, MOST_IN_SENTENCE)}."


def groups_takeaway(report: TeamReport, zone: str) -> str:
    """Return how everybody did, without a name."""
    size = count(report.whole.people, "person", "people")
    return whole_words(report, zone) or f"{size}; too few of them took part to show more."


def whole_words(report: TeamReport, zone: str) -> str:
    """Return how all together did, in a sentence; empty where that may not be shown."""
    whole = report.whole
    if whole.figures is None:
        return ""
    quiz, scenarios, held = _group_shares(whole.figures, whole.before)
    size = count(whole.people, "person", "people")
    did = f"{size}, {whole.figures.contributors} took part"
    shares = f"Quiz answers right: {quiz}; scenarios: {scenarios}; skills mastered: {held}."
    return f"{did}. {shares} Counted: {_counted(report, zone)}."


def person_row(report: PersonReport, zone: str) -> tuple[str, ...]:
    """Return the row in which managers see somebody; the same is shown to that person under “my data”."""
    standing, effort = report.standing, report.effort
    lessons = f"{effort.lessons} ({minutes(effort.minutes)})" if effort.lessons or effort.minutes else "none"
    needs = needs_words(standing, zone, MOST_NEEDS_IN_ROW) or NOTHING_NOW
    return report.whose.name, needs, mastered(standing), day(standing.last_at, zone), lessons


def most_in_need(people: Sequence[PersonReport]) -> list[PersonReport]:
    """Return who needs help, the gravest of each team first."""
    return [each for each in turn_by_turn(people, lambda each: each.whose.team) if each.standing.needs]


def turn_by_turn(people: Iterable[T], team_of: Callable[[T], str | None]) -> list[T]:
    """Return the first of each team, then the second, so that teams are not put in one order; they stand by team."""
    teams = [list(members) for _, members in groupby(people, team_of)]
    return [one for one in chain.from_iterable(zip_longest(*teams)) if one is not None]


def script_label(name: str) -> str:
    """Return what stands on the button for a check-in with somebody."""
    return f"Check-in Script: {shown(name, NAME_CHARACTERS)}"


def named_ids(report: TeamReport) -> list[int]:
    """Return the ids of everybody a message about the report names: in its tables, its first sentence, its buttons."""
    tables = [each for _, people in _by_team(report.people)[:MOST_TABLES] for each in people]
    shown_first = most_in_need(report.people)[: max(MOST_SCRIPTS, MOST_IN_SENTENCE)]
    return list(dict.fromkeys(each.whose.person_id for each in (*tables, *shown_first)))


def names_of(people: Sequence[PersonReport]) -> Mapping[int, str]:
    """Return how people are called, by id: by first name where it is one person's only."""
    firsts = Counter(each.whose.name.partition(" ")[0] for each in people)
    return {
        each.whose.person_id: first if firsts[first] == 1 else each.whose.name
        for each in people
        for first in (each.whose.name.partition(" ")[0],)
    }


def groups_table(report: TeamReport, screen: TeamScreen) -> Table:
    """Return groups beside each other; of one too small to show, its size."""
    caption = f"By {report.by}, {_counted(report, screen.zone)}"
    rows = tuple(_group_row(group) for group in report.groups)
    return Table(caption, ((report.by or "group").capitalize(), *GROUP_COLUMNS), rows)


def skills_chart(skills: Sequence[SkillCoverage]) -> ChartSpec | None:
    """Return the share of those who need a skill that mastered it, for each; None where nobody mastered any."""
    needed = [skill for skill in skills if skill.needed]
    if not any(skill.mastered for skill in needed):
        return None
    if len(needed) > MOST_CATEGORIES:
        lowest = sorted(needed, key=_share)[:MOST_CATEGORIES]
        needed = [skill for skill in needed if skill in lowest]
    best, least = max(needed, key=_share), min(needed, key=_share)
    held = f"{best.title}: {best.mastered} of {best.needed} mastered it"
    takeaway = f"{held}." if best is least else f"{held}; {least.title}: {least.mastered} of {least.needed}."
    return ChartSpec(
        title="Skills mastered",
        kind="bar",
        categories=tuple(skill.title for skill in needed),
        series=(Series("Mastered", tuple(float(round(100 * _share(skill))) for skill in needed)),),
        y_label="% of those who need it",
        takeaway=takeaway,
    )


def _counted(report: TeamReport, zone: str) -> str:
    period = report.groups_period or report.period
    # A day ends where the next begins.
    return f"{day(period.since, zone)} to {day(period.until - timedelta(seconds=1), zone)}"


def _by_team(people: Sequence[PersonReport]) -> list[tuple[str, tuple[PersonReport, ...]]]:
    return [(team, tuple(members)) for team, members in groupby(people, lambda each: each.whose.team or NO_TEAM)]


def _share(skill: SkillCoverage) -> float:
    return skill.mastered / skill.needed


def _need_help(people: Sequence[PersonReport]) -> str:
    needing = sum(bool(each.standing.needs) for each in people)
    return f"{needing} of {len(people)} {'needs' if needing == 1 else 'need'} help"


def _short_need(report: PersonReport) -> str:
    need = report.standing.needs[0]
    if need.kind is NeedKind.NOT_STARTED and report.standing.last_at is None:
        return "not started"
    if need.kind is NeedKind.STALLED:
        return "no practice lately"
    return need.title or need.about


def _group_row(group: GroupRow) -> tuple[str, ...]:
    if group.figures is None:
        return (group.label, str(group.people), *[NOT_SHOWN] * (len(GROUP_COLUMNS) - 1))
    shares = _group_shares(group.figures, group.before)
    return group.label, str(group.people), str(group.figures.contributors), *shares


def _group_shares(figures: GroupFigures, before: GroupFigures | None) -> tuple[str, str, str]:
    now, then = figures.tally, before.tally if before else Tally()
    quiz = _moved(now.quiz_accuracy, then.quiz_accuracy)
    return quiz, _moved(now.scenario_accuracy, then.scenario_accuracy), percent(figures.coverage)


def _moved(now: float | None, before: float | None) -> str:
    moved = change(now, before)
    return f"{percent(now)} ({moved})" if moved else percent(now)


def _why_not_shown(smallest: int) -> str:
    return (
        f"Of a group, only the size is shown where fewer than {smallest} people took part, or where its figures beside "
        "others would tell about one person. Took part: practised, or asked Coach something. The days end with a whole "
        "week."
    )


def _scripts(people: Sequence[PersonReport], handle: Handle) -> Iterator[Button]:
    names = names_of(people)
    for each in most_in_need(people)[:MOST_SCRIPTS]:
        person_id = each.whose.person_id
        yield Button(script_label(names[person_id]), "checkin_script", handle("person", str(person_id)))


def _ways_on(screen: TeamScreen) -> Iterator[Button | Link]:
    yield Button("Export CSV", "progress_csv", screen.csv_value)
    if screen.dashboard_url is not None:
        yield Link("Open Dashboard", screen.dashboard_url)


def _spoken(report: TeamReport, zone: str) -> Iterator[str]:
    in_tables = [each for _, people in _by_team(report.people)[:MOST_TABLES] for each in people]
    for each in in_tables[:MOST_SPOKEN]:
        name, needs, held, last, _ = person_row(each, zone)
        yield f"{name}: {needs}; skills mastered {held}; last practised {last}"
    if len(in_tables) > MOST_SPOKEN:
        yield f"and {len(in_tables) - MOST_SPOKEN} more in the tables"
    for group in report.groups:
        if group.figures is None:
            yield f"{group.label}: {count(group.people, 'person', 'people')}; figures {NOT_SHOWN}"
            continue
        cells = zip(GROUP_COLUMNS, _group_row(group)[1:], strict=True)
        yield f"{group.label}: {'; '.join(f'{column.lower()} {cell}' for column, cell in cells)}"
