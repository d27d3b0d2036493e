"""`coach export` and `coach erase`: what is stored of a person, handed out or deleted."""

import json
import secrets
from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.erasing import erase_everything
from bot.tables import METADATA
from metrics.errors import Refusal
from metrics.events.kinds import PersonExported
from metrics.events.record import record
from metrics.people import find_person
from metrics.privacy import export_person

PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="An id, an e-mail, slack:U… or teams:…")]


def export(person: PersonArgument) -> None:
    """Print everything stored about a person as JSON."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.transaction(is_alone=True) as session:
            found = find_person(session, person)
            copy = export_person(session, METADATA, found)
            record(session, PersonExported(sum(len(rows) for rows in copy.values())), app.now(), found.id)
        out.print(json.dumps(copy, ensure_ascii=False, indent=2))


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
