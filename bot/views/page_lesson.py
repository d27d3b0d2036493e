"""Words of the pages about lessons: the Revise queue, and how far people come in one lesson, version by version."""

from collections.abc import Iterable, Sequence

from bot.views.figures import NONE_YET, listed, percent
from bot.views.page import Cell, Column, Fact, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.tracks import count
from lessons.revise import Cause, Change, Check, Reason, ReviseQueue, Revision, Target
from metrics.charts import ChartSpec, Series
from metrics.lesson_effort import LessonEffort

PARTS = {"offer": "before it began", "concept": "cards", "practice": "practice", "reflection": "reflection"}
REASONS = {
    Reason.TOO_LONG_CONCEPT: "the cards take longer than planned",
    Reason.TOO_LONG_PRACTICE: "the practice takes longer than planned",
    Reason.TOO_LONG_REFLECTION: "the reflection takes longer than planned",
    Reason.TOO_LONG: "the whole takes longer than planned, though no part of it does",
    Reason.LEFT_IN_CONCEPT: "people leave it in the cards",
    Reason.LEFT_IN_PRACTICE: "people leave it in the practice",
    Reason.LEFT_IN_REFLECTION: "people leave it in the reflection",
    Reason.ITEM_TOO_HARD: "one question is missed by most",
    Reason.NO_SCENARIO: "nothing in it is a decision to take, so its use is never rehearsed",
    Reason.NOT_USED_AT_WORK: "few use it at work",
}
CHANGES = {
    Change.SHORTEN_CARDS: "Shorten the cards.",
    Change.FEWER_ITEMS: "Ask fewer questions.",
    Change.SHORTEN_REFLECTION: "Shorten the reflection.",
    Change.SPLIT_MODULE: "Split it into two lessons.",
    Change.REVISE_ITEM: "Teach on the cards what the question asks for, or ask more plainly.",
    Change.ADD_SCENARIO: "Add a scenario.",
    Change.SEND_NEARER_TO_WORK: "Send it just before the work in which it is used.",
    Change.RECONSIDER_WORKFLOW: "Look at the workflow itself: neither the lesson nor its use goes well.",
}
IN_GROUPS = "Figures are of at least {smallest} people. They judge lessons, never people."
NOT_SHOWN = "not shown"
PERIOD = "the last 90 days up to last Monday"


def revise_page(queue: ReviseQueue, links: PageLinks, smallest: int) -> PageView:
    """Return the lessons that miss a target with the likely reason and the change proposed, then all others."""
    waiting = [each for each in queue.to_revise if each.effort.people >= smallest]
    rest = [each for each in (*queue.to_revise, *queue.not_judged, *queue.met) if each not in waiting]
    columns = (
        Column("Lesson"),
        Column("What it misses", links.define("time_over_budget")),
        Column("Likely reason"),
        Column("Change proposed"),
    )
    rows = tuple(
        (
            Cell(each.title, links.lesson(each.file), is_name=True),
            Cell("; ".join(missed_words(check) for check in each.missed)),
            Cell(_likeliest(each.causes)),
            Cell(CHANGES[each.causes[0].change] if each.causes else "Look at it with somebody who took it."),
        )
        for each in waiting
    )
    queued = Grid("The furthest from its target first", columns, rows, "No lesson misses its target.")
    return PageView(
        title="Lessons to Revise",
        takeaway=_queue_takeaway(waiting, len(rest)),
        sections=(
            Section("To Revise", grids=(queued,)),
            Section("All Other Lessons", grids=(_others(rest, links, smallest),)),
        ),
        steps=_steps(waiting, links),
        notes=(f"{PERIOD[0].upper()}{PERIOD[1:]}. " + IN_GROUPS.format(smallest=smallest),),
    )


def lesson_page(revision: Revision, links: PageLinks, smallest: int) -> PageView:
    """Return how far people come in a lesson, the newest version first; only figures of at least `smallest` people."""
    newest = next((each for each in revision.versions if each.people >= smallest), None)
    sections = [Section("Version by Version", grids=(_versions(revision.versions, links, smallest),))]
    if newest:
        sections.insert(0, Section("Where People Stop", grids=(_left(newest, links),)))
    is_judged = newest is not None and newest.version == revision.effort.version
    return PageView(
        title=revision.title,
        takeaway=_lesson_takeaway(newest, revision.missed if is_judged else (), smallest),
        facts=_facts(newest, links, smallest) if newest else (),
        facts_label=f"{_version(newest)} in {PERIOD}" if newest else "",
        chart=_chart(newest) if newest else None,
        sections=tuple(sections),
        steps=tuple(
            Cell(f"{_sentence(cause_words(each))} {CHANGES[each.change]}")
            for each in (revision.causes if is_judged else ())
        ),
        notes=(f"{PERIOD[0].upper()}{PERIOD[1:]}, from {revision.file}. " + IN_GROUPS.format(smallest=smallest),),
    )


def missed_words(check: Check) -> str:
    """Return by how much a target was missed."""
    if check.target is Target.COMPLETION_TIME:
        return f"takes {clock(check.found or 0)} instead of {clock(check.wanted)}"
    return f"used within seven days by {percent(check.found)} instead of {percent(check.wanted)}"


def cause_words(cause: Cause) -> str:
    """Return a likely reason, and which step it is about."""
    step = f" (step {cause.step} of the SOP)" if cause.step is not None else ""
    return REASONS[cause.reason] + step


