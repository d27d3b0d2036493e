"""Has the model that is set up phrase an answer, within the day's budget; without a model the quotes stand."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.orm import Session

from bot.app import App
from bot.spending import reserve_call
from bot.views.model_advice import advice
from coach.answer import Drafted, Reply
from coach.conversation import Turn
from coach.hosted import roster_names
from coach.phrase import BUDGET_SECONDS, Asking, Outcome, phrased, prepare, unasked
from metrics.policy import Asker

log = structlog.get_logger()


def nothing() -> None:
    """Do nothing."""


def asking_of(session: Session, asker: Asker, history: Sequence[Turn]) -> Asking:
    """Return what a model may know of who asks, and whom a prompt must not name."""
    return Asking(tuple(sorted(asker.roles)), history, roster_names(session))


def phrase(
    app: App,
    drafted: Drafted,
    asker: Asker,
    history: Sequence[Turn] = (),
    on_ask: Callable[[], object] = nothing,
    spent_seconds: float = 0.0,
) -> Reply:
    """Return the answer in a model's verified words, or the quotes with the reason why not.

    Must be called outside any transaction. `on_ask` is called once, before a model is asked; the model has what
    `spent_seconds` of the search leave of its time.
    """
    calls = app.model_calls
    if calls is None or not drafted.evidence:
        return drafted.reply
    with app.database.session() as session:
        asking = asking_of(session, asker, history)
    prepared = prepare(drafted, asking)
    reservation = reserve_call(app, calls.name, prepared.most_tokens_in, prepared.most_tokens_out)
    if reservation is None:
        reply = unasked(drafted, calls.name, Outcome.OVER_BUDGET)
        _warn(reply)
        return reply
    on_ask()
    reply = phrased(calls, drafted, asking, max(0.0, BUDGET_SECONDS - spent_seconds))
    _warn(reply)
    use = reply.trace.model_use
    reservation.settle(use.tokens_in if use else 0, use.tokens_out if use else 0)
    return reply


def _warn(reply: Reply) -> None:
    use = reply.trace.model_use
    if use is not None and (what_to_do := advice(reply)):
        log.warning("model_gave_no_answer", model=use.model, outcome=use.outcome, advice=what_to_do)
