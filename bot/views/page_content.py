"""Words of the pages about SOPs, the programme, definitions, and the events behind a figure."""

from collections.abc import Mapping, Sequence
from datetime import date

from bot.views.disagreement import MATTERS, SETTLE, side_line
from bot.views.figures import day, listed, period_words
from bot.views.page import Cell, Column, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.tracks import count
from coach.conflict_record import KnownConflict
from coach.gaps import PastReview, Unanswered
from lessons.report import TeamReport
from metrics.behind import MOST, Behind, Happening
from metrics.definition import Reader
from metrics.definitions import CHAPTERS, READERS
from metrics.events.kinds import ItemAnswered, LessonApplied, LessonCompleted, QuestionAsked, SkillLapsed, SkillMastered
from metrics.tallies import RIGHT_SCORE
from metrics.time_zones import local_time

BEHIND = {
    "lessons": ("lesson done", "lessons done"),
    "mastery": ("change of mastery", "changes of mastery"),
    "answers": ("answer", "answers"),
    "use": ("word about use at work", "words about use at work"),
    "questions": ("question", "questions"),
}
EVENTS = {
    LessonCompleted.kind: "Lesson done",
    SkillMastered.kind: "Mastered",
    SkillLapsed.kind: "Needs a refresher",
    LessonApplied.kind: "Said whether it was used",
    QuestionAsked.kind: "Question asked",
}
NOT_COVERED_DAYS = 90


def sop_page(
    title: str,
    file: str,
    gaps: Sequence[Unanswered],
    past: Sequence[PastReview],
    conflicts: Sequence[KnownConflict],
    zone: str,
) -> PageView:
    """Return what an SOP could not answer, where it disagrees, and which of its sections are past their review date."""
    asked = Grid(
        "Most often asked first; nobody's name is kept with them here",
        (Column("Question"), Column("Times", is_number=True), Column("Last asked", is_number=True)),
        tuple((Cell(gap.words, is_name=True), Cell(str(gap.times)), Cell(day(gap.last_at, zone))) for gap in gaps),
        "It answered whatever was asked of it.",
    )
    stale = Grid(
        "Longest past first",
        (Column("Section"), Column("Review was due", is_number=True)),
        tuple((Cell(" > ".join(each.headings) or title, is_name=True), Cell(_date(each.review_on))) for each in past),
        "None is past its date.",
    )
    steps = []
    if conflicts:
        steps.append(Cell(SETTLE))
    if gaps:
        steps.append(Cell(f"Write the answer to “{gaps[0].words}” into the SOP, and run coach apply."))
    if past:
        steps.append(Cell("Read the sections past their date again, and set the next one as review_by."))
    return PageView(
        title=title,
        takeaway=_sop_takeaway(sum(gap.times for gap in gaps), len(past)),
        sections=(
            Section(f"Questions It Could Not Answer in {NOT_COVERED_DAYS} Days", grids=(asked,)),
            *([Section("Where Sections Disagree", grids=(_disagreeing(conflicts, zone),))] if conflicts else []),
            Section("Sections Past Their Review Date", grids=(stale,)),
        ),
        steps=tuple(steps),
        notes=(f"From {file}. You see this as its owner, or because you look after Coach.",),
    )


def _disagreeing(conflicts: Sequence[KnownConflict], zone: str) -> Grid:
    columns = (
        Column("One says"),
        Column("The other says"),
        Column("About"),
        Column("Shown", is_number=True),
        Column("Last shown", is_number=True),
    )
    rows = tuple(
        (
            Cell(side_line(each.first), is_name=True),
            Cell(side_line(each.second)),
            Cell(MATTERS[each.about]),
            Cell(str(each.times)),
            Cell(day(each.last_at, zone)),
        )
        for each in conflicts
    )
    return Grid("Shown together in an answer, most often first; nobody's name is kept with them", columns, rows)


def sops_page(rows: Sequence[tuple[str, str, int, int]], links: PageLinks) -> PageView:
    """Return the SOPs somebody owns or looks after: (file, title, questions not answered, sections past review)."""
    columns = (
        Column("SOP"),
        Column("Not answered", links.define("questions"), is_number=True),
        Column("Past review", is_number=True),
    )
    worst = sorted(rows, key=lambda row: (-row[2], -row[3], row[1].casefold()))
    cells = tuple(
        (Cell(title, links.sop(file), is_name=True), Cell(str(asked)), Cell(str(past)))
        for file, title, asked, past in worst
    )
    asked, past = sum(row[2] for row in rows), sum(row[3] for row in rows)
    steps = (Cell(f"Begin with {worst[0][1]}", links.sop(worst[0][0])),) if worst and (asked or past) else ()
    return PageView(
        title="SOPs",
        takeaway=_sop_takeaway(asked, past),
        sections=(
            Section(
                "What They Lack",
                grids=(Grid(f"Questions of {NOT_COVERED_DAYS} days, sections past their date now", columns, cells),),
            ),
        ),
        steps=steps,
        notes=("You see the SOPs you own, all of them if you look after Coach, and only those you may read.",),
    )