def clock(seconds: float) -> str:
    """Return seconds as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


def _queue_takeaway(waiting: Sequence[Revision], others: int) -> str:
    if not waiting:
        return f"No lesson misses its target; {count(others, 'lesson')} in all."
    names = listed([each.title for each in waiting])
    return f"{count(len(waiting), 'lesson misses its target', 'lessons miss their target')}: {names}."


def _lesson_takeaway(newest: LessonEffort | None, missed: Sequence[Check], smallest: int) -> str:
    if newest is None:
        return f"Fewer than {smallest} people have opened this lesson, so no figures are shown yet."
    done = f"{newest.completed} of {newest.opened} who opened it went through to the end"
    if missed:
        return f"{_sentence('; '.join(map(missed_words, missed)))[:-1]}; {done}."
    return f"{done}."


def _likeliest(causes: Iterable[Cause]) -> str:
    return next((_sentence(cause_words(cause)) for cause in causes), "Not known.")


def _others(rest: Sequence[Revision], links: PageLinks, smallest: int) -> Grid:
    columns = (
        Column("Lesson"),
        Column("Opened", is_number=True),
        Column("Finished", links.define("completion"), is_number=True),
        Column("Time, half of them", links.define("time_over_budget"), is_number=True),
        Column("Used at work", links.define("application"), is_number=True),
    )
    rows = []
    for each in rest:
        effort = each.effort
        figures = (
            (
                str(effort.opened),
                _share(effort.completed, effort.opened),
                _time(effort, smallest),
                _use(effort, smallest),
            )
            if effort.people >= smallest
            else (NOT_SHOWN,) * 4
        )
        rows.append((Cell(each.title, links.lesson(each.file), is_name=True), *map(Cell, figures)))
    return Grid("By file", columns, tuple(rows), "There are no others.")


def _facts(effort: LessonEffort, links: PageLinks, smallest: int) -> tuple[Fact, ...]:
    budget = effort.budget_seconds
    return (
        Fact("People", str(effort.people)),
        Fact("Finished", f"{effort.completed} of {effort.opened}", links.define("completion")),
        Fact("Left before the end", percent(effort.drop_off), links.define("drop_off")),
        Fact(
            "Time, half of them",
            _time(effort, smallest),
            links.define("time_over_budget"),
            change=f"planned {clock(budget)}" if budget else "",
        ),
        Fact("Used at work", _use(effort, smallest), links.define("application")),
    )


def _chart(effort: LessonEffort) -> ChartSpec | None:
    if not effort.parts:
        return None
    return ChartSpec(
        title="Time in each part",
        kind="bar",
        categories=tuple(PARTS.get(part.part, part.part).capitalize() for part in effort.parts),
        series=(
            Series("Taken", tuple(round(part.median_seconds) for part in effort.parts)),
            Series("Planned", tuple(round(part.budget_seconds) for part in effort.parts)),
        ),
        y_label="seconds, half of them took less",
        takeaway=_time_takeaway(effort),
    )


def _time_takeaway(effort: LessonEffort) -> str:
    longest = max(effort.parts, key=lambda part: part.seconds_over)
    if longest.seconds_over <= 0:
        return "Every part is done within its time."
    name = PARTS.get(longest.part, longest.part)
    return f"The {name} takes {count(round(longest.seconds_over), 'second')} longer than planned."


def _left(effort: LessonEffort, links: PageLinks) -> Grid:
    columns = (
        Column("Left in"),
        Column("At step", is_number=True),
        Column("Times", links.define("drop_off"), is_number=True),
    )
    rows = tuple(
        (
            Cell(PARTS.get(left.part, left.part).capitalize(), is_name=True),
            Cell("not known" if left.position is None else str(left.position)),
            Cell(str(left.runs)),
        )
        for left in effort.left
    )
    return Grid(f"{_version(effort)}, most often first", columns, rows, "Nobody left it before the end.")


def _versions(versions: Sequence[LessonEffort], links: PageLinks, smallest: int) -> Grid:
    columns = (
        Column("Version"),
        Column("Finished", links.define("completion"), is_number=True),
        Column("Left before the end", links.define("drop_off"), is_number=True),
        Column("Time, half of them", links.define("time_over_budget"), is_number=True),
        Column("Used at work", links.define("application"), is_number=True),
    )
    rows = []
    for effort in versions:
        figures = (
            (
                f"{effort.completed} of {effort.opened}",
                percent(effort.drop_off),
                _time(effort, smallest),
                _use(effort, smallest),
            )
            if effort.people >= smallest
            else (NOT_SHOWN,) * 4
        )
        rows.append((Cell(_version(effort), is_name=True), *map(Cell, figures)))
    return Grid("The newest version first", columns, tuple(rows), "Nobody has been offered it yet.")


def _version(effort: LessonEffort) -> str:
    return "Before versions were counted" if effort.version is None else f"Version {effort.version}"


def _steps(waiting: Sequence[Revision], links: PageLinks) -> tuple[Cell, ...]:
    if not waiting:
        return ()
    first = waiting[0]
    return (
        Cell(f"Begin with {first.title}: see where people stop", links.lesson(first.file)),
        Cell("Change the file in the company folder and run coach apply: the next version is compared with this one."),
    )


def _time(effort: LessonEffort, smallest: int) -> str:
    if effort.completion is None:
        return NONE_YET
    return clock(effort.completion.median) if effort.people_completed >= smallest else NOT_SHOWN


def _use(effort: LessonEffort, smallest: int) -> str:
    is_shown = effort.people_asked >= smallest or not effort.applied_asked
    return percent(effort.application) if is_shown else NOT_SHOWN


def _share(part: int, whole: int) -> str:
    return percent(part / whole if whole else None)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
