"""A small company with a manager, a lead and new people, its SOPs, modules and a track with a step of every kind."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from coach.tables import SopDocument, SopSection
from lessons.run import COURSE, compose
from lessons.sequence import Choice
from lessons.shelf import store_modules, store_tracks
from lessons.tables import LessonRun
from lessons.tracks import Step, Track
from metrics.people import Person
from tests.lesson_runs import MODULE, OTHER

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ZONE = "Europe/London"
REFUNDS, CASH, SAFETY = "stores/refunds.md", "stores/cash.md", "safety/fire.md"
TRACK = Track(
    name="new-at-the-counter",
    title="New at the counter",
    steps=(
        Step("module", MODULE.file),
        Step("acknowledge", f"{REFUNDS}@4.2", who="self"),
        Step("human", "shadow-a-colleague", "Shadow a colleague for one shift", "shift lead", 240),
        Step("human", "walk-the-shop", "Walk the shop alone", "self", 10),
        Step("sign_off", "allergens", who="manager"),
    ),
    roles=("cashier",),
    is_onboarding=True,
    is_required=True,
    due_days=30,
)
SAFETY_TRACK = Track("fire", "Fire safety", (Step("acknowledge", f"{SAFETY}@1", who="self"),), is_required=True)
OWNER, MANAGER, LEAD, OLD_HAND, NEWCOMER = "owner", "manager", "lead", "old hand", "newcomer"


def people():
    """Return the people by what they are; nobody is stored yet."""

    def person(name, roles, site="Quayside", started_on=date(2020, 1, 6)):
        email = f"{name.replace(' ', '.')}@example.test"
        facts = {"team": site, "site": site, "roles": roles, "started_on": started_on, "is_active": True}
        return Person(name=name.title(), email=email, updated_at=NOW, **facts)

    return {
        OWNER: person(OWNER, ["owner"], "Head office"),
        MANAGER: person(MANAGER, ["manager"]),
        LEAD: person(LEAD, ["shift lead"]),
        OLD_HAND: person(OLD_HAND, ["cashier"]),
        NEWCOMER: person(NEWCOMER, ["cashier"], started_on=date(2026, 11, 16)),
    }


def found(session, tracks=(TRACK, SAFETY_TRACK)):
    """Store the company and return its people by what they are."""
    staff = people()
    session.add_all(staff.values())
    session.flush()
    staff[MANAGER].manager_id = staff[OWNER].id
    for name in (LEAD, OLD_HAND, NEWCOMER):
        staff[name].manager_id = staff[MANAGER].id
    for file, version in ((REFUNDS, "4.2"), (CASH, "2"), (SAFETY, "1")):
        write_sop(session, file, version, {("Refunds", "Exceptions"): "Above 100 pounds a manager decides."})
    store_modules(session, (MODULE, replace(OTHER, roles=())), NOW)
    store_tracks(session, tracks)
    return staff


def write_sop(session, file, version, sections, audience="everyone"):
    """Store an SOP with these sections, heading path -> words."""
    text = "".join(f"{words}\n" for words in sections.values())
    document = SopDocument(
        file=file, title=file.rpartition("/")[2], text=text, content_key="k", audience=audience, ingested_at=NOW
    )
    session.add(document)
    session.flush()
    start = 0
    for number, (path, words) in enumerate(sections.items(), start=1):
        end = start + len(words) + 1
        facts = {"owner": None, "version": version or None, "review_on": None}
        session.add(
            SopSection(document_id=document.id, number=number, heading_path=list(path), start=start, end=end, **facts)
        )
        start = end
    session.flush()


def complete(session, person, module=MODULE, at=NOW, token=None):
    """Let somebody have completed a lesson."""
    import random

    choice = Choice("module", module.file, module.skill, (), 11, "")
    course = compose(choice, {module.file: module}, person.roles, random.Random(1))
    run = LessonRun(
        person_id=person.id,
        token=token or f"{person.id:032x}"[-16:] + f"{int(at.timestamp()):016x}",
        module=module.file,
        module_version=1,
        skill=module.skill,
        content=COURSE.dump_python(course, mode="json"),
        progress={},
        position=9,
        state="completed",
        minutes=11,
        offered_at=at - timedelta(minutes=20),
        changed_at=at,
        finished_at=at,
    )
    session.add(run)
    session.flush()
    return run


class Ids:
    """New ids, one after another."""

    def __init__(self):
        self.number = 0

    def __call__(self):
        self.number += 1
        return f"{self.number:032x}"
