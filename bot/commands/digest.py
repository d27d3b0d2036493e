"""`coach digest`: the digest a manager would be sent now, as text or JSON."""

import json
from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.company import stored_company
from bot.handlers.digesting import shown_digest
from bot.viewing import viewer_of
from bot.views.digest import digest_json, named_ids
from lessons.digests import as_manager, digest_of
from metrics.errors import Refusal
from metrics.looks import note_looks
from metrics.people import asker_for, find_person


def command(
    manager: Annotated[str, typer.Option("--for", metavar="MANAGER", help="E-mail, slack:U…, teams:… or id.")],
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Show the digest a manager would be sent now; that you looked is noted for the people it names."""
    with opened_app() as app:
        app.database.check_schema()
        now = app.now()
        with app.database.transaction() as session:
            company, person = stored_company(session), find_person(session, manager)
            viewer = viewer_of(session, asker_for(person), company)
            if not as_manager(viewer).people(session):
                raise Refusal(f"{person.name} manages nobody who is active, so there is no digest for them.")
            digest = digest_of(session, viewer, now)
            text = shown_digest(session, digest, person, company).text
            told = digest_json(digest, viewer.zone)
            # As JSON it names everybody in its report.
            everybody = [each.whose.person_id for each in digest.report.people]
            seen = everybody if as_json_text else named_ids(digest)
            note_looks(session, None, seen, "digest", now, viewer.zone)
    out.print(json.dumps(told, indent=2) if as_json_text else text)
