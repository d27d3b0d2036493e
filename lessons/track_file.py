"""Reads track files into Track values; a mistake is told by its line and column."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

import yaml

from coach.documents import Document
from coach.ingest import Rejection
from coach.reading import Rejected, decode
from coach.yaml_file import at, place_of, read_yaml, repeated_keys
from lessons.intake import Shelf
from lessons.module import Module
from lessons.prose import count, slug_of
from lessons.skills import SkillRule
from lessons.tracks import Step, StepKind, Track
from metrics.policy import Action, Asker, may

FOLDER = "tracks"
ENDINGS = (".yaml", ".yml")
KEYS = ("title", "roles", "is_onboarding", "required", "due_days", "steps")
KINDS: tuple[StepKind, ...] = ("module", "acknowledge", "human", "sign_off")
ALLOWED: Mapping[str, frozenset[str]] = {
    "module": frozenset(),
    "acknowledge": frozenset({"minutes"}),
    "human": frozenset({"who", "minutes"}),
    "sign_off": frozenset({"who", "minutes"}),
}
MANAGER, SELF = "manager", "self"
MOST_STEPS = 30
MOST_MINUTES = 2400
MOST_DAYS = 365
MOST_CHARACTERS = 200
Location = tuple[str | int, ...]


class Mistake(Exception):
    """What is wrong at a place of the file: a sentence that says what to do."""

    def __init__(self, location: Location, sentence: str) -> None:
        super().__init__(sentence)
        self.location = location


@dataclass(frozen=True)
class Known:
    """What a track may name: modules that can be taken or were rejected, SOPs, skills and roles, None where unknown."""

    modules: Mapping[str, Module]
    left_out: Collection[str]
    sops: Mapping[str, Document]
    skills: Mapping[str, SkillRule] | None
    roles: Collection[str] | None


def is_track(file: str) -> bool:
    """Say whether a file of lessons/ is a track: YAML in its folder tracks/."""
    path = PurePosixPath(file)
    return path.parts[:1] == (FOLDER,) and path.suffix.lower() in ENDINGS


def read_tracks(
    shelf: Shelf,
    files: Iterable[tuple[str, bytes]],
    skills: Mapping[str, SkillRule] | None,
    roles: Collection[str] | None,
    documents: Iterable[Document],
) -> Shelf:
    """Return a shelf of modules with tracks beside them, read from (name relative to lessons/, bytes).

    `skills` and `roles` are those company.yaml lists, None where nobody knows them. A broken file is left out alone.
    """
    left_out = [rejection.file for rejection in shelf.rejected]
    modules = {module.file: module for module in shelf.modules}
    known = Known(modules, left_out, {document.file: document for document in documents}, skills, roles)
    read: dict[str, Track] = {}
    rejected, notes = list(shelf.rejected), list(shelf.notes)
    for file, data in files:
        try:
            track = parse_track(file, data, known)
            if track.name in read:
                raise Rejected("has the same name as another track but for its ending. Rename one.")
            read[track.name] = track
        except Rejected as reason:
            rejected.append(Rejection(file, str(reason)))
            continue
        notes += [
            f"{file} names {step.subject}, which was rejected. Until that is corrected the step is left out."
            for step in track.steps
            if step.kind == "module" and step.subject in known.left_out
        ]
    return replace(shelf, tracks=tuple(read.values()), rejected=tuple(rejected), notes=tuple(notes))


def parse_track(file: str, data: bytes, known: Known) -> Track:
    """Read one track. Raises Rejected with a sentence that follows the file's name and says what to do."""
    name = PurePosixPath(file).with_suffix("").relative_to(FOLDER).as_posix()
    if len(name.split()) != 1 or len(name) > MOST_CHARACTERS:
        raise Rejected(
            "has a name with spaces or more than 200 characters. Rename it, such as new-at-the-counter.yaml."
        )
    root, values = read_yaml(decode(data))
    try:
        return _track(name, values, root, known)
    except Mistake as mistake:
        raise Rejected(f"{at(place_of(root, mistake.location))}: {mistake}") from None


def _track(name: str, values: Any, root: yaml.Node | None, known: Known) -> Track:
    if not isinstance(values, dict):
        raise Mistake((), "this is not a list of `key: value` lines. Begin with title: and steps:.")
    for key, place in repeated_keys(root)[:1]:
        raise Rejected(f"{at(place)}: the key {key!r} is written twice. Keep one.")
    for key in values:
        if key not in KEYS:
            raise Mistake((str(key),), f"the key {str(key)!r} is not known here. There are {', '.join(KEYS)}.")
    roles = _roles(values.get("roles"), known)
    return Track(
        name=name,
        title=_words(values, "title", ()),
        steps=_steps(values.get("steps"), roles, known),
        roles=roles,
        is_onboarding=_yes(values, "is_onboarding"),
        is_required=_yes(values, "required"),
        due_days=_number(values, "due_days", (), MOST_DAYS) or None,
    )


def _steps(stated: Any, roles: tuple[str, ...], known: Known) -> tuple[Step, ...]:
    if not isinstance(stated, list) or not 1 <= len(stated) <= MOST_STEPS:
        raise Mistake(("steps",), f"a track has 1 to {MOST_STEPS} steps:. Write one after each -.")
    steps: list[Step] = []
    for place, entry in enumerate(stated):
        step = _step(entry, ("steps", place), roles, known)
        if any((step.kind, step.subject) == (before.kind, before.subject) for before in steps):
            raise Mistake(("steps", place), "this step stands in the track twice. Keep one.")
        steps.append(step)
    return tuple(steps)


