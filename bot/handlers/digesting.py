"""Makes what managers are sent of their people unasked, digests and warnings, and what somebody is thanked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.company_file import Company
from bot.handlers.looking import handles_in
from bot.messages import Message, Text
from bot.viewing import viewer_of
from bot.views import digest as views
from bot.views import managing as managing_views
from lessons import notices
from lessons.check_ins import CheckIn, check_in_of
from lessons.digests import Digest, as_manager, digest_of
from lessons.nudges import TO_MANAGERS
from lessons.report import PersonReport
from lessons.shelf import modules_for
from lessons.standings import standings
from lessons.supports import Achieved
from lessons.tables import Nudge
from lessons.viewer import Viewer
from lessons.warning_plans import as_told, due_warnings, store_warnings, told, warnings_for
from metrics.errors import Refusal
from metrics.looks import What, note_looks
from metrics.people import Person, asker_for
from metrics.policy import Action
from metrics.reinforcement import DIGEST

SLOTS = (*TO_MANAGERS, notices.RECOGNISED)


@dataclass(frozen=True)
class Made:
    """A message as it may be sent now, whom it names, and what of the warnings that stand it tells."""

    message: Message
    named: tuple[int, ...] = ()
    told: tuple[str, ...] = ()


def made_for(session: Session, nudge: Nudge, company: Company, now: datetime) -> Made | None:
    """Return what a nudge of SLOTS says now, None when there is nothing left to say."""
    person = session.get_one(Person, nudge.person_id)
    match nudge.slot:
        case "digest":
            return _digest(session, person, company, now)
        case "warning":
            return _warning(session, nudge, person, company, now)
        case _:
            return _thanks(session, nudge, person, company)


def made_again(session: Session, nudge: Nudge, company: Company, now: datetime) -> Message | None:
    """Return the same at the last moment before it goes out, and note whom it names: who left them is left out."""
    made = made_for(session, nudge, company, now)
    if made is None:
        return None
    what: What = "digest" if nudge.slot == DIGEST else "person"
    note_looks(session, nudge.person_id, made.named, what, now, company.timezone)
    return made.message


def script_for(session: Session, report: PersonReport) -> CheckIn:
    """Return the script for a check-in with somebody."""
    person = session.get_one(Person, report.whose.person_id)
    return check_in_of(report, {module.skill for module in modules_for(session, asker_for(person)).values()})


def shown_digest(session: Session, digest: Digest, manager: Person, company: Company, said: str = "") -> Message:
    """Return a digest as its manager reads it."""
    first = views.first_stuck(digest)
    script = script_for(session, first) if first is not None else None
    return views.digest_message(digest, script, manager.id, company.timezone, handles_in(session).of, said)


def plan_warnings(session: Session, company: Company, now: datetime) -> Callable[[Session], None]:
    """Return what stores the warnings that are due now; finding them only reads."""
    rules, skills = company.lesson_rules(), company.skill_rules()
    planned = due_warnings(session, rules, company.timezone, skills, now) if company.lessons is not None else []
    return lambda held: store_warnings(held, planned, now)


def _digest(session: Session, manager: Person, company: Company, now: datetime) -> Made | None:
    viewer = viewer_of(session, asker_for(manager), company)
    try:
        digest = digest_of(session, viewer, now)
    except Refusal:
        return None
    people = as_manager(viewer).people(session)
    found = {report.whose.person_id: report.standing for report in digest.report.people}
    standing_now = warnings_for(session, manager, people, found, viewer.skills, now)
    message = shown_digest(session, digest, manager, company)
    return Made(message, tuple(views.named_ids(digest)), tuple(map(as_told, standing_now)))


def _warning(session: Session, nudge: Nudge, manager: Person, company: Company, now: datetime) -> Made | None:
    viewer = as_manager(viewer_of(session, asker_for(manager), company))
    people, planned = viewer.people(session), told(nudge)
    found = standings(session, people, viewer.skills, now, viewer.zone)
    standing_now = warnings_for(session, manager, people, found, viewer.skills, now)
    warning = next((each for each in standing_now if as_told(each) in planned), None)
    if warning is None:
        return None
    names = {person.id: person.name for person in people}
    about = [(person_id, names[person_id]) for person_id in warning.person_ids]
    handle = handles_in(session).of
    message = managing_views.warning_message(warning, about, viewer.zone, handle, manager.id)
    return Made(message, warning.person_ids, (as_told(warning),))


def _thanks(session: Session, nudge: Nudge, person: Person, company: Company) -> Made | None:
    lines = list(dict.fromkeys(_thanked(session, nudge, person, company)))
    if not lines:
        return None
    return Made(Message("\n".join(lines), tuple(map(Text, lines))))


def _thanked(session: Session, nudge: Nudge, person: Person, company: Company) -> Sequence[str]:
    skills, lines = company.skill_rules(), []
    for skill, how, manager_id in notices.about(nudge).values():
        manager = session.get(Person, int(manager_id))
        if manager is None or not manager.is_active or skill not in skills:
            continue
        viewer: Viewer = viewer_of(session, asker_for(manager), company)
        if viewer.may_see(session, person, Action.SUPPORT):
            one = Achieved(skill, skills[skill].title, "applied" if how == "applied" else "mastered", nudge.due_at)
            lines.append(managing_views.thanks_line(manager.name, one))
    return lines
