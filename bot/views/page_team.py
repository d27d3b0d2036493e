"""Words of the team page: who needs help with what, team by team, and how groups do; nobody is ranked."""

from collections.abc import Sequence
from itertools import groupby

from bot.views.figures import change, day, mastered, minutes, needs_words, of, percent, period_words
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import DIVISIONS, PageLinks
from bot.views.progress_team import groups_takeaway, skills_chart, team_takeaway
from bot.views.tracks import count
from lessons.report import GroupFigures, GroupRow, PersonReport, SkillCoverage, TeamReport

NO_TEAM = "No team"
MOST_STEPS = 3
NOTED = "Whoever you see by name can see that you looked. Answers and questions stay with each person."
AUDITS = "You see figures of groups and nobody's own."


def team_page(
    report: TeamReport,
    links: PageLinks,
    zone: str,
    smallest: int,
    teams: tuple[str, ...] = (),
    team: str | None = None,
) -> PageView:
    """Return the page of the people somebody may see; for an auditor groups alone.

    `teams` are those to choose from, `team` the one chosen; figures of groups need `smallest` people who practised.
    """
    people = [_people(name, rows, links, zone) for name, rows in _by_team(report.people)]
    groups = _groups(report, links, smallest)
    choices = [links.periods(links.root, team=team, by=report.by)]
    if len(teams) > 1:
        choices += [links.teams(teams, team), links.divisions(report.by)]
    # All but the other teams make one team: beside each other they would tell an auditor about a small one.
    skills = report.skills if report.people or team is None else ()
    return PageView(
        title=team or ("Everybody You May See" if report.people else "Groups"),
        takeaway=team_takeaway(report) if report.people else groups_takeaway(report, zone),
        facts=_facts(report, links, team),
        facts_label=_counted(report),
        chart=skills_chart(skills),
        sections=(
            *groups,
            *(Section(f"Who Needs Help in {_named(title)}", grids=(grid,)) for title, grid in people),
            *([_skills(skills, links)] if skills or report.people else []),
        ),
        steps=_steps(report, skills, links),
        filters=tuple(choices),
        downloads=(Cell("Download as CSV", links.export(team=team, by=report.by)),),
        notes=(NOTED if report.people else AUDITS,),
    )


def _by_team(people: Sequence[PersonReport]) -> list[tuple[str, list[PersonReport]]]:
    return [(name, list(rows)) for name, rows in groupby(people, key=lambda person: person.whose.team or NO_TEAM)]


def _named(team: str) -> str:
    return "No Team" if team == NO_TEAM else team


def _people(name: str, rows: Sequence[PersonReport], links: PageLinks, zone: str) -> tuple[str, Grid]:
    columns = (
        Column("Person"),
        Column("Needs help with", links.define("needs")),
        Column("Skills mastered", links.define("mastery"), is_number=True),
        Column("Lessons", links.define("completion"), is_number=True),
        Column("Minutes", links.define("minutes"), is_number=True),
        Column("Last practised", is_number=True),
    )
    cells = tuple(
        (
            Cell(row.whose.name, links.person(row.whose.person_id), is_name=True),
            Cell(needs_words(row.standing, zone) or "nothing now"),
            Cell(mastered(row.standing)),
            Cell(str(row.effort.lessons), links.events(row.whose.person_id, "lessons")),
            Cell(f"{row.effort.minutes:.0f}"),
            Cell(day(row.standing.last_at, zone)),
        )
        for row in rows
    )
    return name, Grid("Whoever needs help most stands first; then by name", columns, cells)


def _facts(report: TeamReport, links: PageLinks, team: str | None) -> tuple[Fact, ...]:
    whole = report.whole
    people = Fact("People", str(whole.people))
    if whole.figures is None:
        return (people,)
    now, before = whole.figures, whole.before
    tally, older = now.tally, before.tally if before else None
    return (
        people,
        Fact("Took part", of(now.contributors, whole.people), links.define("frequency")),
        Fact("Skills mastered", percent(now.coverage), links.define("coverage")),
        Fact(
            "Lessons done",
            "not shown" if now.lessons is None else str(now.lessons),
            links.define("completion"),
            links.group_events("lessons", team) if now.lessons else "",
        ),
        Fact(
            "Quiz answers right",
            percent(tally.quiz_accuracy),
            links.define("quiz_accuracy"),
            links.group_events("answers", team) if tally.answered else "",
            change=change(tally.quiz_accuracy, older.quiz_accuracy if older else None),
        ),
        Fact(
            "Scenarios right",
            percent(tally.scenario_accuracy),
            links.define("scenario_accuracy"),
            links.group_events("answers", team) if tally.answered else "",
            change=change(tally.scenario_accuracy, older.scenario_accuracy if older else None),
        ),
        Fact(
            "Used at work",
            percent(tally.application),
            links.define("application"),
            links.group_events("use", team) if tally.applied_asked else "",
            change=change(tally.application, older.application if older else None),
        ),
    )


