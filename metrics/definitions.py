"""Owns what every figure of progress means: all definitions by key, and the page that docs/metrics.md shows."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from types import MappingProxyType

from metrics.definition import Definition, Reader
from metrics.definitions_of_practice import OF_PRACTICE
from metrics.definitions_of_skill import OF_SKILL
from metrics.definitions_of_work import OF_WORK

CHAPTERS: tuple[tuple[str, tuple[Definition, ...]], ...] = (
    ("Skill", OF_SKILL),
    ("Practice", OF_PRACTICE),
    ("Work, and the use of Coach", OF_WORK),
)
DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {definition.key: definition for _, definitions in CHAPTERS for definition in definitions}
)
READERS: Mapping[Reader, str] = {
    Reader.OWN: "they themselves",
    Reader.MANAGER: "their managers",
    Reader.ADMIN: "who looks after Coach",
    Reader.AUDITOR: "auditors",
}
MOST_IN_LINE = 120


def definitions_page() -> str:
    """Return all definitions in Markdown, chapter by chapter; each can be linked to by its key."""
    parts = []
    for heading, definitions in CHAPTERS:
        parts += [f"## {heading}\n", *map(_entry, definitions)]
    return "\n".join(parts)


def _entry(definition: Definition) -> str:
    lines = [
        f'### <a id="{definition.key}"></a>{definition.title}\n',
        fill(definition.sentence, MOST_IN_LINE) + "\n",
        _point("Formula", definition.formula),
        _point("Unit", definition.unit),
        _point("Source", definition.source),
        _point("Seen by", _seen_by(definition)),
    ]
    return "\n".join(lines) + "\n"


def _point(name: str, text: str) -> str:
    return fill(f"- {name}: {text}.", MOST_IN_LINE, subsequent_indent="  ", break_on_hyphens=False)


def _seen_by(definition: Definition) -> str:
    one = f"of one person: {_listed(definition.seen_by)}" if definition.seen_by else ""
    groups = f"of a group: {_listed(definition.groups_seen_by)}" if definition.groups_seen_by else ""
    return "; ".join(filter(None, (one, groups)))


def _listed(readers: Sequence[Reader]) -> str:
    *others, last = (READERS[reader] for reader in readers)
    return f"{', '.join(others)} and {last}" if others else last
