"""Our sequence beside well-known ones and plain greedy: `python -m benchmarks.simulation` writes figures and chart.

Seed and learners are not those any choice was made on (docs/simulation.md).
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress

from bot.views.simulate import scoreboard_chart, scoreboard_text
from lessons.memory import FloatArray, Rating, next_state, recall_after
from lessons.simulation.plot import svg
from lessons.simulation.policies import MINUTES_RIGHT, MINUTES_WRONG, POLICIES, CoachPolicy
from lessons.simulation.scoreboard import simulate

LEARNERS, SEED = 500, 2027
RESULTS = Path(__file__).parent / "simulation.json"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "simulation.svg"


class GreedyPolicy(CoachPolicy):
    """The prototype's best: what FSRS-6 expects to gain at 60 days over the expected minutes, new items first."""

    horizon_days = 60.0

    def rank(self, day: int) -> FloatArray:
        stability, difficulty, elapsed = self._stability, self._difficulty, day - self._last_day
        recalled = recall_after(stability, elapsed)
        right, wrong = (
            recall_after(next_state(stability, difficulty, elapsed, grade)[0], self.horizon_days)
            for grade in (Rating.GOOD, Rating.AGAIN)
        )
        gain = recalled * right + (1 - recalled) * wrong - recall_after(stability, elapsed + self.horizon_days)
        minutes = recalled * MINUTES_RIGHT + (1 - recalled) * MINUTES_WRONG
        place = self._place_among_new()
        return np.where(self._seen, -gain / minutes, np.where(np.isfinite(place), place - 1e9, np.inf))


def main() -> None:
    """Run, print and write the comparison."""
    with Progress(console=Console(stderr=True)) as bars:
        bar = bars.add_task("Simulating")
        board = simulate(
            LEARNERS,
            SEED,
            lambda done, total: bars.update(bar, completed=done, total=total),
            {**POLICIES, "greedy_60_days": GreedyPolicy},
        )
    worlds = {
        world: {policy: asdict(standing) for policy, standing in standings.items()}
        for world, standings in board.items()
    }
    RESULTS.write_text(json.dumps({"learners": LEARNERS, "seed": SEED, "worlds": worlds}, indent=2) + "\n")
    PICTURE.write_text(svg(scoreboard_chart(board, LEARNERS)), encoding="utf-8")
    console = Console(soft_wrap=True, markup=False, highlight=False)
    console.print(scoreboard_text(board, LEARNERS))
    for world, standings in board.items():
        lead = standings["greedy_60_days"].lead
        console.print(
            f"{world}: ahead of plain greedy by {100 * lead.value:.2f} [{100 * lead.low:.2f}, {100 * lead.high:.2f}]"
        )


if __name__ == "__main__":
    main()
