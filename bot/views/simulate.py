"""Words for the scoreboard of simulated learners: what it comes to, its table, and its chart."""

from lessons.figure import Figure
from lessons.simulation.plot import Chart, Dot, Panel
from lessons.simulation.programme import DAYS, DAYS_AFTER, ITEMS, KNOWN_FROM, MINUTES_A_DAY
from lessons.simulation.scoreboard import OURS, Scoreboard, Standing

WORLDS = {"fsrs": "FSRS-6 memory", "act_r": "ACT-R memory", "misspecified": "Neither model"}
POLICIES = {
    "coach": "Coach",
    "sm2": "SM-2",
    "leitner": "Leitner",
    "fsrs_due": "FSRS-6 due dates",
    "weekly": "Fixed weekly",
    "random": "Random",
}


def scoreboard_text(board: Scoreboard, learners: int) -> str:
    """Return what the comparison comes to, then a table for each world, then what the figures mean."""
    lines = [takeaway(board)]
    for world, standings in board.items():
        head = f"{'recall':25}{'Coach ahead by':25}{f'items >= {KNOWN_FROM}':15}{'during':10}minutes"
        lines += ["", f"{WORLDS[world]:22}{head}"]
        lines += [_row(POLICIES[name], standings[name], is_ours=name == OURS) for name in POLICIES]
    lines += [
        "",
        f"Recall is the share of all {ITEMS} items remembered {DAYS_AFTER} days after a programme of {DAYS} days with "
        f"{MINUTES_A_DAY:g} minutes each workday; “during” is its mean over the programme.",
        f"The same {learners:,} simulated learners for everyone. In brackets 95 % intervals over learners; they do not "
        "say how well the simulated memories fit real people.",
    ]
    return "\n".join(lines)


def takeaway(board: Scoreboard) -> str:
    """Return the comparison in one or two sentences: what Coach reaches, and whom it is clearly ahead of."""
    recall = ", ".join(
        f"{standings[OURS].recall.value * 100:.0f} % ({WORLDS[world]})" for world, standings in board.items()
    )
    reached = f"With the same minutes, Coach's learners remember {recall} {DAYS_AFTER} days later."
    others = [
        (standings[policy].lead, f"{name} ({WORLDS[world]})")
        for world, standings in board.items()
        for policy, name in POLICIES.items()
        if policy != OURS
    ]
    unclear = [name for lead, name in others if lead.low <= 0]
    if unclear:
        return f"{reached} It is not clearly ahead of {', '.join(unclear)}."
    least, name = min(others, key=lambda other: other[0].value)
    return f"{reached} It is ahead of everyone in each; the closest is {name}, {_percent(least)} points behind."


def scoreboard_chart(board: Scoreboard, learners: int) -> Chart:
    """Return the scoreboard as a chart: a panel a world, a row a policy."""
    description = " ".join(
        f"{WORLDS[world]}: "
        + ", ".join(f"{POLICIES[name]} {_percent(standings[name].recall)}" for name in POLICIES)
        + " percent."
        for world, standings in board.items()
    )
    panels = tuple(
        Panel(WORLDS[world], tuple(_dot(standings[name].recall) for name in POLICIES))
        for world, standings in board.items()
    )
    return Chart(
        f"Recall {DAYS_AFTER} days after the programme, at equal minutes",
        f"{description} In brackets 95 % intervals over {learners:,} simulated learners.",
        f"Percent of {ITEMS} items remembered; bars are 95 % intervals over {learners:,} simulated learners",
        tuple(POLICIES.values()),
        panels,
        tuple(POLICIES).index(OURS),
    )


def _row(name: str, standing: Standing, is_ours: bool) -> str:
    lead = "" if is_ours else _percent(standing.lead)
    return (
        f"{name:22}{_percent(standing.recall) + ' %':25}{lead:25}{f'{standing.known * 100:.1f} %':15}"
        f"{f'{standing.recall_during * 100:.1f} %':10}{standing.minutes:.1f}"
    )


def _percent(figure: Figure) -> str:
    return f"{figure.value * 100:.1f} [{figure.low * 100:.1f}, {figure.high * 100:.1f}]"


def _dot(figure: Figure) -> Dot:
    return Dot(figure.value * 100, figure.low * 100, figure.high * 100)
