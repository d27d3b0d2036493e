"""Owns looking into the dictionaries and lists of a PDF, whatever a broken one holds there."""

from typing import Any

from pypdf.generic import DictionaryObject, IndirectObject


def numbers_in(operands: Any) -> list[float]:
    """Return the numbers among operands, none where they are no list."""
    if not isinstance(operands, (list, tuple)):
        return []
    found = [each.get_object() if isinstance(each, IndirectObject) else each for each in operands]
    return [float(each) for each in found if isinstance(each, (int, float))]


def value(holder: Any, key: str) -> Any:
    """Return what a dictionary holds under a key, looked up where it is a reference; None where nothing is there."""
    return holder[key] if isinstance(holder, DictionaryObject) and key in holder else None


def entry(resources: DictionaryObject, kind: str, name: Any) -> Any:
    """Return a named resource as it stands, a reference or an object; None where there is none."""
    named = value(resources, kind)
    return named.raw_get(name) if isinstance(named, DictionaryObject) and name in named else None
