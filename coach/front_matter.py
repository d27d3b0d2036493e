"""Reads the YAML block at the head of an SOP, exactly as its author wrote the values."""

import re
from collections import Counter
from typing import Any

import yaml

from coach.reading import Rejected

OPENING = re.compile(r"\s*^---[ \t]*\n", re.MULTILINE)
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


class AsWritten(yaml.SafeLoader):
    """Reads every value as the words that stand there: 1.10, 0112, no and 2026-12-25 are text; only nothing is None."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rules if tag.endswith(":null")]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Merge no mapping into another: merged anchors of merged anchors outgrow any memory."""


def read_front_matter(text: str) -> tuple[dict[str, Any], int]:
    """Return the facts and the offset where the body starts, ({}, 0) for an SOP without front matter.

    Raises Rejected when the block is not closed, is not a list of `key: value` lines, or names a key twice: a fact
    that is passed over in silence might be the one that says who may read the SOP.
    """
    opening = OPENING.match(text)
    if opening is None:
        return {}, 0
    closing = CLOSING.search(text, opening.end())
    if closing is None:
        raise Rejected("opens its front matter with --- but never closes it. Add a line with --- after it.")
    lines_above = text.count("\n", 0, opening.end())
    loader = AsWritten(text[opening.end() : closing.start()])
    try:
        root = loader.get_single_node()
        facts = loader.construct_document(root) if root is not None else {}
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1 + lines_above}, column {mark.column + 1}" if mark else "its first lines"
        raise Rejected(f"has front matter that cannot be read ({where}: {error.problem}). Correct it.") from None
    except RecursionError:
        raise Rejected("has front matter with brackets inside brackets without end. Correct it.") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Rejected(f"has front matter that cannot be read ({error}). Correct it.") from None
    if not isinstance(facts, dict):
        raise Rejected("has front matter that is not a list of `key: value` lines. Correct it.")
    names = Counter(str(key.value) for key, _ in root.value) if isinstance(root, yaml.MappingNode) else Counter()
    if repeated := sorted(name for name, times in names.items() if times > 1):
        raise Rejected(f"names {repeated[0]}: twice in its front matter. Keep one.")
    return facts, min(closing.end() + 1, len(text))
