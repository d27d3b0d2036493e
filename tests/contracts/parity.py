"""What the suite over the Platform port says Slack and Teams can do, as the table in docs/parity.md.

`python -m tests.contracts.parity` runs the suite and writes the table; a test refuses one that says something else.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.slack import send as slack
from bot.teams import send as teams

TABLE = Path(__file__).parents[2] / "docs" / "parity.md"
SUITE = Path(__file__).parent
OFFERS = {"slack": slack.OFFERS, "teams": teams.OFFERS}
HEAD = """# What Coach does in Slack and in Microsoft Teams

Each line is a promise that one suite, `tests/contracts/`, holds over both. Written from its results by
`python -m tests.contracts.parity`; `make test` fails when they say something else.

| | Slack | Teams |
|---|---|---|
"""


@dataclass
class Row:
    """A capability: the field of Capabilities that says who has it, if one does; what is done instead, by platform.

    `passed` and `failed` count its tests by platform; one that was skipped counts as failed.
    """

    title: str
    offers: str | None
    instead: dict[str, str]
    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def cell(self, platform: str) -> str:
        """Return what the table says. Raises AssertionError unless the notes stand where Capabilities say no."""
        if self.failed[platform] or not self.passed[platform]:
            return "**fails**" if self.failed[platform] else "**not tried**"
        if self.offers is not None:
            has_note, has_it = platform in self.instead, getattr(OFFERS[platform], self.offers)
            assert has_note is not has_it, f"{self.title}: {platform} says {has_it}, but the note is {self.instead}"
        return self.instead.get(platform, "yes")


ROWS: dict[str, Row] = {}


def capability(title, offers=None, **instead):
    """Mark tests as those of one capability; `instead` is what the table says in place of yes, by platform."""

    def mark(test):
        test.capability = title
        return test

    assert title not in ROWS, f"{title} is there already: use one mark for all its tests"
    ROWS[title] = Row(title, offers, instead)
    return mark


def note(item: pytest.Item, report: pytest.TestReport) -> None:
    """Take note of how a phase of a test of a capability ended."""
    title = getattr(getattr(item, "function", None), "capability", None)
    if title is not None and (report.when == "call" or not report.passed):
        counts = ROWS[title].passed if report.passed else ROWS[title].failed
        counts[item.callspec.params["place"]] += 1


def table() -> str:
    """Return the page as the results of this run say it."""
    lines = [f"| {row.title} | {row.cell('slack')} | {row.cell('teams')} |" for row in ROWS.values()]
    return HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Run the suite, write the table and say how the suite ended."""
    # As a command this module has another name than the one the tests import.
    from tests.contracts import parity

    *suite, _reads_the_table = sorted(SUITE.glob("test_platform*.py"))
    status = pytest.main(["-q", *map(str, suite)])
    TABLE.write_text(parity.table())
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
