"""Words of the page of one skill: one's own standing in it, and who stands where among the people one may see."""

from collections.abc import Sequence

from bot.views.figures import STATES, day, need_words, of, percent, period_words, state
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.page_person import days_words
from bot.views.tracks import count
from lessons.report import PersonReport, SkillCoverage, TeamReport
from lessons.skills import SkillRule
from metrics.charts import ChartSpec, Series
from metrics.standing import SkillStanding, SkillState
from metrics.tallies import Tally


def own_skill_page(report: PersonReport, skill: SkillRule, links: PageLinks, zone: str) -> PageView:
    """Return somebody's own standing in a skill."""
    standing = _in(report, skill.key)
    tally = report.own.by_skill.get(skill.key, Tally()) if report.own else Tally()
    events = links.events(report.whose.person_id, "answers")
    facts = (
        Fact("Quiz answers right", _quiz(tally), links.define("quiz_accuracy"), events),
        Fact("Scenarios right", _scenarios(tally), links.define("scenario_accuracy"), events),
        Fact("Chance of a right answer now", _recall(standing), links.define("mastery")),
        Fact("Days to competence", days_words(standing) if standing else "not yet", links.define("velocity")),
    )
    needs = _needs(report, skill.key, zone)
    return PageView(
        title=skill.title,
        takeaway=_own_takeaway(standing, skill),
        facts=facts,
        facts_label=f"You in {period_words(report.period.days)}",
        sections=(Section("What Needs Help", items=tuple(map(Cell, needs))),) if needs else (),
        steps=(Cell(f"Write “practise {skill.title}” to Coach."),),
        filters=(links.periods(links.skill(skill.key).partition("?")[0]),),
        notes=("Only you see your answers. Managers above you see where you stand and what you need help with.",),
    )


def skill_page(
    report: TeamReport, skill: SkillRule, links: PageLinks, zone: str, lessons: Sequence[tuple[str, str]] = ()
) -> PageView:
    """Return who stands where in a skill; of `lessons`, (file, title), the pages are linked for who may see them."""
    coverage = next((each for each in report.skills if each.skill == skill.key), SkillCoverage(skill.key, skill.title))
    sections = []
    if report.people:
        sections.append(Section("Who Stands Where", grids=(_people(report.people, skill.key, links, zone),)))
    if lessons:
        items = tuple(Cell(title, links.lesson(file)) for file, title in lessons)
        sections.append(Section("Lessons That Teach It", items=items))
    return PageView(
        title=skill.title,
        takeaway=skill_takeaway(coverage),
        chart=_chart(coverage),
        sections=tuple(sections),
        steps=_steps(coverage, skill),
        notes=("Whoever you see by name can see that you looked.",) if report.people else (),
    )


def skill_takeaway(coverage: SkillCoverage) -> str:
    """Return how many of the people who need a skill have mastered it, and how many need something first."""
    if not coverage.needed:
        return f"Nobody you may see needs {coverage.title} for their role."
    said = f"{of(coverage.mastered, coverage.needed)} people who need {coverage.title} have mastered it"
    more = [
        f"{number} {words}"
        for number, words in (
            (coverage.lapsed, "need a refresher"),
            (coverage.awaiting_sign_off, "wait for a sign-off"),
            (coverage.not_started, "have not started"),
        )
        if number
    ]
    return f"{said}; {', '.join(more)}." if more else f"{said}."


def _own_takeaway(standing: SkillStanding | None, skill: SkillRule) -> str:
    if standing is None or standing.state is SkillState.NOT_STARTED:
        return f"You have not started {skill.title} yet."
    words = state(standing)
    return f"{skill.title}: {words[0].lower()}{words[1:]}."


def _chart(coverage: SkillCoverage) -> ChartSpec | None:
    if not coverage.needed:
        return None
    counts = {
        SkillState.MASTERED: coverage.mastered,
        SkillState.AWAITS_SIGN_OFF: coverage.awaiting_sign_off,
        SkillState.LAPSED: coverage.lapsed,
        SkillState.PRACTISING: coverage.practising,
        SkillState.NOT_STARTED: coverage.not_started,
    }
    return ChartSpec(
        title="Where people stand",
        kind="bar",
        categories=tuple(STATES[each] for each in counts),
        series=(Series("People", tuple(map(float, counts.values()))),),
        y_label="people",
        takeaway=f"{count(coverage.needed, 'person needs', 'people need')} it for their role.",
    )


def _people(people: Sequence[PersonReport], skill: str, links: PageLinks, zone: str) -> Grid:
    columns = (
        Column("Person"),
        Column("Team"),
        Column("State", links.define("mastery")),
        Column("Needs help with", links.define("needs")),
        Column("Days to competence", links.define("velocity"), is_number=True),
        Column("Last practised", is_number=True),
    )
    rows = [(row, standing) for row in people if (standing := _in(row, skill)) is not None and standing.is_needed]
    cells = tuple(
        (
            Cell(row.whose.name, links.person(row.whose.person_id), is_name=True),
            Cell(row.whose.team or "none"),
            Cell(state(standing)),
            Cell("; ".join(_needs(row, skill, zone)) or "nothing now"),
            Cell(days_words(standing)),
            Cell(day(standing.last_at, zone)),
        )
        for row, standing in rows
    )
    return Grid("Team by team, whoever needs help most first", columns, cells, "Nobody needs it for their role.")


def _steps(coverage: SkillCoverage, skill: SkillRule) -> tuple[Cell, ...]:
    steps = []
    if coverage.awaiting_sign_off:
        steps.append(Cell("Sign off who is ready: Coach asks you in chat, with what to look for."))
    if coverage.not_started or coverage.lapsed:
        steps.append(Cell(f"Write “send lesson on {skill.title} to NAME” to Coach."))
    return tuple(steps)


def _needs(report: PersonReport, skill: str, zone: str) -> list[str]:
    return list(dict.fromkeys(need_words(need, zone) for need in report.standing.needs if need.skill == skill))


def _in(report: PersonReport, skill: str) -> SkillStanding | None:
    return next((each for each in report.standing.skills if each.skill == skill), None)


def _quiz(tally: Tally) -> str:
    return of(tally.right - tally.scenarios_right, tally.answered - tally.scenarios_answered)


def _scenarios(tally: Tally) -> str:
    return of(tally.scenarios_right, tally.scenarios_answered)


def _recall(standing: SkillStanding | None) -> str:
    return percent(standing.recall if standing else None)
