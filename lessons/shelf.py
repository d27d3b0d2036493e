"""Owns modules and tracks in SQL, and who may take a module: the one place that applies the permission of its SOPs."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from coach.tables import SopDocument
from lessons.module import MODULE, Module
from lessons.tables import LessonRow, LessonRun, TrackRow
from lessons.tracks import TRACK, Track
from metrics.policy import Action, Asker, Audience, may


def store_modules(session: Session, modules: Sequence[Module], now: datetime) -> None:
    """Make the lessons table hold exactly these; a module keeps its row's id as long as its file stays.

    Whatever changed in a module makes a new version of it. One that comes back counts on from what was offered of it:
    a module is left out while its SOP has moved on, and comes back rewritten.
    """
    held = {row.file: row for row in session.scalars(select(LessonRow))}
    session.execute(delete(LessonRow).where(LessonRow.file.not_in([module.file for module in modules])))
    offered = _offered_versions(session, {module.file for module in modules} - held.keys())
    for module in modules:
        content = MODULE.dump_python(module, mode="json")
        row = held.get(module.file) or LessonRow(file=module.file, version=offered.get(module.file, 0))
        if row.content != content:
            row.version, row.changed_at = row.version + 1, now
        row.title, row.skill, row.content = module.title, module.skill, content
        session.add(row)
    session.flush()


def module_of(row: LessonRow) -> Module:
    """Return the module a row holds."""
    return MODULE.validate_python(row.content)


def modules_in(session: Session, files: Collection[str]) -> dict[str, Module]:
    """Return the modules of these files that stand now, by file, whoever may take them."""
    return {row.file: module_of(row) for row in session.scalars(select(LessonRow).where(LessonRow.file.in_(files)))}


def modules_for(session: Session, asker: Asker) -> dict[str, Module]:
    """Return the modules somebody may take, by file: those for their roles of which they may read every SOP taught."""
    return modules_by_roles(session, [asker])[asker.roles]


def modules_by_roles(session: Session, askers: Iterable[Asker]) -> dict[frozenset[str], dict[str, Module]]:
    """Return the modules that each of several people may take, as modules_for does, by their roles; in two queries."""
    audiences = _audiences(session)
    modules = [module_of(row) for row in session.scalars(select(LessonRow).order_by(LessonRow.file))]
    # What somebody may take depends on their roles alone, and few sets of roles differ.
    return {
        roles: {module.file: module for module in modules if _may_take(asker, module, audiences)}
        for roles, asker in {asker.roles: asker for asker in askers}.items()
    }


def may_take(session: Session, asker: Asker, module: Module) -> bool:
    """Say whether somebody may take a module now: it is for their roles, and they may read every SOP it teaches."""
    return _may_take(asker, module, _audiences(session, {taught.sop for taught in module.teaches}))


def store_tracks(session: Session, tracks: Sequence[Track]) -> None:
    """Make the tracks table hold exactly these."""
    held = {row.name: row for row in session.scalars(select(TrackRow))}
    session.execute(delete(TrackRow).where(TrackRow.name.not_in([track.name for track in tracks])))
    for track in tracks:
        row = held.get(track.name) or TrackRow(name=track.name)
        row.title, row.content = track.title, TRACK.dump_python(track, mode="json")
        session.add(row)
    session.flush()


def tracks(session: Session) -> dict[str, Track]:
    """Return every track by its name."""
    return {row.name: TRACK.validate_python(row.content) for row in session.scalars(select(TrackRow).order_by("name"))}


def _offered_versions(session: Session, files: Collection[str]) -> dict[str, int]:
    """Return the newest version of each file that was offered to anybody; files nobody was offered are left out."""
    query = select(LessonRun.module, func.max(LessonRun.module_version)).where(LessonRun.module.in_(files))
    newest = session.execute(query.group_by(LessonRun.module))
    return {file: version for file, version in newest if file is not None and version is not None}


def _audiences(session: Session, files: Collection[str] | None = None) -> dict[str, Audience]:
    query = select(SopDocument.file, SopDocument.audience)
    if files is not None:
        query = query.where(SopDocument.file.in_(files))
    return {file: Audience.from_key(key) for file, key in session.execute(query)}


def _may_take(asker: Asker, module: Module, audiences: Mapping[str, Audience]) -> bool:
    is_for_them = not module.roles or not asker.roles.isdisjoint(module.roles)
    taught = [audiences.get(section.sop) for section in module.teaches]
    return is_for_them and all(audience is not None and may(asker, Action.READ_SOP, audience) for audience in taught)
