"""`coach nudges`: which lessons are planned, went out, were missed and why."""

import json
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer

from bot.commands.terminal import opened_app, out
from bot.company import stored_company
from bot.views.nudges import counts_of, nudges_text
from lessons.nudge_list import list_nudges
from metrics.people import find_person

USUAL_DAYS = 2


class State(StrEnum):
    """How it went with a nudge; one that is being sent counts as planned."""

    PLANNED = "planned"
    SENT = "sent"
    MISSED = "missed"
    UNKNOWN = "unknown"


def command(
    state: Annotated[State | None, typer.Option(help="Only nudges in this state.")] = None,
    person: Annotated[str | None, typer.Option(help="Only those of one person: an e-mail, slack:U… or teams:…")] = None,
    days: Annotated[int, typer.Option(help="How many days to look back.", min=0, max=400)] = USUAL_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """List nudges: when, for whom, which skill, and what became of them; times are on each person's own clock."""
    with opened_app() as app:
        app.database.check_schema()
        with app.database.session() as session:
            company = stored_company(session)
            person_id = find_person(session, person).id if person is not None else None
            states = {None: (), State.PLANNED: ("planned", "queued")}.get(state, (str(state),))
            since = app.now() - timedelta(days=days)
            listed = list_nudges(session, since, company.timezone, person_id, states)
        if as_json:
            found = {"counts": counts_of(listed), "nudges": [asdict(one) for one in listed]}
            out.print(json.dumps(found, indent=2, default=lambda instant: instant.isoformat()))
        else:
            out.print(nudges_text(listed, {key: skill.title for key, skill in company.skills.items()}))
