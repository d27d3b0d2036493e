"""Shows which versions of SOPs somebody is to acknowledge, and opens the sections to read."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.messages import Incoming, Message
from bot.views import confirming as views
from bot.views.confirming import ToRead
from coach.reader import SectionText, headings_of, read_headed
from lessons.confirmations import find_confirmation, may_answer
from lessons.notices import ACKNOWLEDGE as NOTICE
from lessons.notices import words_about
from lessons.tables import Confirmation
from lessons.track_progress import ACKNOWLEDGE, sop_facts, sop_of
from metrics.people import Person, asker_for
from metrics.policy import Action, may

READ_CHANGED = "read_changed_"


def to_read(session: Session, person: Person, only: Sequence[int] | None = None) -> list[ToRead]:
    """Return what somebody has still to acknowledge and may read, oldest first; of these row ids where they are given.

    Its sections are those that changed, all of them where nothing says which did.
    """
    query = select(Confirmation).where(
        Confirmation.person_id == person.id, Confirmation.kind == ACKNOWLEDGE, Confirmation.answer.is_(None)
    )
    if only is not None:
        query = query.where(Confirmation.id.in_(only))
    changed, sops = words_about(session, person.id, NOTICE), sop_facts(session)
    found = []
    for row in session.scalars(query.order_by(Confirmation.asked_at, Confirmation.id)):
        file, version = sop_of(row.subject)
        sop = sops.get(file)
        if sop is None or not may(asker_for(person), Action.READ_SOP, sop.audience):
            continue
        standing = [" > ".join(path) for path in headings_of(session, file)]
        headings = changed.get(row.id) or standing
        sections = [(_last(heading, sop.title), heading in standing) for heading in headings]
        is_change = row.id in changed and bool(changed[row.id])
        found.append(ToRead(row.public_id, sop.title, version, row.due_on, sections, is_change))
    return found


def reading_card(session: Session, person: Person, only: Sequence[int] | None = None, said: str = "") -> Message | None:
    """Return the one card about everything somebody is to acknowledge, None where there is nothing and nothing said."""
    found = to_read(session, person, only)
    return views.reading_message(found, said) if found or said else None


def section_of(session: Session, incoming: Incoming, person: Person) -> tuple[SectionText, str] | None:
    """Return the section a press wants to read and its file, None when it is gone or not theirs to read."""
    row = find_confirmation(session, incoming.value)
    place = (incoming.action or "").removeprefix(READ_CHANGED)
    if row is None or not place.isdecimal() or not may_answer(session, asker_for(person), row):
        return None
    file, _ = sop_of(row.subject)
    paths = {" > ".join(path): path for path in headings_of(session, file)}
    headings = words_about(session, person.id, NOTICE).get(row.id) or tuple(paths)
    heading = headings[int(place) - 1] if 1 <= int(place) <= len(headings) else None
    section = read_headed(session, asker_for(person), file, paths[heading]) if heading in paths else None
    return (section, file) if section is not None else None


def _last(heading: str, title: str) -> str:
    return heading.rpartition(" > ")[2] or title
