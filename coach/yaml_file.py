"""Reads YAML with the place of everything in it, so that a mistake can be told by its line and column."""

from typing import Any

import yaml

from coach.front_matter import AsWritten
from coach.reading import Rejected

Place = tuple[int, int]


def read_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the tree and the values of a YAML text, every value as the words that stand there; (None, None) for none.

    Raises Rejected, with a sentence that follows the file's name, for a text that is not YAML.
    """
    try:
        loader = AsWritten(text)
        root = loader.get_single_node()
        return root, loader.construct_document(root) if root is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{at((mark.line + 1, mark.column + 1))}: " if mark else "cannot be read: "
        raise Rejected(f"{where}{error.problem}. Check the spelling and the indentation there.") from None
    except RecursionError:
        raise Rejected("cannot be read: its brackets are nested too deeply. Correct it.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Rejected(f"cannot be read: {' '.join(str(error).split())}. Correct it.") from None


def at(place: Place) -> str:
    """Return a place as words."""
    return f"line {place[0]}, column {place[1]}"


def place_of(root: yaml.Node | None, location: tuple[str | int, ...]) -> Place:
    """Return line and column, from 1, of the key or item at a location, or of the nearest part that exists."""
    if root is None:
        return 1, 1
    mark, node = root.start_mark, root
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in reversed(node.value) if key.value == str(step)), None)
            if pair is None:
                break
            mark, node = pair[0].start_mark, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            mark = node.start_mark
        else:
            break
    return mark.line + 1, mark.column + 1


def repeated_keys(root: yaml.Node | None) -> list[tuple[str, Place]]:
    """Return every key that stands a second time in the same mapping, and where."""
    return _repeated(root, set())


def _repeated(node: yaml.Node | None, visited: set[int]) -> list[tuple[str, Place]]:
    # An alias stands for a node met before, perhaps one around it.
    if node is None or id(node) in visited:
        return []
    visited.add(id(node))
    found: list[tuple[str, Place]] = []
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                found.append((str(key.value), (key.start_mark.line + 1, key.start_mark.column + 1)))
            seen.add(str(key.value))
            found += _repeated(value, visited)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            found += _repeated(item, visited)
    return found
