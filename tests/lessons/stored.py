"""People, modules and SOPs in a database, for tests of what is loaded and picked."""

from coach.tables import SopDocument
from lessons.shelf import store_modules
from metrics.people import Person
from metrics.policy import EVERYONE
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
