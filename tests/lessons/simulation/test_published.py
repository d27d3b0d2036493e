"""What docs/simulation.md says is what the benchmark measured."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORLDS = json.loads((ROOT / "benchmarks" / "simulation.json").read_text())["worlds"]
DOCUMENT = (ROOT / "docs" / "simulation.md").read_text()


def written(figure, digits):
    return "{:.{n}f} [{:.{n}f}, {:.{n}f}]".format(*(100 * figure[name] for name in ("value", "low", "high")), n=digits)


@pytest.mark.parametrize("world", WORLDS)
def test_every_recall_and_lead_stands_in_the_document(world):
    words = " ".join(DOCUMENT.split())
    for policy, standing in WORLDS[world].items():
        if policy == "greedy_60_days":
            assert written(standing["lead"], 2) in words
        else:
            assert written(standing["recall"], 1) in words
            assert policy == "coach" or written(standing["lead"], 1) in words


def test_the_promises_of_the_scoreboard_hold_at_their_intervals():
    for standings in WORLDS.values():
        assert standings["leitner"]["lead"]["low"] > 0
        assert standings["weekly"]["lead"]["low"] > 0.1
        assert standings["greedy_60_days"]["lead"]["low"] > 0