def programme_page() -> PageView:
    """Return that there is no programme."""
    return PageView(
        title="Programme",
        takeaway="No programme is set up, and this version of Coach cannot set one up yet.",
    )


def definitions_page() -> PageView:
    """Return what every figure means, each at an address of its own."""
    contents = tuple(
        Section(chapter, items=tuple(Cell(each.title, f"#{each.key}") for each in definitions))
        for chapter, definitions in CHAPTERS
    )
    entries = tuple(
        Section(
            each.title,
            (each.sentence,),
            items=(
                Cell(f"How it is counted: {each.formula}."),
                Cell(f"Unit: {each.unit}."),
                Cell(f"From: {each.source}."),
                Cell(f"Seen by {_readers(each.seen_by)}; for a group by {_readers(each.groups_seen_by)}."),
            ),
            id=each.key,
        )
        for _, definitions in CHAPTERS
        for each in definitions
    )
    return PageView(
        title="Definitions",
        takeaway="What every figure means, how it is counted, and who sees it.",
        sections=(*contents, *entries),
    )


def events_page(
    kind: str, name: str, behind: Behind, titles: Mapping[str, str], links: PageLinks, zone: str, is_own: bool
) -> PageView:
    """Return the events of one person behind a figure, of `kind` a key of BEHIND."""
    total = count(behind.total, *BEHIND[kind])
    whose = "you" if is_own else name
    shown = f", the newest {MOST}" if behind.total > MOST else ""
    grid = Grid(
        f"Newest first{shown}",
        (Column("When"), Column("What"), Column("Skill"), Column("Result")),
        tuple(_happening(each, titles, links, zone, is_own) for each in behind.newest),
    )
    notes = ("Only you see your answers, questions and what you said of use at work.",) if is_own else ()
    return PageView(
        title="Behind the Figure",
        takeaway=f"{total} from {whose} in {period_words(behind.period.days)}.",
        sections=(Section("Events", grids=(grid,)),),
        notes=notes,
    )


def group_events_page(kind: str, report: TeamReport, zone: str) -> PageView | None:
    """Return how many events stand behind a figure of a group; None where its figures are not shown."""
    figures, period = report.whole.figures, report.groups_period or report.period
    if figures is None:
        return None
    tally = figures.tally
    totals = {"lessons": tally.lessons_completed, "answers": tally.answered, "use": tally.applied_asked}
    # What too few did counts as nothing, and so does what nobody did.
    if not totals.get(kind):
        return None
    total = count(totals[kind], *BEHIND[kind])
    people = count(figures.contributors, "person", "people")
    return PageView(
        title="Behind the Figure",
        takeaway=f"{total} from {people} between {day(period.since, zone)} and {day(period.until, zone)}.",
        notes=("Which ones, and whose, stays with the people themselves.",),
    )


def _readers(readers: Sequence[Reader]) -> str:
    return listed([READERS[reader] for reader in readers], most=len(Reader)) or "nobody"


def _sop_takeaway(asked: int, past: int) -> str:
    if not asked and not past:
        return "Every question was answered, and no section is past its review date."
    gaps = count(asked, "question was", "questions were") + " not answered"
    due = count(past, "section is", "sections are") + " past their review date"
    return f"{gaps}; {due}."


def _happening(
    each: Happening, titles: Mapping[str, str], links: PageLinks, zone: str, is_own: bool
) -> tuple[Cell, ...]:
    local = local_time(each.at, zone)
    skill = titles.get(each.skill or "")
    return (
        Cell(f"{local.day} {local:%b %Y, %H:%M}", is_name=True),
        Cell(_what(each)),
        Cell(skill, links.skill(each.skill or "")) if skill else Cell("none"),
        Cell(_result(each, is_own)),
    )


def _what(each: Happening) -> str:
    if each.kind == ItemAnswered.kind:
        return "Scenario answered" if each.payload.get("is_scenario") else "Question of a lesson answered"
    return EVENTS[each.kind]


def _result(each: Happening, is_own: bool) -> str:
    if each.kind == ItemAnswered.kind:
        right = "right" if (each.score or 0) >= RIGHT_SCORE else "not right"
        sure = each.payload.get("confidence")
        return right if sure is None else f"{right}, {sure:.0%} sure"
    if each.kind == LessonCompleted.kind:
        return "done" if each.seconds is None else f"{each.seconds / 60:.0f} min"
    if each.kind == LessonApplied.kind:
        return "used" if each.score else "not used"
    # Why mastery ended may tell of answers, which are private.
    said = each.payload.get("band") or each.payload.get("reason") if is_own else None
    return str(said).replace("_", " ") if said else "none"


def _date(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
