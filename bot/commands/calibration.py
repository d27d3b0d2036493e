"""`coach calibration`: predicted against observed recall, on the company's own log or on a review log in a file."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.views.calibration import calibration_text
from coach.reading import Rejected
from lessons.attempts import Attempt, attempts
from lessons.calibration import compare
from lessons.review_log import read_review_log
from metrics.errors import Refusal


def command(
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE.csv", help="A review log to use instead of the company's own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Compare how well recall is predicted by Coach, by FSRS-6 as published, by SM-2 and by the user's average."""
    found = compare(_own_log() if log is None else _log_in(log))
    out.print(json.dumps(asdict(found), indent=2) if as_json else calibration_text(found))


def _own_log() -> list[Attempt]:
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            return attempts(session)


def _log_in(path: Path) -> list[Attempt]:
    if not path.is_file():
        raise Refusal(f"There is no file {path}. Give a review log as CSV.")
    try:
        return read_review_log(path.read_bytes())
    except Rejected as reason:
        raise Refusal(f"{path.name} {reason}") from None
