"""`coach evidence`: who has done what of required training, when, and what is overdue."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.company import stored_company
from bot.views.evidence import NO_REQUIRED_TRACK, evidence_csv, evidence_text
from lessons.evidence import evidence
from lessons.shelf import tracks
from metrics.errors import Refusal


def command(
    track: Annotated[str | None, typer.Option(help="Only this track, required or not: its file without .yaml.")] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write every person and step as CSV.")] = None,
) -> None:
    """Show how required training stands: each track, and whatever is overdue."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            company = stored_company(session)
            shelved = tracks(session)
            if track is not None and track not in shelved:
                known = ", ".join(shelved) or "none yet"
                raise Refusal(f"There is no track {track!r}. The tracks are: {known}.")
            rows = evidence(session, app.now(), company.timezone, track)
        skills = {key: skill.title for key, skill in company.skills.items()}
        if csv is not None:
            _write(csv, evidence_csv(rows, skills))
            out.print(f"{len(rows)} rows in {csv}.")
        elif track is None and not rows and not any(held.is_required for held in shelved.values()):
            out.print(NO_REQUIRED_TRACK)
        else:
            out.print(evidence_text(rows, skills))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refusal(
            f"{file} cannot be written ({error.strerror}). Name a file in a folder you may write to."
        ) from None
