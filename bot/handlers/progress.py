"""Shows people their own progress, managers that of the people they manage, and auditors groups; each in private."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from bot.handlers.looking import Sight, handles_in, refused, shown, sight_of
from bot.handlers.manage import welcome
from bot.handlers.practice import practise
from bot.handlers.request import Request, new_id
from bot.messages import Address, File, Message
from bot.outcome import Outcome, Outgoing
from bot.views import progress as views
from bot.views import progress_help
from bot.views.figures import period_words
from bot.views.lines import line
from bot.views.progress_files import team_csv
from bot.views.progress_team import TeamScreen, named_ids, team_message
from bot.web.sign_in import make_link, pages_url
from lessons.reports import everybody, person_report, team_report
from metrics.errors import Refusal
from metrics.events.kinds import ProgressExported
from metrics.groups import DIVISIONS, By
from metrics.looks import note_looks
from metrics.periods import DAYS_BY_NAME, USUAL_DAYS

# Excel takes a file for UTF-8 only where it begins with this mark; other programs skip it.
UTF8_MARK = "\ufeff"
TOKEN_BYTES = 32


def show(request: Request, days: int | None = None, is_only_own: bool = False) -> Outcome:
    """Show how practice is going: a manager sees the people they manage, anybody else themselves."""
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        if sight.manages and not is_only_own:
            return _team(request, session, sight, days, None, "")
        report = person_report(session, sight.viewer, request.person, sight.period(days), request.now)
    make = partial(views.own_message, report, sight.zone, public_id=new_id())
    return shown(request, "own_progress", sight, make)


def show_team(request: Request, days: int | None = None, by: By | None = None, team: str = "") -> Outcome:
    """Show the people somebody manages, or groups to an auditor; anybody else is told what they can see."""
    with request.app.database.session() as session:
        return _team(request, session, sight_of(session, request), days, by, team)


def show_help(request: Request) -> Outcome:
    """Say what can be asked for, by what somebody may see."""
    with request.app.database.session() as session:
        sight = sight_of(session, request)
    message = progress_help.help_message(bool(sight.others), sight.viewer.sees_company)
    return request.said("progress_help", request.privately(message))


def means_team(request: Request, words: str) -> bool:
    """Say whether the words after “progress team” name a team that somebody sees; else they are part of a question."""
    with request.app.database.session() as session:
        return not words or _folded(words) in map(_folded, _teams(session, sight_of(session, request)))


def open_dashboard(request: Request) -> Outcome:
    """Send a link that signs somebody in to the pages, to them alone; say where everything is if there are none."""
    public_url = request.app.settings.public_url
    if public_url is None:
        return request.said("no_pages", request.privately(progress_help.no_pages()))

    def store(session: Session) -> Sequence[Outgoing]:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        url = make_link(session, request.person.id, public_url, token, request.now)
        return (request.privately(progress_help.dashboard(url)),)

    return Outcome(request.handled("dashboard"), request.person.id, store)


def press(request: Request) -> Outcome | None:
    """Begin practice in a skill, or send a file; None for any other button."""
    match request.incoming.action:
        case "practise_skill":
            return _practise(request)
        case "progress_csv":
            return _export(request)
        case _:
            return None


def _team(request: Request, session: Session, sight: Sight, days: int | None, by: By | None, team: str) -> Outcome:
    if not sight.sees_more:
        return refused(request, "no_team", progress_help.NO_REPORTS)
    named = next((name for name in _teams(session, sight) if _folded(name) == _folded(team)), team or None)
    # Whoever sees no names sees groups, and one of them alone would be none.
    division = by or (None if sight.others or named else "team")
    try:
        report = team_report(session, sight.viewer, sight.period(days), request.now, division, named)
    except Refusal as refusal:
        return refused(request, "no_team", str(refusal))
    own = ""
    if sight.manages:
        mine = person_report(session, sight.viewer, request.person, sight.period(days), request.now)
        own = views.own_takeaway(mine, sight.zone)

    def make(handle: views.Handle) -> Message:
        screen = TeamScreen(
            sight.viewer.zone,
            sight.viewer.smallest_group,
            handle,
            handle("progress_csv", _export_key(report.period.days, division, named)),
            pages_url(request.app.settings),
            own,
        )
        return team_message(report, screen)

    return shown(request, "team_progress", sight, make, named_ids(report), "team")


def _export(request: Request) -> Outcome:
    """Send what the team's screen shows as a file to the presser's direct messages."""
    with request.app.database.session() as session:
        sight, handles = sight_of(session, request), handles_in(session)
        teams = _teams(session, sight) if sight.sees_more else []
        cuts: list[tuple[By | None, str | None]] = [(by, None) for by in (None, *DIVISIONS)]
        cuts += [(None, team) for team in teams]
        choices = [(days, *cut) for days in DAYS_BY_NAME.values() for cut in cuts]
        keys = {_export_key(*each): each for each in choices}
        chosen = handles.find("progress_csv", request.incoming.value or "", keys)
        if not sight.sees_more or chosen is None:
            return refused(request, "no_team", progress_help.NO_REPORTS)
        days, by, team = keys[chosen]
        report = team_report(session, sight.viewer, sight.period(days), request.now, by, team)
    is_of_groups = report.by is not None or not report.people
    rows = len(report.groups) + 1 if is_of_groups else len(report.people)
    title = progress_help.file_title(period_words(days), by, team)
    file = File(f"progress-{request.now:%Y-%m-%d}.csv", title, UTF8_MARK + team_csv(report, sight.viewer.zone))
    incoming = request.incoming
    directly = Address(incoming.platform, incoming.workspace, only_for=incoming.user_id)

    def store(session: Session) -> Sequence[Outgoing]:
        seen = () if is_of_groups else [each.whose.person_id for each in report.people]
        note_looks(session, request.person.id, seen, "export", request.now, sight.viewer.zone)
        sent = Outgoing(f"csv:{request.key}", directly, Message(title, file=file), person_id=request.person.id)
        if incoming.is_direct:
            return (*welcome(request, session), replace(sent, address=request.private_address))
        return (*welcome(request, session), sent, request.privately(line(progress_help.FILE_COMES_DIRECTLY)))

    return Outcome(ProgressExported(incoming.platform, "csv", rows), request.person.id, store)


def _practise(request: Request) -> Outcome:
    with request.app.database.session() as session:
        skills = sight_of(session, request).viewer.skills
        skill = handles_in(session).find("skill", request.incoming.value or "", skills)
    return practise(request, skill or "")


def _teams(session: Session, sight: Sight) -> list[str]:
    people = everybody(session) if sight.viewer.sees_company else sight.others
    return sorted({person.team for person in people if person.team})


def _export_key(days: int, by: By | None, team: str | None) -> str:
    return f"{days or USUAL_DAYS}\n{by or ''}\n{team or ''}"


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split())
