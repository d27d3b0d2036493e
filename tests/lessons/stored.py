"""People, modules, SOPs and lessons taken in a database, for tests of what is loaded and picked."""

from datetime import timedelta

from coach.tables import SopDocument
from lessons.run import Move
from lessons.runs import COMPLETED, offer_run, take_step
from lessons.shelf import store_modules
from metrics.people import Person
from metrics.policy import EVERYONE
from tests.lesson_runs import answered, to_practice
from tests.lessons.learners import NOW


def store_person(session, name="mia", roles=("sales associate",), **facts):
    person = Person(email=f"{name}@example.com", name=name, roles=list(roles), is_active=True, updated_at=NOW, **facts)
    session.add(person)
    session.flush()
    return person


def store_shelf(session, *modules, audiences=None):
    """Store modules and the SOPs they teach, each for everyone or for the audience given for its file."""
    store_modules(session, modules, NOW)
    for file in sorted({taught.sop for module in modules for taught in module.teaches}):
        key = (audiences or {}).get(file, EVERYONE).key
        session.add(SopDocument(file=file, title=file, text="", content_key="", audience=key, ingested_at=NOW))
    session.flush()


def go_through(session, person, told, at, is_right=True):
    """Let somebody take a course from its offer to its end, and return its run."""
    run = offer_run(session, person.id, told, f"{person.id}-{at.timestamp()}", f"lesson:{person.id}", at)
    answers = (move for each in told.exercises for move in (*answered(told, each, is_right), Move("next")))
    for place, move in enumerate((*to_practice(told), *answers), start=1):
        then = at + timedelta(seconds=20 * place)
        take_step(session, run.id, run.token, f"{run.id}-{place}", move, "slack", then, then)
    assert run.state == COMPLETED
    return run
