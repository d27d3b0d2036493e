"""Owns Shelf: the modules and tracks of a company folder, read; a broken file is left out alone."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from coach.documents import Document
from coach.ingest import Rejection
from coach.reading import Rejected
from lessons.distractors import stands_out
from lessons.module import Module
from lessons.module_file import parse_module
from lessons.tracks import Track


@dataclass(frozen=True)
class Shelf:
    """Modules and tracks to hold, files left out, and what an author may want to know; files relative to lessons/."""

    modules: tuple[Module, ...] = ()
    tracks: tuple[Track, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    notes: tuple[str, ...] = ()


def read_modules(
    files: Iterable[tuple[str, bytes]],
    skills: Collection[str] | None,
    roles: Collection[str] | None,
    documents: Iterable[Document],
) -> Shelf:
    """Read module files given as (name relative to lessons/, bytes).

    `skills` and `roles` are those company.yaml lists, None where nobody knows them; `documents` what may be taught.
    """
    sops = {document.file: document for document in documents}
    read: dict[str, Module] = {}
    rejected: dict[str, str] = {}
    for file, data in files:
        try:
            read[file] = parse_module(file, data, skills, roles, sops)
        except Rejected as reason:
            rejected[file] = str(reason)
    faults = _faults_in_order(read, rejected)
    sound = [module for file, module in read.items() if file not in faults]
    left_out = {**rejected, **faults}
    notes = [note for module in sound for note in _notes(module, left_out)]
    return Shelf(
        modules=tuple(_without(module, left_out) for module in sound),
        rejected=tuple(Rejection(file, left_out[file]) for file in sorted(left_out)),
        notes=tuple(notes),
    )


def _without(module: Module, left_out: Collection[str]) -> Module:
    return replace(module, after=tuple(file for file in module.after if file not in left_out))


def _faults_in_order(read: dict[str, Module], rejected: Collection[str]) -> dict[str, str]:
    """Return what is wrong with the modules each is to come after, by file."""
    faults = {}
    for file, module in read.items():
        unknown = [before for before in module.after if before not in read and before not in rejected]
        if unknown:
            faults[file] = (
                f"comes after {unknown[0]!r}, which is not a file in lessons/. Correct after: or take it out."
            )
        elif circle := _circle(file, read):
            faults[file] = f"comes after itself: {' after '.join(circle)}. Take one of these out of an after:."
    return faults


def _circle(start: str, read: dict[str, Module]) -> Sequence[str]:
    """Return the shortest way from a module back to itself along after:, () when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:
        module = read.get(way[-1])
        for before in module.after if module else ():
            if before == start:
                return (*way, start)
            if before not in seen:
                seen.add(before)
                ways.append((*way, before))
    return ()


def _notes(module: Module, left_out: Collection[str]) -> Iterable[str]:
    for before in module.after:
        if before in left_out:
            yield f"{module.file} comes after {before}, which was rejected. Until that is corrected it comes without."
    for item in module.items:
        place = stands_out(item.options) if item.kind == "choice" else None
        if place is not None:
            which = "right" if place == item.right else "wrong"
            yield f"{module.file} has a {which} option much longer than the others in “{item.title}”. It stands out."
