"""Owns path globs of the company folder: `*` stays inside a folder, `**` crosses folders."""

import re


def matches(glob: str, path: str) -> bool:
    """Say whether a glob means a path, both relative with forward slashes; a path always means itself."""
    return glob == path or _compiled(glob).fullmatch(path) is not None


def _compiled(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    meanings = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meanings.get(part, re.escape(part)) for part in parts), re.DOTALL)
