"""Owns what a changed SOP makes stale: lessons that cite a changed section, versions people read, and mastery."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from coach.documents import Document
from coach.tables import SopDocument, SopSection
from lessons.module import Module, Taught
from lessons.notices import ACKNOWLEDGE as NOTICE
from lessons.notices import plan_notice
from lessons.shelf import module_of, tracks
from lessons.tables import Confirmation, LessonRow, SkillAbility, TrackAssignment
from lessons.track_progress import ACKNOWLEDGE, YES, sop_of
from metrics.db import insert_new
from metrics.events.kinds import SkillLapsed
from metrics.events.record import record
from metrics.people import Person, asker_for
from metrics.policy import Action, Audience, may
from metrics.time_zones import local_time

HeadingPath = tuple[str, ...]
ACKNOWLEDGE_WITHIN_DAYS = 14


@dataclass(frozen=True)
class SopState:
    """One SOP at one time: its version ("" for none), who reads it, and the words under each heading."""

    version: str
    audience: Audience
    sections: Mapping[HeadingPath, str]


@dataclass(frozen=True)
class SopChange:
    """What changed in an SOP that stood before and stands now; `headings` are of sections changed, new or gone."""

    file: str
    version_before: str
    version: str
    headings: tuple[HeadingPath, ...]
    audience: Audience


@dataclass(frozen=True)
class Stand:
    """What stood before an apply: every SOP by file, and every module."""

    sops: Mapping[str, SopState]
    modules: tuple[Module, ...]


@dataclass(frozen=True)
class Stale:
    """What an apply made stale: modules to read again, SOPs to acknowledge, and by how many people."""

    modules: tuple[str, ...] = ()
    sops: tuple[str, ...] = ()
    people: int = 0


def stand_of(session: Session) -> Stand:
    """Return what stands now."""
    return Stand(stored_states(session), tuple(map(module_of, session.scalars(select(LessonRow)))))


def note_stale(
    session: Session,
    stood: Stand,
    documents: Iterable[Document],
    modules: Collection[Module],
    left_out: Collection[str],
    new_id: Callable[[], str],
    now: datetime,
    company_zone: str,
) -> Stale:
    """Ask for what changed to be acknowledged, and return what else is stale: modules nobody changed though it did.

    `documents` and `modules` are what stands from now on, stored already; `left_out` are files of rejected modules.
    """
    stands = states_of(documents)
    changes = changes_between(stood.sops, stands)
    unchanged = [module for module in stood.modules if module in modules or module.file in left_out]
    stale = stale_modules(unchanged, changes, stood.sops.keys() - stands.keys())
    hold_up_mastery(session, touched_skills(stood.modules, changes), now)
    return replace(ask_to_acknowledge(session, changes, new_id, now, company_zone), modules=stale)


def stored_states(session: Session) -> dict[str, SopState]:
    """Return every SOP as it is stored, by file."""
    query = select(SopDocument, SopSection).join(SopSection).order_by(SopDocument.id, SopSection.number)
    parts: dict[str, list[tuple[HeadingPath, str, str]]] = {}
    audiences = {}
    for document, section in session.execute(query).all():
        audiences[document.file] = Audience.from_key(document.audience)
        words = document.text[section.start : section.end]
        parts.setdefault(document.file, []).append((tuple(section.heading_path), section.version or "", words))
    return {file: _state(audiences[file], sections) for file, sections in parts.items()}


def states_of(documents: Iterable[Document]) -> dict[str, SopState]:
    """Return every SOP of a folder as it would be stored, by file."""
    return {
        document.file: _state(
            document.audience,
            [
                (
                    part.section.heading_path,
                    part.facts.version or "",
                    document.text[part.section.start : part.section.end],
                )
                for part in document.sections
            ],
        )
        for document in documents
    }


def changes_between(before: Mapping[str, SopState], after: Mapping[str, SopState]) -> tuple[SopChange, ...]:
    """Return how SOPs changed that stand in both: another version, or other words under a heading (pure).

    White space counts for nothing.
    """
    found = []
    for file, now_stands in after.items():
        stood = before.get(file)
        if stood is None:
            continue
        paths = dict.fromkeys((*now_stands.sections, *stood.sections))
        headings = tuple(path for path in paths if stood.sections.get(path) != now_stands.sections.get(path))
        if headings or stood.version != now_stands.version:
            found.append(SopChange(file, stood.version, now_stands.version, headings, now_stands.audience))
    return tuple(found)


def stale_modules(modules: Iterable[Module], changes: Sequence[SopChange], gone: Collection[str]) -> tuple[str, ...]:
    """Return the modules that teach a changed section, another version than stands, or an SOP that is gone (pure)."""
    changed = {change.file: change for change in changes}

    def is_stale(taught: Taught) -> bool:
        change = changed.get(taught.sop)
        is_other = change is not None and (_touches(change, taught) or change.version != taught.version)
        return taught.sop in gone or is_other

    return tuple(module.file for module in modules if any(map(is_stale, module.teaches)))


def touched_skills(modules: Iterable[Module], changes: Sequence[SopChange]) -> frozenset[str]:
    """Return the skills of modules that teach a section whose words changed; another version alone changes nothing."""
    changed = {change.file: change for change in changes}
    return frozenset(
        module.skill
        for module in modules
        for taught in module.teaches
        if taught.sop in changed and _touches(changed[taught.sop], taught)
    )


def hold_up_mastery(session: Session, skills: Collection[str], now: datetime) -> None:
    """Let mastery of these skills count for nobody until they have completed a lesson about the skill since."""
    held = select(SkillAbility).where(
        SkillAbility.skill.in_(skills), SkillAbility.mastered_at.is_not(None), SkillAbility.stale_since.is_(None)
    )
    for row in session.scalars(held.order_by(SkillAbility.id).with_for_update()):
        row.stale_since = now
        record(session, SkillLapsed(row.skill, "sop_changed"), now, row.person_id)
    session.flush()


def ask_to_acknowledge(
    session: Session, changes: Sequence[SopChange], new_id: Callable[[], str], now: datetime, company_zone: str
) -> Stale:
    """Ask who was asked for an older version, or is on a track that asks for it, to acknowledge what changed.

    One notice a person, whatever the number of SOPs; what they had not yet acknowledged of an SOP is replaced.
    """
    asked: dict[int, dict[int, list[str]]] = {}
    sops = []
    for change in changes:
        subject = f"{change.file}@{_label(change, now, company_zone)}"
        for person in _to_acknowledge(session, change):
            superseded = (Confirmation.person_id == person.id, Confirmation.kind == ACKNOWLEDGE)
            others = (
                Confirmation.subject.startswith(f"{change.file}@", autoescape=True),
                Confirmation.subject != subject,
            )
            session.execute(delete(Confirmation).where(*superseded, *others, Confirmation.answer.is_(None)))
            due_on = local_time(now, person.time_zone or company_zone).date() + timedelta(days=ACKNOWLEDGE_WITHIN_DAYS)
            whose = {"person_id": person.id, "kind": ACKNOWLEDGE, "subject": subject}
            row_id = insert_new(session, Confirmation, public_id=new_id(), asked_at=now, due_on=due_on, **whose)
            if row_id is not None:
                asked.setdefault(person.id, {})[row_id] = [" > ".join(path) for path in change.headings]
                sops.append(change.file)
    for person_id, about in asked.items():
        zone = session.get_one(Person, person_id).time_zone or company_zone
        plan_notice(session, person_id, NOTICE, about, now, zone)
    return Stale(sops=tuple(dict.fromkeys(sops)), people=len(asked))


def _touches(change: SopChange, taught: Taught) -> bool:
    # Whoever teaches a section teaches what stands below it.
    return any(path[: len(taught.heading_path)] == taught.heading_path for path in change.headings)


def _to_acknowledge(session: Session, change: SopChange) -> list[Person]:
    is_other_version = change.version != change.version_before
    # Who was asked for an older version is asked for this one, even where its track names the older one still.
    asked = {
        row.person_id
        for row in session.scalars(select(Confirmation).where(Confirmation.kind == ACKNOWLEDGE))
        if sop_of(row.subject)[0] == change.file and (row.answer == YES or is_other_version)
    }
    asking = {
        track.name
        for track in tracks(session).values()
        for step in track.steps
        if step.kind == "acknowledge" and sop_of(step.subject)[0] == change.file
    }
    # Who has acknowledged nothing yet reads today's words when their step comes, if its version still stands.
    on_tracks: set[int] = set()
    if is_other_version:
        query = select(TrackAssignment.person_id).where(TrackAssignment.track.in_(asking))
        on_tracks = set(session.scalars(query))
    people = session.scalars(
        select(Person).where(Person.id.in_(asked | on_tracks), Person.is_active).order_by(Person.id)
    )
    return [person for person in people if may(asker_for(person), Action.READ_SOP, change.audience)]


def _label(change: SopChange, now: datetime, company_zone: str) -> str:
    """Return the version to acknowledge; one whose words changed under the same version carries the minute."""
    if change.version and change.version != change.version_before:
        return change.version
    return f"{change.version} (changed {local_time(now, company_zone):%Y-%m-%d %H:%M})".strip()


def _state(audience: Audience, sections: Sequence[tuple[HeadingPath, str, str]]) -> SopState:
    words: dict[HeadingPath, str] = {}
    for path, _, text in sections:
        words[path] = " ".join((words.get(path, ""), *text.split())).strip()
    return SopState(sections[0][1] if sections else "", audience, words)
