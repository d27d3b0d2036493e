"""Words of the pages about answers: the list of one's own and of those marked as off, and the record of one."""

from collections.abc import Sequence

from bot.views.citing import place, section_numbers, section_of
from bot.views.page import Cell, Column, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.why import (
    VERDICTS,
    check_rows,
    considered_rows,
    cut_words,
    ending,
    facts,
    notes,
    phrased_lines,
    when,
    workings,
)
from coach.questions import delivery_of
from coach.tables import AskedQuestion
from coach.why import AnswerRecord

WHO_SEES = (
    "Only you see your answers here. Once you rate one, whoever looks after Coach can see it too, without your name."
)


def answers_page(
    own: Sequence[AskedQuestion], marked: Sequence[AskedQuestion] | None, links: PageLinks, zone: str
) -> PageView:
    """Return somebody's own newest answers, and those whose asker said that something is off; None shows none."""
    sections = [Section("Yours", grids=(_grid("Newest first", own, links, zone, "You asked nothing yet."),))]
    takeaway = f"{len(own)} of your own."
    if marked is not None:
        grid = _grid("Newest verdict first; who asked is not shown", marked, links, zone, "Nobody marked any.")
        sections.insert(0, Section("Marked as Off", grids=(grid,)))
        takeaway = f"{len(marked)} marked as off, {takeaway}"
    return PageView("Answers", takeaway, sections=tuple(sections), notes=(WHO_SEES,))


def answer_page(record: AnswerRecord, zone: str) -> PageView:
    """Return why one answer said what it said: its words, how it came about, then what was weighed and checked."""
    sections = [*_words(record), _came_about(record), _weighed(record), *_checked(record)]
    return PageView(
        title=cut_words(record.words),
        takeaway=f"{ending(record.reply.status, record.delivery)}. Asked {when(record.asked_at, zone)}.",
        sections=tuple(sections),
        notes=(*notes(record), f"Answer {record.answer_id}. {WHO_SEES}"),
    )


def _words(record: AnswerRecord) -> list[Section]:
    phrased = phrased_lines(record)
    sections = [Section("In a Model's Words", text=tuple(phrased))] if phrased else []
    if record.sources:
        numbers = section_numbers(record.sources)
        rows = tuple(
            (
                Cell(f"[{numbers[section_of(source)]}] {place(source.file, source.heading_path)}", is_name=True),
                Cell(source.words),
            )
            for source in record.sources
        )
        grid = Grid("Word for word", (Column("From"), Column("Quote")), rows, is_wordy=True)
        sections.append(Section("Quoted", grids=(grid,)))
    return sections


def _came_about(record: AnswerRecord) -> Section:
    rows = tuple((Cell(label, is_name=True), Cell(value)) for label, value in [*facts(record), *workings(record)])
    grid = Grid("The answer as a whole", (Column("What"), Column("How")), rows, is_wordy=True)
    return Section("How It Came About", grids=(grid,))


def _weighed(record: AnswerRecord) -> Section:
    rows = tuple((Cell(row[0], is_name=True), Cell(row[1]), Cell(row[2])) for row in considered_rows(record))
    columns = (Column("Passage"), Column("Score", is_number=True), Column("Made of"))
    caption = "Best first; higher is nearer to the question"
    return Section("Passages Weighed", grids=(Grid(caption, columns, rows, "None was weighed.", is_wordy=True),))


def _checked(record: AnswerRecord) -> list[Section]:
    checks = check_rows(record.reply.trace.model_use)
    if not checks:
        return []
    rows = tuple((Cell(name, is_name=True), Cell(held)) for name, held in checks)
    grid = Grid("By code, not by the model", (Column("Check"), Column("Result")), rows)
    return [Section("What Was Checked in the Model's Words", grids=(grid,))]


def _grid(caption: str, answers: Sequence[AskedQuestion], links: PageLinks, zone: str, empty: str) -> Grid:
    columns = (Column("Question"), Column("How it was answered"), Column("Verdict"), Column("Asked", is_number=True))
    rows = tuple(
        (
            Cell(cut_words(asked.words), links.answer(asked.public_id), is_name=True),
            Cell(ending(asked.band, delivery_of(asked))),
            Cell(VERDICTS.get(asked.rating or "", "")),
            Cell(when(asked.asked_at, zone)),
        )
        for asked in answers
    )
    return Grid(caption, columns, rows, empty)
