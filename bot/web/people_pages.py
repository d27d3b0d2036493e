"""The pages about people: the team, one person, one skill, the events behind a figure, and the team as a file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.views.page_content import events_page, group_events_page
from bot.views.page_person import own_page, person_page
from bot.views.page_skill import own_skill_page, skill_page
from bot.views.page_team import team_page
from bot.views.progress_files import own_csv, team_csv
from bot.web.desk import Desk, desk_of
from bot.web.visit import Download, Page, Shown, Visit
from lessons.report import PersonReport, TeamReport
from lessons.reports import everybody, person_report, team_report
from lessons.skill_report import skill_report
from lessons.tables import LessonRow
from metrics.behind import KINDS, SEEN_BY_OTHERS, events_behind
from metrics.events.kinds import ProgressExported
from metrics.events.record import record
from metrics.people import Person
from metrics.tallies import Tally

DOOR = "web"
# Excel takes a file for UTF-8 only where it begins with this mark; other programs skip it.
UTF8_MARK = "\ufeff"


def home(visit: Visit) -> Shown:
    """Show the people somebody may see, groups to an auditor, and to everybody else their own page."""
    desk = desk_of(visit)
    if not desk.sees_groups:
        return _own(desk)
    teams = _teams(desk)
    team = visit.asked.get("team") or None
    if team is not None and team not in teams:
        return None
    report = _team_report(desk, team)
    view = team_page(report, desk.links, desk.viewer.zone, desk.viewer.smallest_group, teams, team)
    return desk.page(view, "team", _ids(report), "team")


def person(visit: Visit) -> Shown:
    """Show one person: themselves all of it, others what may be seen of them."""
    desk = desk_of(visit)
    found = desk.person()
    if found is None:
        return None
    if found.id == visit.person.id:
        return _own(desk)
    report = _person_report(desk, found)
    return desk.page(person_page(report, desk.links, desk.viewer.zone), "team", (found.id,), "person")


def skill(visit: Visit) -> Shown:
    """Show who stands where in a skill; to who sees nobody else their own standing."""
    desk = desk_of(visit)
    key = desk.found("skill", desk.viewer.skills)
    if key is None:
        return None
    report = skill_report(desk.session, desk.viewer, key, visit.now, visit.person)
    if not desk.sees_groups:
        own = _person_report(desk, visit.person)
        tally = own.own.by_skill.get(key, Tally()) if own.own else Tally()
        view = own_skill_page(report, visit.person.id, tally, desk.period.days, desk.links, desk.own_zone)
        return desk.page(view, "own")
    lessons = _lessons(desk, key) if desk.viewer.sees_content else ()
    view = skill_page(report, desk.links, desk.viewer.zone, desk.viewer.smallest_group, lessons)
    return desk.page(view, "team", [each.whose.person_id for each in report.people], "skill")


def events(visit: Visit) -> Shown:
    """Show the events behind a figure of one person: of others only lessons done and mastery."""
    desk, kind = desk_of(visit), visit.asked.get("kind", "")
    found = desk.person()
    if found is None or kind not in KINDS:
        return None
    is_own = found.id == visit.person.id
    if not is_own and kind not in SEEN_BY_OTHERS:
        return None
    behind = events_behind(desk.session, found.id, KINDS[kind], desk.period)
    titles = {key: rule.title for key, rule in desk.viewer.skills.items()}
    zone = desk.own_zone if is_own else desk.viewer.zone
    view = events_page(kind, found.name, behind, titles, desk.links, zone, is_own)
    return desk.page(view, "own" if is_own else "team", (found.id,), "person")


def group_events(visit: Visit) -> Shown:
    """Show how many events stand behind a figure of a group, and none of them."""
    desk, team = desk_of(visit), visit.asked.get("team") or None
    if not desk.sees_groups or (team is not None and team not in _teams(desk)):
        return None
    view = group_events_page(visit.asked.get("kind", ""), _team_report(desk, team), desk.viewer.zone)
    return None if view is None else desk.page(view, "team")


def export(visit: Visit) -> Shown:
    """Give what the team page shows as a file, or somebody's own progress to who sees nobody else."""
    desk, team = desk_of(visit), visit.asked.get("team") or None
    if not desk.sees_groups:
        return _own_file(desk)
    if team is not None and team not in _teams(desk):
        return None
    report = _team_report(desk, team)
    rows = len(report.groups) + 1 if report.by or not report.people else len(report.people)
    shown = () if report.by else _ids(report)
    return _file(desk, "progress.csv", team_csv(report, desk.viewer.zone), rows, shown)


def own_export(visit: Visit) -> Shown:
    """Give somebody's own progress as a file, to themselves alone."""
    desk = desk_of(visit)
    found = desk.person()
    return _own_file(desk) if found is not None and found.id == visit.person.id else None


def _own(desk: Desk) -> Page:
    report = _person_report(desk, desk.visit.person)
    return desk.page(own_page(report, desk.links, desk.own_zone), "own")


def _own_file(desk: Desk) -> Download:
    report = _person_report(desk, desk.visit.person)
    return _file(desk, "my-progress.csv", own_csv(report), len(report.standing.skills), ())


def _file(desk: Desk, name: str, text: str, rows: int, person_ids: tuple[int, ...]) -> Download:
    noted, visit = desk.noted(person_ids, "export"), desk.visit

    def keep(session: Session) -> None:
        noted(session)
        record(session, ProgressExported(DOOR, "csv", rows), visit.now, visit.person.id)

    return Download(name, "text/csv", (UTF8_MARK + text).encode(), keep)


def _person_report(desk: Desk, whose: Person) -> PersonReport:
    return person_report(desk.session, desk.viewer, whose, desk.period, desk.visit.now)


def _team_report(desk: Desk, team: str | None) -> TeamReport:
    # A group within one team is smaller than the group that was judged large enough to show.
    by = desk.by if team is None else None
    return team_report(desk.session, desk.viewer, desk.period, desk.visit.now, by, team)


def _lessons(desk: Desk, skill: str) -> list[tuple[str, str]]:
    titles = select(LessonRow.file, LessonRow.title).where(LessonRow.skill == skill).order_by(LessonRow.file)
    return [(file, title) for file, title in desk.session.execute(titles)]


def _teams(desk: Desk) -> tuple[str, ...]:
    scope = everybody(desk.session) if desk.viewer.sees_company else desk.others
    return tuple(sorted({person.team for person in scope if person.team}))


def _ids(report: TeamReport) -> tuple[int, ...]:
    return tuple(row.whose.person_id for row in report.people)
