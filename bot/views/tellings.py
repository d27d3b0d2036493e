"""Words for what came of having a model tell situations anew."""

from collections import Counter
from collections.abc import Sequence

from coach.telling import Outcome, Telling
from lessons.prose import count

REASONS = {
    Outcome.UNCHANGED: "The model left it as it was.",
    Outcome.ORDERS_COACH: "It gives orders to Coach itself, so it was not sent.",
    Outcome.OVER_BUDGET: "The day's budget for the model is used up.",
}


def telling_lines(tellings: Sequence[Telling]) -> list[str]:
    """Return how many situations are in a model's words, and why each other was kept, a line each."""
    if not tellings:
        return ["There is no situation to tell: the model was not asked."]
    kept = [telling for telling in tellings if telling.outcome != Outcome.TOLD]
    told = len(tellings) - len(kept)
    lead = f"{count(len(tellings), 'situation')}: {told} as the model told it, {len(kept)} kept as written."
    return [lead, *(f"Kept {count(number, 'time')}: {why}" for why, number in Counter(map(_why, kept)).items())]


def _why(telling: Telling) -> str:
    if telling.faults:
        return " ".join(telling.faults)
    # The code of a fault is not a word of any provider's.
    return next(
        (said for outcome, said in REASONS.items() if outcome == telling.outcome),
        f"The model gave no answer ({telling.outcome.replace('_', ' ')}).",
    )
