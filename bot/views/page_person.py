"""Words of the page of one person: all of it for themselves, for others skills, support needs and effort."""

from collections.abc import Mapping

from bot.views.figures import (
    change,
    day,
    mastered,
    minutes,
    need_words,
    of,
    percent,
    period_words,
)
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.progress import FEWEST_SURE_ANSWERS, confidence_words, own_takeaway, skill_row, weeks_chart
from bot.views.progress_person import person_takeaway
from bot.views.tracks import count
from lessons.report import OwnPractice, PersonReport
from metrics.standing import NeedKind, SkillStanding, Standing
from metrics.tallies import Tally

YOURS = "Only you see your answers, confidence, streak and questions. The managers above you and whoever looks after "
YOURS_TOO = "Coach see your skills, what you need help with, and how many lessons and minutes you did."
NOTED = "That you looked is noted, and they can see it: “my data” shows who looked."
NOT_KNOWN = "not known yet"
NOT_PRACTISED = "You have not practised yet. Write “lesson” to Coach to get your first one."


def own_page(report: PersonReport, links: PageLinks, zone: str) -> PageView:
    """Return somebody's own page; `report.own` is there."""
    own = report.own or OwnPractice(Tally(), Tally())
    person_id = report.whose.person_id
    return PageView(
        title="Your Progress",
        takeaway=NOT_PRACTISED if report.standing.last_at is None else own_takeaway(report, zone),
        facts=_own_facts(report, own, links),
        facts_label=f"You in {period_words(report.period.days)}",
        chart=weeks_chart(own.weeks),
        sections=(_own_skills(report.standing, own.by_skill, links, zone), *_needs(report.standing, zone)),
        steps=_own_steps(report.standing),
        filters=(links.periods(links.person(person_id).partition("?")[0]),),
        downloads=(Cell("Download as CSV", f"{links.person(person_id).partition('?')[0]}/export.csv"),),
        notes=(YOURS + YOURS_TOO,),
    )


def person_page(report: PersonReport, links: PageLinks, zone: str) -> PageView:
    """Return the page of somebody else: what may be seen of them, and nothing of their answers."""
    standing, whose = report.standing, report.whose
    about = ", ".join(dict.fromkeys(filter(None, (whose.team, whose.site, *whose.roles))))
    return PageView(
        title=f"{whose.name}: {about}" if about else whose.name,
        takeaway=person_takeaway(report, zone),
        facts=(
            _mastered(standing, links),
            Fact(
                "Lessons done",
                str(report.effort.lessons),
                links.define("completion"),
                _events(report, links, "lessons"),
            ),
            Fact("Minutes of practice", minutes(report.effort.minutes), links.define("minutes")),
            Fact("Last practised", day(standing.last_at, zone)),
        ),
        facts_label=f"In {period_words(report.period.days)}",
        sections=(_skills(standing, links, zone), *_needs(standing, zone)),
        steps=_steps(report),
        filters=(links.periods(links.person(whose.person_id).partition("?")[0]),),
        notes=(f"You see skills, support needs and effort; answers and confidence stay with {whose.name}. {NOTED}",),
    )


def _own_facts(report: PersonReport, own: OwnPractice, links: PageLinks) -> tuple[Fact, ...]:
    tally, before = own.tally, own.before
    days = own.streak.days

    def fact(label: str, share: tuple[int, int], metric: str, moved: str = "") -> Fact:
        return Fact(label, of(*share), links.define(metric), _events(report, links, "answers"), moved)

    return (
        _mastered(report.standing, links),
        Fact(
            "Lessons done", str(tally.lessons_completed), links.define("completion"), _events(report, links, "lessons")
        ),
        Fact("Minutes of practice", minutes(tally.minutes), links.define("minutes"), _events(report, links, "lessons")),
        Fact(
            "Days practised",
            str(own.days_practised),
            links.define("frequency"),
            _events(report, links, "answers"),
        ),
        fact(
            "Quiz answers right",
            (tally.right - tally.scenarios_right, tally.answered - tally.scenarios_answered),
            "quiz_accuracy",
            change(tally.quiz_accuracy, before.quiz_accuracy),
        ),
        fact(
            "Scenarios right",
            (tally.scenarios_right, tally.scenarios_answered),
            "scenario_accuracy",
            change(tally.scenario_accuracy, before.scenario_accuracy),
        ),
        *_sureness(report, own, links),
        Fact(
            "Streak",
            count(days, "day"),
            links.define("streak"),
            "",
            f"{count(own.streak.freezes_left, 'day', 'days')} may be missed"
            if days and own.streak.freezes_left
            else "",
        ),
        Fact("Used at work", of(tally.applied, tally.applied_asked), links.define("application")),
    )


