"""No figure is defined and shown nowhere."""

import ast
from pathlib import Path

from bot import views
from metrics.definitions import DEFINITIONS

LINKING = frozenset(("define", "fact", "_fact"))


def linked():
    """Return the keys that views of pages link to: what they hand to links.define, or to what hands it on."""
    keys = set()
    for file in sorted(Path(views.__file__).parent.glob("page*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) in LINKING:
                given = (*node.args, *(keyword.value for keyword in node.keywords))
                keys |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return keys


def _name(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_figure_that_is_defined_is_shown_on_a_page():
    assert set(DEFINITIONS) - linked() == set()
