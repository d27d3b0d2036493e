"""Words of the page of one skill: one's own standing in it, and who stands where among the people one may see."""

from collections.abc import Sequence

from bot.views.figures import STATES, day, need_words, of, percent, period_words, state
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.page_person import days_words
from bot.views.page_skill_group import group_sections
from bot.views.tracks import count
from lessons.report import SkillCoverage
from lessons.skill_report import PersonInSkill, SkillReport
from lessons.skills import SkillRule
from metrics.adherence import FirstApplications
from metrics.charts import ChartSpec, Series
from metrics.standing import SkillStanding, SkillState
from metrics.tallies import Tally
from metrics.velocity import GroupTime

# Up to two days are said in hours.
HOURS_SAID = 48


def own_skill_page(
    report: SkillReport, person_id: int, tally: Tally, days: int, links: PageLinks, zone: str
) -> PageView:
    """Return somebody's own standing in a skill; `tally` is of the last so many days."""
    standing, rule = report.own, report.rule
    events = links.events(person_id, "answers")
    facts = (
        Fact("Quiz answers right", _quiz(tally), links.define("quiz_accuracy"), events),
        Fact(
            "Scenarios right",
            of(tally.scenarios_right, tally.scenarios_answered),
            links.define("scenario_accuracy"),
            events,
        ),
        Fact("Chance of a right answer now", percent(standing.recall if standing else None), links.define("mastery")),
        Fact("First new scenario right", days_words(standing) if standing else "not yet", links.define("velocity")),
        Fact("Last practised", day(standing.last_at if standing else None, zone)),
    )
    missed = Grid(
        f"Steps of the SOP that you answered, in {period_words(report.period.days)}",
        (Column("Step"), Column("Missed", links.define("practice_mistakes"), is_number=True)),
        tuple(
            (Cell(f"Step {each.step.step}", is_name=True), Cell(of(each.missed, each.times)))
            for each in report.own_steps
        ),
        "You missed none.",
    )
    return PageView(
        title=rule.title,
        takeaway=_own_takeaway(standing, rule),
        facts=facts,
        facts_label=f"You in {period_words(days)}",
        sections=(Section("Steps to Look At Again", grids=(missed,)),),
        steps=(Cell(f"Write “practise {rule.title}” to Coach."),),
        filters=(links.periods(links.skill(rule.key).partition("?")[0]),),
        notes=("Only you see your answers. Managers above you see where you stand and what you need help with.",),
    )


def skill_page(
    report: SkillReport, links: PageLinks, zone: str, smallest: int, lessons: Sequence[tuple[str, str]] = ()
) -> PageView:
    """Return who stands where in a skill; of `lessons`, (file, title), the pages are linked for who may see them.

    Without `report.coverage` fewer than `smallest` people need it.
    """
    rule = report.rule
    coverage = report.coverage or SkillCoverage(rule.key, rule.title)
    sections = []
    if report.people:
        sections.append(Section("Who Stands Where", grids=(_people(report.people, links, zone),)))
    sections += group_sections(report, links, smallest)
    if lessons:
        sections.append(
            Section("Lessons That Teach It", items=tuple(Cell(title, links.lesson(file)) for file, title in lessons))
        )
    return PageView(
        title=rule.title,
        takeaway=skill_takeaway(coverage)
        if report.coverage
        else f"Fewer than {smallest} people need it for their role.",
        facts=_facts(report, links),
        facts_label=f"In {period_words(report.period.days)} up to last Monday",
        chart=_chart(coverage),
        sections=tuple(sections),
        steps=_steps(coverage, rule) if report.people else (),
        notes=("Whoever you see by name can see that you looked.",) if report.people else (),
    )


def skill_takeaway(coverage: SkillCoverage) -> str:
    """Return how many of the people who need a skill have mastered it, and how many need something first."""
    people = count(coverage.needed, "person who needs it has", "people who need it have")
    said = f"{coverage.mastered} of {people} mastered it"
    more = [
        f"{number} {one if number == 1 else many}"
        for number, one, many in (
            (coverage.lapsed, "needs a refresher", "need a refresher"),
            (coverage.awaiting_sign_off, "waits for a sign-off", "wait for a sign-off"),
            (coverage.not_started, "has not started", "have not started"),
        )
        if number
    ]
    return f"{said}; {', '.join(more)}." if more else f"{said}."


def _own_takeaway(standing: SkillStanding | None, skill: SkillRule) -> str:
    if standing is None or standing.state is SkillState.NOT_STARTED:
        return f"You have not started {skill.title} yet."
    words = state(standing)
    return f"Where you stand: {words[0].lower()}{words[1:]}."


