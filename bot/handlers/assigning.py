"""Puts somebody on a track for a manager or an admin, who name them by e-mail or full name."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.company import stored_company
from bot.company_file import Company
from bot.handlers.manage import welcome
from bot.handlers.mentions import with_emails
from bot.handlers.readers import reader_of
from bot.handlers.request import Request
from bot.outcome import Outcome, Outgoing
from bot.overseers import overseers_of
from bot.views import tracks as views
from bot.views.lines import line
from lessons.assignments import assign as put_on
from lessons.assignments import find_assignment
from lessons.notices import ASSIGNED, plan_notice
from lessons.shelf import tracks
from lessons.track_progress import progress_of
from lessons.tracks import Track
from metrics.people import Person, managers_above, managers_by_person
from metrics.policy import Action, Asker, TrackOf, may


def assign(request: Request, words: str) -> Outcome:
    """Put the person that `words` begin with on the track they end with; else say which people and tracks there are."""
    with request.app.database.session() as session:
        words = with_emails(session, request.incoming, words)
        theirs = _assignable(session, request.asker, stored_company(session))
        shelved = tracks(session)
        person, rest = person_in(words, theirs)
        track = _track_in(rest, shelved)
        said = _why_not(session, theirs, shelved, person, track)
    if said is not None or person is None or track is None:
        return request.said("track_not_assigned", request.privately(line(said or views.NO_TRACKS)))
    person_id = person.id

    def store(session: Session) -> Sequence[Outgoing]:
        learner = session.get_one(Person, person_id)
        zone = learner.time_zone or stored_company(session).timezone
        is_new = put_on(session, learner, track, request.person.id, request.now, zone, request.incoming.platform)
        progress, reader = progress_of(session, learner, track), reader_of(session, request.person, request.now)
        assignment = find_assignment(session, person_id, track.name)
        if not is_new or assignment is None:
            told = line(views.on_it_already(learner.name, progress, reader))
            return (*welcome(request, session), request.privately(told))
        plan_notice(session, person_id, ASSIGNED, {assignment.id: []}, request.now, zone)
        told = views.assigned_line(learner.name, progress, reader)
        return (*welcome(request, session), request.privately(told))

    return Outcome(request.handled("track_assigned"), request.person.id, store)


def means_assignment(request: Request, words: str) -> bool:
    """Say whether the words after “assign” name a person or a track; else they are part of a question."""
    if not words or "@" in words:
        return True
    with request.app.database.session() as session:
        people = session.scalars(select(Person).where(Person.is_active)).all()
        return person_in(words, people)[0] is not None or _ends_with_track(words, tracks(session))


def person_in(words: str, people: Sequence[Person]) -> tuple[Person | None, str]:
    """Return whom words begin with, by e-mail or full name, and the words behind; the longest name wins."""
    folded = _folded(words)
    named = [
        (name, person)
        for person in people
        for name in (_folded(person.name), person.email)
        if folded == name or folded.startswith(f"{name} ")
    ]
    if not named:
        return None, words
    length = max(len(name) for name, _ in named)
    found = [person for name, person in named if len(name) == length]
    # Of two people with one name nobody is meant for sure.
    return (found[0], folded[length:].strip()) if len(found) == 1 else (None, words)


def _assignable(session: Session, asker: Asker, company: Company) -> list[Person]:
    admins = overseers_of(session, company).admin_ids
    managers = managers_by_person(session)
    people = session.scalars(select(Person).where(Person.is_active).order_by(func.lower(Person.name), Person.id))
    return [
        person
        for person in people
        if may(asker, Action.ASSIGN_TRACK, TrackOf(person.id, frozenset(managers_above(person.id, managers)), admins))
    ]


def _why_not(
    session: Session, theirs: Sequence[Person], shelved: Mapping[str, Track], person: Person | None, track: Track | None
) -> str | None:
    if not shelved:
        return views.NO_TRACKS
    if not theirs:
        return views.NOT_YOURS_TO_ASSIGN
    if person is None:
        return views.who_is_meant([(other.name, other.email) for other in theirs], next(iter(shelved)))
    if track is None:
        return views.which_track(person.name, {name: other.title for name, other in shelved.items()})
    if not progress_of(session, person, track).own:
        return views.nothing_open(person.name, track.title)
    return None


def _track_in(words: str, shelved: Mapping[str, Track]) -> Track | None:
    wanted = _folded(words)
    return next((track for track in shelved.values() if wanted in _names(track)), None)


def _ends_with_track(words: str, shelved: Mapping[str, Track]) -> bool:
    folded = _folded(words)
    return any(folded.endswith(name) for track in shelved.values() for name in _names(track))


def _names(track: Track) -> tuple[str, str, str]:
    return _folded(track.name), _folded(track.title), _folded(track.name.replace("-", " "))


def _folded(words: str) -> str:
    return " ".join(words.casefold().replace("’", "'").split())