def _sureness(report: PersonReport, own: OwnPractice, links: PageLinks) -> tuple[Fact, ...]:
    tally, gain, behind = own.tally, own.confidence_gain, _events(report, links, "answers")
    words, is_known = confidence_words(own), tally.sure_answered >= FEWEST_SURE_ANSWERS and tally.brier is not None
    points = "" if gain is None else f"{round(100 * gain):+d} points"
    return (
        Fact("How sure you are", percent(tally.confidence), links.define("confidence"), behind),
        # What follows stands in a fact of its own.
        Fact(
            "Too sure or too unsure",
            words.partition(";")[0] if words else NOT_KNOWN,
            links.define("calibration"),
            behind,
        ),
        Fact("Confidence since the first answer", points or NOT_KNOWN, links.define("confidence_gain")),
        Fact(
            "How well sureness fits",
            f"{tally.brier:.2f}, 0 is best" if is_known else NOT_KNOWN,
            links.define("brier"),
            behind,
        ),
    )


def _mastered(standing: Standing, links: PageLinks) -> Fact:
    return Fact("Skills mastered", mastered(standing), links.define("mastery"))


def _events(report: PersonReport, links: PageLinks, kind: str) -> str:
    return links.events(report.whose.person_id, kind)


def _own_skills(standing: Standing, tallies: Mapping[str, Tally], links: PageLinks, zone: str) -> Section:
    columns = (
        Column("Skill"),
        Column("Where you stand", links.define("mastery")),
        Column("Quiz right", links.define("quiz_accuracy"), is_number=True),
        Column("Scenarios right", links.define("scenario_accuracy"), is_number=True),
        Column("Last practised", is_number=True),
    )
    rows = []
    for skill in standing.skills:
        tally = tallies.get(skill.skill, Tally())
        quiz = of(tally.right - tally.scenarios_right, tally.answered - tally.scenarios_answered)
        scenarios = of(tally.scenarios_right, tally.scenarios_answered)
        last = Cell(day(skill.last_at, zone))
        rows.append((_skill(skill, links), Cell(skill_row(skill)[1]), Cell(quiz), Cell(scenarios), last))
    return Section(
        "Your Skills", grids=(Grid("Each skill of the company", columns, tuple(rows), "No skills are listed."),)
    )


def _skills(standing: Standing, links: PageLinks, zone: str) -> Section:
    columns = (
        Column("Skill"),
        Column("State", links.define("mastery")),
        Column("Mastered on", is_number=True),
        Column("First new scenario right", links.define("velocity")),
        Column("Last practised", is_number=True),
    )
    rows = tuple(
        (
            _skill(skill, links),
            Cell(skill_row(skill)[1]),
            Cell(day(skill.mastered_at, zone)),
            Cell(days_words(skill)),
            Cell(day(skill.last_at, zone)),
        )
        for skill in standing.skills
    )
    return Section("Skills", grids=(Grid("Each skill of the company", columns, rows, "No skills are listed."),))


def days_words(skill: SkillStanding) -> str:
    """Return how long it took somebody to show competence, against what is expected."""
    if skill.days_to_competence is None:
        return "not yet"
    days = f"after {count(max(1, round(skill.days_to_competence)), 'day')}"
    if skill.is_within_benchmark is None:
        return days
    return f"{days}, {'within' if skill.is_within_benchmark else 'over'} the {skill.benchmark_days} expected"


def _skill(skill: SkillStanding, links: PageLinks) -> Cell:
    return Cell(skill.title, links.skill(skill.skill), is_name=True)


def _needs(standing: Standing, zone: str) -> tuple[Section, ...]:
    said = tuple(dict.fromkeys(need_words(need, zone) for need in standing.needs))
    if not said:
        return ()
    return (Section("What Needs Help, the Gravest First", items=tuple(map(Cell, said)), id="needs"),)


def _own_steps(standing: Standing) -> tuple[Cell, ...]:
    """Return what to write to Coach now."""
    steps = []
    skill = next((need.title for need in standing.to_do if need.title), "")
    if skill:
        steps.append(Cell(f"Write “practise {skill}” to Coach to work on it now."))
    if any(need.kind is NeedKind.SOP_CHANGED for need in standing.coming):
        steps.append(Cell("Read what changed in the SOP before you practise again."))
    return (*steps, Cell("Write “lesson” to Coach for what fits you best today."))


def _steps(report: PersonReport) -> tuple[Cell, ...]:
    name = report.whose.name
    if not report.standing.needs:
        return (Cell(f"Say what went well: write “progress {name}” to Coach and press Recognise."),)
    return (
        Cell(f"Ask {name} how it is going: write “progress {name}” to Coach and press Check-in Script."),
        Cell(f"Offer practice: write “send lesson to {name}” to Coach."),
    )
