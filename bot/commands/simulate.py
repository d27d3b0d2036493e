"""`coach simulate`: our sequence beside well-known ones, on simulated learners with the same minutes."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.commands.svg_file import check_svg_file, write_svg_file
from bot.commands.terminal import out, progress
from bot.views.simulate import scoreboard_chart, scoreboard_text
from coach.index.port import Step
from lessons.simulation.plot import svg
from lessons.simulation.scoreboard import FEWEST, MOST, Scoreboard, simulate
from metrics.errors import Refusal


def command(
    learners: Annotated[int, typer.Option(metavar="N", help=f"How many learners, {FEWEST} to {MOST:,}.")] = 200,
    seed: Annotated[int, typer.Option(metavar="S", help="The same seed gives the same learners and digits.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the comparison into this file.")] = None,
) -> None:
    """Compare recall thirty days after a programme: our sequence, Leitner, SM-2, FSRS due dates, weekly, random."""
    if not FEWEST <= learners <= MOST:
        raise Refusal(f"Choose --learners from {FEWEST} to {MOST:,}.")
    if seed < 0:
        raise Refusal("Choose a --seed of 0 or more.")
    check_svg_file(plot)
    with progress() as on_step:
        board = simulate(learners, seed, lambda done, total: on_step(Step("simulated", done, total)))
    if plot is not None:
        write_svg_file(plot, svg(scoreboard_chart(board, learners)))
    if as_json:
        out.print(json.dumps(as_figures(board), indent=2))
    else:
        out.print(scoreboard_text(board, learners))


def as_figures(board: Scoreboard) -> dict[str, dict[str, Any]]:
    """Return world -> policy -> recall with its interval, shares 0-1, and minutes a learner."""
    return {
        world: {
            policy: {
                "recall": standing.recall.value,
                "low": standing.recall.low,
                "high": standing.recall.high,
                "minutes": standing.minutes,
            }
            for policy, standing in standings.items()
        }
        for world, standings in board.items()
    }
