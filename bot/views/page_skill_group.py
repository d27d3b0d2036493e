"""Words of what answers and work of a group say of a skill: steps missed, how alike people answer, mistakes at work."""

from bot.views.figures import percent
from bot.views.page import Cell, Column, Grid, Section
from bot.views.page_links import PageLinks
from bot.views.tracks import count
from lessons.skill_report import SkillReport
from metrics.adherence import Adherence


def group_sections(report: SkillReport, links: PageLinks, smallest: int) -> tuple[Section, ...]:
    """Return the parts of a skill's page about a group; each figure is of at least `smallest` people."""
    sections = [Section("Steps That People Miss", grids=(_steps_missed(report, links, smallest),))]
    if report.consistency:
        sections.append(Section("How Alike People Answer", grids=(_consistency(report, links, smallest),)))
    at_work = []
    if report.work is not None and report.work.steps:
        at_work.append(_missed_at_work(report.work, links))
    if report.fewer_mistakes:
        at_work.append(_mistakes(report, links))
    if at_work:
        sections.append(Section("Mistakes at Work", grids=tuple(at_work)))
    return tuple(sections)


def _steps_missed(report: SkillReport, links: PageLinks, smallest: int) -> Grid:
    columns = (
        Column("Step"),
        Column("Lesson"),
        Column("Missed, in tenths", links.define("practice_mistakes"), is_number=True),
        Column("Answered by", is_number=True),
    )
    rows = tuple(
        (
            Cell(f"Step {each.step}", is_name=True),
            Cell(each.title),
            Cell(percent(each.missed)),
            Cell(count(each.people, "person", "people")),
        )
        for each in sorted(report.steps, key=lambda each: -each.missed)
    )
    empty = f"None was missed by many, of those that at least {smallest} people answered."
    return Grid("Most often missed first", columns, rows, empty)


def _consistency(report: SkillReport, links: PageLinks, smallest: int) -> Grid:
    columns = (
        Column("Step"),
        Column("Lesson"),
        Column("Apart between people", links.define("consistency"), is_number=True),
        Column("Apart between sites", links.define("consistency"), is_number=True),
        Column("Answered by", is_number=True),
    )
    rows = tuple(
        (
            Cell(f"Step {each.step}", is_name=True),
            Cell(each.title),
            Cell(f"{each.spread:.1f}"),
            Cell("fewer than two" if each.site_range is None else f"{each.site_range:.1f}"),
            Cell(count(each.people, "person", "people")),
        )
        for each in report.consistency
    )
    return Grid(f"In tenths, 0 is alike; sites where {smallest} people or more answered", columns, rows)


def _missed_at_work(work: Adherence, links: PageLinks) -> Grid:
    columns = (
        Column("Step of the work"),
        Column("Missed or put right, in tenths", links.define("work_mistakes"), is_number=True),
        Column("Done by", is_number=True),
    )
    rows = tuple(
        (
            Cell(f"{each.step.workflow}, step {each.step.step}", is_name=True),
            Cell(percent(round((each.eligible - each.seen) / each.eligible, 1))),
            Cell(count(each.people, "person", "people")),
        )
        for each in work.steps
    )
    return Grid("Most often missed first", columns, rows)


def _mistakes(report: SkillReport, links: PageLinks) -> Grid:
    columns = (
        Column("Step of the work"),
        Column("Missed before the first lesson", links.define("error_reduction"), is_number=True),
        Column("Missed after it", links.define("error_reduction"), is_number=True),
        Column("People compared", is_number=True),
    )
    rows = tuple(
        (
            Cell(f"{each.step.workflow}, step {each.step.step}", is_name=True),
            Cell(percent(each.before.value)),
            Cell(percent(each.after.value)),
            Cell(str(each.people)),
        )
        for each in report.fewer_mistakes
    )
    return Grid("The same people before and after; other causes are not ruled out", columns, rows)
