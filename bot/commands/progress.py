"""`coach progress`: who can do what and who needs help, of everybody, a team or one person, as text, JSON or xAPI."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from bot.app import App
from bot.commands.terminal import opened_app, out
from bot.commands.xapi_file import DOOR, naming_of, write_statements
from bot.viewing import operator
from bot.views.progress_files import as_json
from bot.views.progress_text import person_text, team_text
from bot.views.tracks import count
from lessons.reports import person_report, team_report
from lessons.viewer import Viewer
from metrics.errors import Refusal
from metrics.events.kinds import ProgressExported
from metrics.events.record import record
from metrics.groups import DIVISIONS, By
from metrics.looks import note_looks
from metrics.people import find_person
from metrics.periods import DAYS_BY_NAME, Period, last_days
from metrics.xapi import statements_of_others


def command(
    person: Annotated[str | None, typer.Option(help="One person: e-mail, slack:U…, teams:… or id.")] = None,
    team: Annotated[str | None, typer.Option(help="One team, as people.csv writes it.")] = None,
    by: Annotated[str | None, typer.Option(help=f"Compare groups by {', '.join(DIVISIONS)}.")] = None,
    period: Annotated[str, typer.Option(help=f"The last {', '.join(DAYS_BY_NAME)}.")] = "month",
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
    xapi: Annotated[Path | None, typer.Option(metavar="FILE", help="Write xAPI statements, one a line.")] = None,
) -> None:
    """Show who can do what and who needs help with what. People can see that you looked."""
    if person is not None and (team is not None or by is not None):
        raise Refusal("Give --person, or --team or --by, not both.")
    if period not in DAYS_BY_NAME:
        raise Refusal(f"There is no period {period!r}. Use one of: {', '.join(DAYS_BY_NAME)}.")
    division = next((name for name in DIVISIONS if name == by), None)
    if by is not None and division is None:
        raise Refusal(f"Groups cannot be made by {by!r}. Use one of: {', '.join(DIVISIONS)}.")
    if xapi is not None and (by is not None or is_json):
        raise Refusal("--xapi writes statements of single people; it goes with --person, --team and --period only.")
    with opened_app() as app:
        app.database.check_schema()
        if xapi is not None:
            _export(app, xapi, person, team, last_days(DAYS_BY_NAME[period], app.now()))
            return
        with app.database.transaction() as session:
            viewer, during = operator(session), last_days(DAYS_BY_NAME[period], app.now())
            if person is not None:
                text, told = _of_person(session, viewer, person, during)
            else:
                text, told = _of_team(session, viewer, during, division, team)
    out.print(json.dumps(told, ensure_ascii=False, indent=2) if is_json else text)


def _of_person(session: Session, viewer: Viewer, reference: str, during: Period) -> tuple[str, dict[str, Any]]:
    report = person_report(session, viewer, find_person(session, reference), during, during.until)
    note_looks(session, None, [report.whose.person_id], "person", during.until, viewer.zone)
    return person_text(report, viewer.zone), as_json(report)


def _of_team(
    session: Session, viewer: Viewer, during: Period, by: By | None, team: str | None
) -> tuple[str, dict[str, Any]]:
    report = team_report(session, viewer, during, during.until, by, team)
    seen = [each.whose.person_id for each in report.people]
    note_looks(session, None, seen, "team", during.until, viewer.zone)
    return team_text(report, viewer.zone), as_json(report)


def _export(app: App, file: Path, reference: str | None, team: str | None, during: Period) -> None:
    """Write what others may hand on of people: lessons completed and skills mastered, under opaque accounts."""
    with app.database.transaction() as session:
        viewer, naming = operator(session), naming_of(session, app)
        if reference is not None:
            person = find_person(session, reference)
            people = [person] if viewer.may_see(session, person) else []
        else:
            people = [each for each in viewer.people(session) if team is None or each.team == team]
        if not people:
            raise Refusal("Nobody active is there to write statements of. Check --person or --team.")
        ids = [each.id for each in people]
        note_looks(session, None, ids, "export", during.until, viewer.zone)
    # Nobody waits to write while a long file is being written.
    with app.database.session() as session:
        rows = write_statements(file, statements_of_others(session, ids, during, naming))
    with app.database.transaction() as session:
        record(session, ProgressExported(DOOR, "xapi", rows), during.until)
    out.print(f"{count(rows, 'statement')} in {file}.")
