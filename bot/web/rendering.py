"""Owns how a template becomes a page: escaping is always on, and a value left out is a bug."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.views.page import chart_grid
from metrics.drawings import svg

HERE = Path(__file__).parent
STATIC_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}


def static_files() -> dict[str, tuple[str, bytes]]:
    """Return the type and content of each file beside the pages, by name."""
    files = sorted(path for path in (HERE / "static").iterdir() if path.suffix in STATIC_TYPES)
    return {path.name: (STATIC_TYPES[path.suffix], path.read_bytes()) for path in files}


class Templates:
    """The templates of the pages, compiled when first used; `version` changes with the files they link to."""

    def __init__(self) -> None:
        self.files = static_files()
        content = b"".join(body for _, body in self.files.values())
        self.version = hashlib.sha256(content).hexdigest()[:12]
        # No extension decides: every template is HTML.
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(svg=svg, chart_grid=chart_grid)

    def page(self, template: str, values: Mapping[str, Any]) -> str:
        """Return the HTML of a template."""
        return self._environment.get_template(template).render(**values, version=self.version)
