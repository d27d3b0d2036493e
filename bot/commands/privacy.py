"""`coach export` and `coach erase`: what is stored of a person, handed out or deleted."""

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.commands.terminal import opened_app, out
from bot.commands.xapi_file import naming_of, write_statements
from bot.erasing import erase_everything
from bot.tables import METADATA
from bot.views.tracks import count
from metrics.errors import Refusal
from metrics.events.kinds import PersonExported
from metrics.events.record import record
from metrics.people import find_person
from metrics.periods import Period
from metrics.privacy import export_person
from metrics.xapi import Exporter, statements_of_own

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An id, an e-mail, slack:U… or teams:…")]


def export(
    person: PersonArgument,
    xapi: Annotated[Path | None, typer.Option(metavar="FILE", help="Write their practice as xAPI instead.")] = None,
) -> None:
    """Print everything stored about a person as JSON, for them."""
    with opened_app() as app:
        app.database.check_schema()
        if xapi is not None:
            _export_practice(app, person, xapi)
            return
        with app.database.transaction(is_alone=True) as session:
            found = find_person(session, person)
            copy = export_person(session, METADATA, found)
            record(session, PersonExported(sum(len(rows) for rows in copy.values())), app.now(), found.id)
        out.print(json.dumps(copy, ensure_ascii=False, indent=2))


def _export_practice(app: App, reference: str, file: Path) -> None:
    with app.database.transaction() as session:
        person, naming = find_person(session, reference), naming_of(session, app)
    always = Period(datetime.fromtimestamp(0, UTC), app.now())
    with app.database.session() as session:
        rows = write_statements(file, statements_of_own(session, Exporter(person.id, person.email), always, naming))
    with app.database.transaction() as session:
        record(session, PersonExported(rows), app.now(), person.id)
    out.print(f"{count(rows, 'statement')} in {file}.")


def erase(person: PersonArgument, yes: Annotated[bool, typer.Option("--yes", help="Really delete.")] = False) -> None:
    """Delete everything stored about a person, for good. Without --yes, say what would be deleted."""
    with opened_app() as app:
        app.database.check_schema()
        if not yes:
            with app.database.session() as session:
                copy = export_person(session, METADATA, find_person(session, person))
            counts = ", ".join(f"{len(rows)} in {table}" for table, rows in copy.items() if rows)
            raise Refusal(f"This would delete {counts}, for good. Run it again with --yes to do it.")
        with app.database.transaction(is_alone=True) as session:
            erasure = erase_everything(session, find_person(session, person), app.now(), secrets.token_hex(16))
    for table, rows in erasure.rows_by_table.items():
        if rows:
            out.print(f"{table}: {rows} deleted")
    out.print(
        "Coach cannot reach two other places: take the person out of people.csv, company.yaml and any SOP that names "
        "them, then apply the folder; and let backups taken before now run out. The old people.csv will not bring the "
        "person back."
    )
