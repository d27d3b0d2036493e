"""Owns the comparison: every policy with the same learners in every world, with intervals over learners."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lessons.figure import Figure
from lessons.memory import FloatArray
from lessons.simulation.policies import POLICIES, NewPolicy
from lessons.simulation.programme import Programme, run
from lessons.simulation.worlds import WORLDS

OURS = "coach"
FEWEST, MOST = 2, 2000
Z_95 = 1.96

OnDone = Callable[[int, int], None]


def ignore(_done: int, _total: int) -> None:
    """Follow nothing."""


@dataclass(frozen=True)
class Standing:
    """How one policy did in one world; shares are 0-1.

    `recall` is the mean recall of all items thirty days after the programme, `lead` what our sequence is ahead of it by
    for the same learners, `known` the share of items at 0.8 or more, `recall_during` the mean recall over the days of
    the programme, `minutes` and `introduced` the minutes spent and items taken up by a learner.
    """

    recall: Figure
    lead: Figure
    known: float
    recall_during: float
    minutes: float
    introduced: float


Scoreboard = dict[str, dict[str, Standing]]


def simulate(
    learners: int, seed: int, on_done: OnDone = ignore, policies: Mapping[str, NewPolicy] = POLICIES
) -> Scoreboard:
    """Return world -> policy -> standing for 2 to 2,000 learners (else ValueError); equal seeds give equal digits.

    `policies` are compared with "coach", which is among them. `on_done` hears how many programmes of how many are done.
    """
    if not FEWEST <= learners <= MOST:
        raise ValueError(f"learners must be {FEWEST} to {MOST}")
    board: Scoreboard = {}
    total = len(WORLDS) * len(policies)
    for world, new_world in WORLDS.items():
        programmes: dict[str, Programme] = {}
        for policy, new_policy in policies.items():
            programmes[policy] = run(new_world, new_policy, learners, seed)
            on_done(len(board) * len(policies) + len(programmes), total)
        ours = programmes[OURS]
        board[world] = {policy: _standing(programme, ours) for policy, programme in programmes.items()}
    return board


def _standing(programme: Programme, ours: Programme) -> Standing:
    return Standing(
        _figure(programme.recall),
        _figure(ours.recall - programme.recall),
        float(programme.known.mean()),
        float(programme.recall_during.mean()),
        float(programme.minutes.mean()),
        float(programme.introduced.mean()),
    )


def _figure(values: FloatArray) -> Figure:
    mean, half = float(values.mean()), Z_95 * float(values.std(ddof=1)) / len(values) ** 0.5
    return Figure(mean, mean - half, mean + half)
