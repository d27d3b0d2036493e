"""Shows managers the progress of one person, and anybody that of one skill."""

import re
from collections.abc import Sequence
from functools import partial

from sqlalchemy.orm import Session

from bot.handlers.looking import Sight, handles_in, refused, shown, sight_of
from bot.handlers.mentions import with_emails
from bot.handlers.practice import match_skills
from bot.handlers.readers import reader_of
from bot.handlers.request import Request, new_id
from bot.outcome import Outcome
from bot.views import progress as own_views
from bot.views import progress_person as views
from bot.views import progress_skill as skill_views
from bot.views.progress_person import Namesake
from lessons.assignments import tracks_of
from lessons.reports import person_report
from lessons.skill_report import skill_report
from metrics.people import Person
from metrics.policy import Action

# A name is one or two words; more, naming nobody, are part of a question.
FEW_WORDS = 2


def show_person(request: Request, words: str, days: int | None = None) -> Outcome:
    """Show the progress of whoever the words name, if who asks may see it; else say whom they can see."""
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        found = _called(with_emails(session, request.incoming, words), [request.person, *sight.others])
        if len(found) == 1:
            return _person(request, session, sight, found[0], days)
    if not found:
        names = [person.name for person in sight.others]
        return refused(request, "person_refused", views.nobody_meant(names))
    namesakes = [Namesake(person.id, person.name, person.email, person.team) for person in found]
    return shown(request, "which_person", sight, partial(views.which_person, words, namesakes))


def means_person(request: Request, words: str) -> bool:
    """Say whether the words after “progress” may name a person; many that name nobody are part of a question."""
    if "@" in words or len(words.split()) <= FEW_WORDS:
        return True
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        return bool(_called(words, [request.person, *sight.others]))


def show_skill(request: Request, wanted: str) -> Outcome:
    """Show one skill: to staff where they stand in it, to managers where the people they manage do."""
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        titles = {key: rule.title for key, rule in sight.viewer.skills.items()}
        found = match_skills(wanted, titles)
        if len(found) != 1:
            text = skill_views.which_skill(wanted, found or titles, is_known=bool(found))
            return refused(request, "unknown_skill", text)
        report = skill_report(session, sight.viewer, next(iter(found)), request.now, request.person)
    if not sight.sees_more:
        make = partial(skill_views.own_skill_message, report, sight.zone)
        return shown(request, "skill_progress", sight, make)
    make = partial(skill_views.team_skill_message, report, sight.viewer.zone)
    return shown(request, "skill_progress", sight, make, skill_views.named_ids(report), "skill")


def means_skill(request: Request, wanted: str) -> bool:
    """Say whether the words after “progress skill” may name one; many that name none are part of a question."""
    if len(wanted.split()) <= FEW_WORDS:
        return True
    with request.app.database.session() as session:
        skills = sight_of(session, request).viewer.skills
    return bool(match_skills(wanted, {key: rule.title for key, rule in skills.items()}))


def press(request: Request) -> Outcome | None:
    """Show the person chosen among several of one name; None for any other button."""
    if request.incoming.action != "progress_of":
        return None
    with request.app.database.session() as session:
        sight = sight_of(session, request)
        people = {person.id: person for person in (request.person, *sight.others)}
        chosen = handles_in(session).find("person", request.incoming.value or "", people)
        if chosen is not None:
            return _person(request, session, sight, people[chosen], None)
    return refused(request, "person_refused", views.nobody_meant([each.name for each in sight.others]))


def _person(request: Request, session: Session, sight: Sight, person: Person, days: int | None) -> Outcome:
    report = person_report(session, sight.viewer, person, sight.period(days), request.now)
    if person.id == request.person.id:
        own = partial(own_views.own_message, report, sight.zone, public_id=new_id())
        return shown(request, "own_progress", sight, own)
    tracks = [progress for progress in tracks_of(session, person) if not progress.is_done]
    reader = reader_of(session, request.person, request.now)
    may_support = sight.viewer.may_see(session, person, Action.SUPPORT)
    make = partial(views.person_message, report, tracks, reader, sight.viewer.zone, may_support=may_support)
    return shown(request, "person_progress", sight, make, (person.id,), "person")


def _called(words: str, people: Sequence[Person]) -> list[Person]:
    """Return who is meant by an e-mail, a full name, the beginning of an e-mail, or words of a name; best first."""
    wanted = " ".join(words.casefold().replace("’", "'").split())
    names = [(person, " ".join(person.name.casefold().replace("’", "'").split())) for person in people]
    parts = set(re.findall(r"[\w'-]+", wanted))
    for found in (
        [person for person, _ in names if person.email == wanted],
        [person for person, name in names if name == wanted],
        [person for person, _ in names if "@" in wanted[1:] and person.email.startswith(wanted)],
        [
            person
            for person, name in names
            if parts and "@" not in wanted and parts <= set(re.findall(r"[\w'-]+", name))
        ],
    ):
        if found:
            return found
    return []