def _step(entry: Any, where: Location, roles: tuple[str, ...], known: Known) -> Step:
    kinds = [kind for kind in KINDS if isinstance(entry, dict) and kind in entry]
    if len(kinds) != 1:
        raise Mistake(where, f"a step is one of {', '.join(f'{kind}:' for kind in KINDS)}. Write exactly one of them.")
    kind = kinds[0]
    for key in entry:
        if key != kind and key not in ALLOWED[kind]:
            raise Mistake((*where, str(key)), f"the key {str(key)!r} is not known in a step {kind}:. Take it out.")
    named = _words(entry, kind, where)
    minutes = _number(entry, "minutes", where, MOST_MINUTES)
    match kind:
        case "module":
            return Step(kind, _module(named, (*where, kind), roles, known))
        case "acknowledge":
            return Step(kind, _acknowledged(named, (*where, kind), roles, known), who=SELF, minutes=minutes)
        case "human":
            if not minutes:
                raise Mistake(where, f"a step human: needs minutes:. Write how long it takes, 1 to {MOST_MINUTES}.")
            if not (subject := slug_of(named)):
                raise Mistake((*where, kind), "these words have no letter from a to z. Write what to do.")
            return Step(kind, subject, named, _who(entry, where, kind, known), minutes)
        case "sign_off":
            return Step(
                kind, _skill(named, (*where, kind), known), who=_who(entry, where, kind, known), minutes=minutes
            )


def _module(file: str, where: Location, roles: tuple[str, ...], known: Known) -> str:
    module = known.modules.get(file)
    if module is None:
        if file in known.left_out:
            return file
        raise Mistake(where, f"there is no module {file!r} in lessons/. Correct the name or take the step out.")
    for role in roles:
        closed = [taught.sop for taught in module.teaches if not _may_read(role, known.sops[taught.sop])]
        if closed:
            raise Mistake(
                where, f"a {role} may not read {closed[0]}, which {file} teaches. Take the step or the role out."
            )
        if module.roles and role not in module.roles:
            raise Mistake(where, f"{file} is not for the role {role!r}. Add it to roles: there or take the step out.")
    return file


def _acknowledged(named: str, where: Location, roles: tuple[str, ...], known: Known) -> str:
    file, _, version = (part.strip() for part in named.partition(" @ "))
    document = known.sops.get(file)
    if document is None:
        raise Mistake(
            where, f"{file!r} is not among the SOPs that can be read. Write a path such as stores/refunds.md @ 4."
        )
    stands = document.sections[0].facts.version
    if stands is None:
        raise Mistake(where, f"{file} states no version to acknowledge. Write version: in its front matter.")
    if version != stands:
        said = f"version {version} of {file} does not stand any more" if version else f"{file} needs its version here"
        raise Mistake(where, f"{said}. Write {file} @ {stands}.")
    if closed := next((role for role in roles if not _may_read(role, document)), None):
        raise Mistake(where, f"a {closed} may not read {file}. Take the step or the role out.")
    return f"{file}@{version}"


def _skill(key: str, where: Location, known: Known) -> str:
    if known.skills is None:
        return key
    if key not in known.skills:
        raise Mistake(where, f"company.yaml lists no skill {key!r}. Add it there or correct it.")
    if not known.skills[key].sign_off:
        raise Mistake(where, f"the skill {key!r} needs no sign-off. Write sign_off: true beside it in company.yaml.")
    return key


def _who(entry: dict[str, Any], where: Location, kind: StepKind, known: Known) -> str:
    if "who" not in entry:
        confirmers = " or manager" if kind == "sign_off" else ", manager or self"
        raise Mistake(where, f"a step {kind}: needs who:. Write who confirms it: a role{confirmers}.")
    who = _words(entry, "who", where)
    if who == SELF and kind == "sign_off":
        raise Mistake((*where, "who"), "nobody signs off themselves. Write a role or manager.")
    if who not in (MANAGER, SELF) and known.roles is not None and who not in known.roles:
        raise Mistake(
            (*where, "who"),
            f"{who!r} is neither a role of company.yaml nor manager" + ("." if kind == "sign_off" else " nor self."),
        )
    return who


def _roles(stated: Any, known: Known) -> tuple[str, ...]:
    named = [] if stated is None else [stated] if isinstance(stated, str) else stated
    if not isinstance(named, list):
        raise Mistake(("roles",), "roles: is not a list. Write roles: [sales associate].")
    for place, role in enumerate(named):
        where = ("roles",) if isinstance(stated, str) else ("roles", place)
        if not isinstance(role, str) or (known.roles is not None and role not in known.roles):
            raise Mistake(where, f"the role {role!r} is not listed under roles: in company.yaml. Correct one.")
    return tuple(dict.fromkeys(named))


def _words(values: dict[str, Any], key: str, where: Location) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip():
        raise Mistake((*where, key), f"{key}: has no words. Write them after the colon, in quotes if they hold one.")
    words = " ".join(value.split())
    if len(words) > MOST_CHARACTERS:
        raise Mistake((*where, key), f"{key}: has {count(len(words), 'character')}; {MOST_CHARACTERS} fit. Shorten it.")
    return words


def _yes(values: dict[str, Any], key: str) -> bool:
    value = values.get(key, "no")
    if value not in ("yes", "no", "true", "false"):
        raise Mistake((key,), f"{key}: is neither yes nor no. Write one of them.")
    return value in ("yes", "true")


def _number(values: dict[str, Any], key: str, where: Location, most: int) -> int:
    """Return a whole number from 1, 0 where there is none."""
    if key not in values:
        return 0
    value = values[key]
    is_number = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 6
    if not (is_number and 1 <= int(value) <= most):
        raise Mistake((*where, key), f"{key}: is not a whole number from 1 to {most}. Correct it.")
    return int(value)


def _may_read(role: str, document: Document) -> bool:
    return may(Asker(roles=frozenset({role})), Action.READ_SOP, document.audience)
