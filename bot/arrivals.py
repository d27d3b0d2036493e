"""Owns what a gateway made of something that came in: an Incoming with its key, or nothing; read in total from JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from bot.messages import Incoming
from coach.guard import MAX_QUESTION_CHARACTERS, cleaned
from coach.mask import Masked, mask, without_masks

Body = dict[str, Any]

SOMEONE = "@someone"
UNPRINTABLE = re.compile("[\x00\ud800-\udfff]")
# Stands for a mention of Coach until it is taken out with the space before it and a comma or colon after it.
COACH = "\x00"
# The lookbehind lets a run of spaces be tried once, not from each of its characters.
MENTION_OF_COACH = re.compile(r"(?<![ \t])[ \t]*\x00(?:[,:](?=\s|$))?")


class Keep(Enum):
    """When a message is kept."""

    ALWAYS = "always"
    IF_SPOKEN = "if Coach has spoken in its thread"
    IF_ANSWERED = "if the message acted upon was answered"
    IF_KNOWN = "if the message acted upon was kept or answered, or Coach has spoken in its thread"


@dataclass(frozen=True)
class Arrived:
    """Something a person did, the key it is kept under, and when it is kept at all.

    `about_key` is the key of the message acted upon, where the platform tells it.
    """

    incoming: Incoming
    key: str
    keep: Keep = Keep.ALWAYS
    about_key: str | None = None


@dataclass(frozen=True)
class Ignored:
    """A body that leads to nothing; `reason` is a constant."""

    reason: str


@dataclass(frozen=True)
class Wording:
    """Plain words, without the mention of Coach; whether Coach was mentioned, and whether anybody else was.

    `mentioned` are the accounts behind each `@someone`, in turn; "" for a group.
    """

    text: str
    mentions_coach: bool = False
    mentions_others: bool = False
    mentioned: tuple[str, ...] = ()


class Nothing(Exception):
    """Ends the reading of a body that leads to nothing."""


def masked(arrived: Arrived) -> Arrived:
    """Return an arrival with the secrets in its words taken out, and which kinds they were."""
    found = mask(arrived.incoming.text)
    fields = {name: mask(value) for name, value in arrived.incoming.fields.items()}
    kinds = dict.fromkeys([*found.kinds, *(kind for field in fields.values() for kind in field.kinds)])
    words = {name: _still_long(field) for name, field in fields.items()}
    return replace(
        arrived, incoming=replace(arrived.incoming, text=_still_long(found), masked=tuple(kinds), fields=words)
    )


def _still_long(found: Masked) -> str:
    if not found.is_cut:
        return found.text
    # Masking may have made it short; it must still be refused as too long, not answered in part.
    return found.text + "…" * (MAX_QUESTION_CHARACTERS + 1 - len(cleaned(without_masks(found.text))))


def without_coach(text: str) -> str:
    """Return what was said, with every COACH in it taken out."""
    return MENTION_OF_COACH.sub("", text)


def dict_of(holder: Body, name: str) -> Body:
    """Return an object held under a name, an empty one when there is none."""
    held = holder.get(name)
    return held if isinstance(held, dict) else {}


def list_of(holder: Body, name: str) -> list[Any]:
    """Return a list held under a name, an empty one when there is none."""
    held = holder.get(name)
    return held if isinstance(held, list) else []


def values_of(holder: object) -> Iterator[object]:
    """Return the values of an object, none of anything else."""
    return iter(holder.values()) if isinstance(holder, dict) else iter(())


def text_of(holder: Body, name: str) -> str:
    """Return a text held under a name, an empty one when there is none."""
    held = holder.get(name)
    return clean(held) if isinstance(held, str) else ""


def clean(text: str) -> str:
    """Return a text that every database and encoding takes: no NUL, no half of a surrogate pair."""
    return UNPRINTABLE.sub("", text)