def _facts(report: SkillReport, links: PageLinks) -> tuple[Fact, ...]:
    facts = []
    if report.competence is not None and report.competence.people:
        value, began = _time(report.competence)
        facts.append(Fact("First new scenario right", value, links.define("velocity"), change=began))
    expected = report.rule.benchmark_days
    if report.within_benchmark is not None and expected is not None:
        within = percent(report.within_benchmark)
        facts.append(Fact(f"Within the {count(expected, 'day')} expected", within, links.define("benchmark")))
    if report.mastery is not None and report.mastery.people:
        value, began = _time(report.mastery)
        facts.append(Fact("Mastered", value, links.define("time_to_proficiency"), change=began))
    if report.said_used is not None:
        said = count(report.said_used.people, "person", "people")
        facts.append(
            Fact(
                "Used at work, people say",
                percent(report.said_used.share),
                links.define("application"),
                change=f"in tenths, {said}",
            )
        )
    if report.work is not None and report.work.eligible:
        target = "" if report.work.target is None else f"target {percent(report.work.target)}"
        facts.append(
            Fact("Work done as taught", percent(report.work.share.value), links.define("adherence"), change=target)
        )
    if report.first_used is not None:
        value, by = _first_used(report.first_used)
        facts.append(Fact("First used after a lesson", value, links.define("first_application"), change=by))
    if report.overconfidence is not None:
        facts.append(Fact("How sure people are", _sureness(report.overconfidence), links.define("calibration")))
    for workflow, time in report.independence:
        if time.people:
            value, began = _time(time)
            facts.append(Fact(f"Alone in {workflow}", value, links.define("independence"), change=began))
    return tuple(facts)


def _time(time: GroupTime) -> tuple[str, str]:
    """Return by when half of a group is there, and how many of how many are."""
    if time.arrived is None:
        return "not shown", f"{time.people} began, too few"
    began = f"{time.arrived} of {time.people} who began"
    if time.median is None or time.median.days is None:
        return "not yet half", began
    return f"half in {count(max(1, round(time.median.days)), 'day')}", began


def _first_used(found: FirstApplications) -> tuple[str, str]:
    """Return by when half of the lessons were used in the work, and of how many, or between which days."""
    lessons = f"{found.applied} of {count(found.lessons, 'lesson')}"
    middle = found.median_days
    if middle.days is None:
        return "not yet half", lessons
    return f"half in {_days(middle.days)}", f"{lessons}; {_between(middle.low, middle.high)}" if middle.low else lessons


def _days(days: float) -> str:
    hours = round(24 * days)
    return count(max(1, hours), "hour") if hours < HOURS_SAID else count(round(days), "day")


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return ""
    return f"{_days(low)} or more" if high is None else f"{_days(low)} to {_days(high)}"


def _sureness(over: float) -> str:
    points = abs(round(100 * over))
    return f"{points} points too {'sure' if over > 0 else 'unsure'}" if points else "about right"


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


def _people(people: Sequence[PersonInSkill], links: PageLinks, zone: str) -> Grid:
    columns = (
        Column("Person"),
        Column("Team"),
        Column("State", links.define("mastery")),
        Column("Needs help", links.define("needs")),
        Column("First new scenario right", links.define("velocity")),
        Column("Last practised", is_number=True),
    )
    cells = tuple(
        (
            Cell(each.whose.name, links.person(each.whose.person_id), is_name=True),
            Cell(each.whose.team or "none"),
            Cell(state(each.standing)),
            Cell(_needs(each, zone)),
            Cell(days_words(each.standing)),
            Cell(day(each.standing.last_at, zone)),
        )
        for each in people
    )
    return Grid("Team by team, whoever needs help most first", columns, cells)


def _needs(person: PersonInSkill, zone: str) -> str:
    # The skill is the page's own title.
    said = (need_words(need, zone).removeprefix(f"{need.title}: ") for need in person.needs)
    return "; ".join(dict.fromkeys(said)) or "not now"


def _steps(coverage: SkillCoverage, skill: SkillRule) -> tuple[Cell, ...]:
    steps = []
    if coverage.awaiting_sign_off:
        steps.append(Cell("Sign off who is ready: Coach asks you in chat, with what to look for."))
    if coverage.not_started or coverage.lapsed:
        steps.append(Cell(f"Write “send lesson on {skill.title} to NAME” to Coach."))
    return tuple(steps)


def _quiz(tally: Tally) -> str:
    return of(tally.right - tally.scenarios_right, tally.answered - tally.scenarios_answered)
