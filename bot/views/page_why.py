"""Words of the pages about answers: the list of one's own and of those marked as off, and the record of one."""

from collections.abc import Sequence

from bot.views.page import Cell, Column, Grid, PageView, Section
from bot.views.page_links import PageLinks
from bot.views.why import VERDICTS, check_rows, considered_rows, cut_words, ending, facts, notes, place, when, workings
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
    """Return why one answer said what it said."""
    weighed = Grid(
        "Best first; higher is nearer to the question",
        (Column("Passage"), Column("Score", is_number=True), Column("Made of")),
        tuple((Cell(row[0], is_name=True), Cell(row[1]), Cell(row[2])) for row in considered_rows(record)),
        "None was weighed.",
    )
    sections = [Section("Passages Weighed", grids=(weighed,))]
    if record.sources:
        shown = Grid(
            "Word for word",
            (Column("Quote"), Column("From")),
            tuple(
                (Cell(source.words, is_name=True), Cell(place(source.file, source.heading_path)))
                for source in record.sources
            ),
        )
        sections.insert(0, Section("Quoted", grids=(shown,)))
    checks = check_rows(record.reply.trace.model_use)
    if checks:
        grid = Grid(
            "By code, not by the model",
            (Column("Check"), Column("Result")),
            tuple((Cell(name, is_name=True), Cell(held)) for name, held in checks),
        )
        sections.append(Section("What Was Checked in the Model's Words", grids=(grid,)))
    said = tuple((Cell(label, is_name=True), Cell(value)) for label, value in [*facts(record), *workings(record)])
    sections.append(
        Section("How It Came About", grids=(Grid("The answer as a whole", (Column("What"), Column("How")), said),))
    )
    return PageView(
        title=cut_words(record.words),
        takeaway=f"{ending(record.reply.status, record.delivery)}. Asked {when(record.asked_at, zone)}.",
        sections=tuple(sections),
        notes=(*notes(record), f"Answer {record.answer_id}. {WHO_SEES}"),
    )


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
