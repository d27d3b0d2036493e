"""`coach work-events`: what happened in the work, from a CSV file."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import err, opened_app, out
from bot.views.work import intake_text
from bot.web.work_door import take_reports
from coach.reading import Rejected, decode
from metrics.errors import Refusal
from metrics.work_intake import FACTS, read_csv

BAD_INPUT = 2


def command(
    file: Annotated[Path, typer.Argument(help=f"A CSV file with the columns {', '.join(FACTS)}.")],
    source: Annotated[
        str, typer.Option("--source", help="Where it comes from; a reference is taken once from each source.")
    ] = "csv",
) -> None:
    """Take reports of the work; a line taken before changes nothing. Exit code 2 when a line was left out."""
    if not file.is_file():
        raise Refusal(f"There is no file {file}. Give the path of a CSV file.")
    try:
        reports, mistakes = read_csv(file.name, decode(file.read_bytes()))
    except Rejected as reason:
        raise Refusal(f"{file.name} {reason}") from None
    with opened_app() as app:
        app.database.check_schema()
        intake = take_reports(app.database, source[:40], reports, app.now())
    out.print(intake_text(intake))
    for mistake in (*mistakes, *intake.refused):
        err.print(mistake)
    if mistakes or intake.refused:
        raise typer.Exit(BAD_INPUT)