def _counted(report: TeamReport) -> str:
    whose = "All of them together" if report.people else "The company"
    if report.whole.figures is None:
        return f"{whose}: too few took part to show more"
    return f"{whose} in {period_words(report.period.days)} up to last Monday"


def _groups(report: TeamReport, links: PageLinks, smallest: int) -> tuple[Section, ...]:
    if report.by is None:
        return ()
    columns = (
        Column(DIVISIONS[report.by]),
        Column("People", is_number=True),
        Column("Took part", links.define("frequency"), is_number=True),
        Column("Skills mastered", links.define("coverage"), is_number=True),
        Column("Quiz right", links.define("quiz_accuracy"), is_number=True),
        Column("Scenarios right", links.define("scenario_accuracy"), is_number=True),
        Column("Minutes", links.define("minutes"), is_number=True),
        Column("Used at work", links.define("application"), is_number=True),
    )
    rows = tuple(_group_row(group) for group in report.groups)
    said: tuple[str, ...] = ()
    if any(group.figures is None for group in report.groups):
        said = (
            f"“Not shown” stands where fewer than {smallest} people took part, or where a figure would tell about "
            "single people beside the others.",
        )
    caption = f"By {report.by}, in {period_words(report.period.days)} up to last Monday; in the order of names"
    return (Section(f"Groups by {DIVISIONS[report.by]}", said, (Grid(caption, columns, rows),)),)


def _group_row(group: GroupRow) -> tuple[Cell, ...]:
    size = Cell(str(group.people))
    name = Cell(group.label or "Everybody", is_name=True)
    if group.figures is None:
        return (name, size, *(Cell("not shown") for _ in range(6)))
    return (name, size, *map(Cell, _group_figures(group.figures)))


def _group_figures(figures: GroupFigures) -> tuple[str, ...]:
    tally = figures.tally
    return (
        str(figures.contributors),
        percent(figures.coverage),
        percent(tally.quiz_accuracy),
        percent(tally.scenario_accuracy),
        "not shown" if figures.minutes is None else minutes(figures.minutes),
        percent(tally.application),
    )


def _skills(skills: Sequence[SkillCoverage], links: PageLinks) -> Section:
    columns = (
        Column("Skill"),
        Column("Needed by", is_number=True),
        Column("Mastered", links.define("mastery"), is_number=True),
        Column("Need a refresher", links.define("mastery"), is_number=True),
        Column("Wait for a sign-off", is_number=True),
        Column("Practising", is_number=True),
        Column("Not started", is_number=True),
    )
    rows = tuple(
        (
            Cell(skill.title, links.skill(skill.skill), is_name=True),
            *(
                Cell(str(people))
                for people in (
                    skill.needed,
                    skill.mastered,
                    skill.lapsed,
                    skill.awaiting_sign_off,
                    skill.practising,
                    skill.not_started,
                )
            ),
        )
        for skill in skills
    )
    grid = Grid("How many people stand where in each skill now", columns, rows, "company.yaml lists no skills yet.")
    return Section("Skills", grids=(grid,))


def _steps(report: TeamReport, skills: Sequence[SkillCoverage], links: PageLinks) -> tuple[Cell, ...]:
    first = [rows[0] for _, rows in _by_team([person for person in report.people if person.standing.needs])]
    steps = [Cell(f"Check in with {person.whose.name}", links.person(person.whose.person_id)) for person in first[:3]]
    open_skills = [skill for skill in skills if skill.not_started]
    if open_skills:
        widest = max(open_skills, key=lambda skill: skill.not_started)
        people = count(widest.not_started, "person has", "people have")
        steps.append(Cell(f"See {widest.title}: {people} not started", links.skill(widest.skill)))
    return tuple(steps)
