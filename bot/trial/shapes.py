"""Owns the small language the Block Kit rules are written in, and Slack's words for what breaks one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Complaint = tuple[str, str]


@dataclass(frozen=True)
class Fault:
    """Why Slack would refuse a payload.

    `pointer` is a JSON pointer into it, "" for the whole; `code` is the `error` Slack answers with; `message` is the
    line of its `errors`, pointer included.
    """

    pointer: str
    code: str
    message: str


def fault(code: str, complaint: Complaint) -> Fault:
    """Turn a complaint, a pair of pointer and words, into a fault with Slack's wording."""
    pointer, words = complaint
    return Fault(pointer, code, f"{words} [json-pointer:{pointer}]" if pointer else words)


class Rule(Protocol):
    """What a JSON value must look like."""

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield what is wrong with the value that stands at a JSON pointer; nothing when it is right."""


@dataclass(frozen=True)
class Anything:
    """A value nobody looks at."""

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield nothing."""
        yield from ()


@dataclass(frozen=True)
class Words:
    """A string of so many characters; `most` None is no limit."""

    most: int | None = None
    least: int = 1

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield a wrong type or length."""
        if not isinstance(value, str):
            yield at, "must provide a string"
        elif len(value) < self.least:
            yield at, f"must be more than {self.least - 1} characters"
        elif self.most is not None and len(value) > self.most:
            yield at, f"must be less than {self.most + 1} characters"


@dataclass(frozen=True)
class Choice:
    """One of a few strings."""

    values: frozenset[str]

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield a value that is not among them."""
        if not isinstance(value, str) or value not in self.values:
            yield at, "must be a valid enum value"


@dataclass(frozen=True)
class Flag:
    """True or false."""

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield anything else."""
        if not isinstance(value, bool):
            yield at, "must provide a boolean"


@dataclass(frozen=True)
class Number:
    """A number in a range whose ends belong to it; None is no limit."""

    least: float | None = None
    most: float | None = None
    is_whole: bool = True

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield a wrong type or size."""
        if isinstance(value, bool) or not isinstance(value, int if self.is_whole else int | float):
            yield at, "must provide an integer" if self.is_whole else "must provide a number"
        elif self.least is not None and value < self.least:
            yield at, f"must be greater than or equal to {self.least:g}"
        elif self.most is not None and value > self.most:
            yield at, f"must be less than or equal to {self.most:g}"


@dataclass(frozen=True)
class Items:
    """A list of so many items of one kind; `most` None is no limit."""

    of: Rule
    most: int | None = None
    least: int = 1

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield a wrong type or number of items, and what is wrong with each."""
        if not isinstance(value, list):
            yield at, "must be an array"
            return
        if len(value) < self.least:
            yield at, f"no less than {self.least} items allowed"
        if self.most is not None and len(value) > self.most:
            yield at, f"no more than {self.most} items allowed"
            # the items of an endless list are not worth a fault each
            value = value[: self.most]
        for number, item in enumerate(value):
            yield from self.of.complaints(item, f"{at}/{number}")


@dataclass(frozen=True)
class OrNull:
    """A value that may be left out by writing null."""

    rule: Rule

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield what is wrong with a value that is there."""
        if value is not None:
            yield from self.rule.complaints(value, at)


@dataclass(frozen=True)
class Shape:
    """An object with named parts; `one_of` names parts of which at least one must be there.

    `type` may always be there. Other parts than the named ones are a fault unless it `is_open`.
    """

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    is_open: bool = False

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield parts that are missing or too many, and what is wrong with the others."""
        if not isinstance(value, dict):
            yield at, "must provide an object"
            return
        for name in self.required:
            if name not in value:
                yield at, f"missing required field: {name}"
        if self.one_of and not any(name in value for name in self.one_of):
            yield f"{at}/type", "must define either " + " or ".join(f"`{name}`" for name in self.one_of)
        rules = {**self.optional, **self.required}
        for name, part in value.items():
            if name in rules:
                yield from rules[name].complaints(part, f"{at}/{name}")
            elif name != "type" and not self.is_open:
                yield at, f"invalid additional property: {name}"


@dataclass(frozen=True)
class Kinds:
    """An object whose `type` says which rule holds; a type that is not listed is a fault, `{}` in its `words`."""

    rules: Mapping[str, Rule]
    words: str = "unsupported type: {}"

    def complaints(self, value: Any, at: str) -> Iterator[Complaint]:
        """Yield a wrong type, else what is wrong with an object of that type."""
        if not isinstance(value, dict):
            yield at, "must provide an object"
            return
        kind = value.get("type")
        if kind is None:
            yield at, "missing required field: type"
        elif not isinstance(kind, str):
            yield f"{at}/type", "must provide a string"
        elif kind not in self.rules:
            yield f"{at}/type", self.words.format(kind)
        else:
            yield from self.rules[kind].complaints(value, at)
