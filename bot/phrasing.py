"""Has the model that is set up phrase an answer, within the day's budget; without a model the quotes stand."""

from collections.abc import Callable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.settings import Settings
from bot.spending import reserve, settle
from coach.answer import Drafted, Reply
from coach.conversation import Turn
from coach.phrase import Asking, Outcome, phrased, prepare, unasked
from coach.spending import Limits, Prices, Spent
from metrics.people import Person
from metrics.policy import Asker


def nothing() -> None:
    """Do nothing."""


def asking_of(session: Session, asker: Asker, history: Sequence[Turn]) -> Asking:
    """Return what a model may know of who asks, and whom a prompt must not name."""
    names = session.scalars(select(Person.name).where(Person.is_listed)).all()
    return Asking(tuple(sorted(asker.roles)), history, names)


def phrase(app: App, drafted: Drafted, asking: Asking, on_ask: Callable[[], object] = nothing) -> Reply:
    """Return the answer in a model's verified words, or the quotes with the reason why not.

    Must be called outside any transaction. `on_ask` is called once, before a model is asked.
    """
    calls = app.model_calls
    if calls is None or not drafted.evidence:
        return drafted.reply
    prepared = prepare(drafted, asking)
    estimate = _spent(app.settings, prepared.most_tokens_in, prepared.most_tokens_out)
    limits, now = Limits(app.settings.model_tokens_a_day, app.settings.model_money_a_day), app.now()
    with app.database.transaction() as session:
        fits = reserve(session, calls.name, estimate, limits, now)
    if not fits:
        return unasked(drafted, calls.name, Outcome.OVER_BUDGET)
    on_ask()
    reply = phrased(calls, drafted, asking)
    use = reply.trace.model_use
    spent = _spent(app.settings, use.tokens_in, use.tokens_out) if use else Spent()
    with app.database.transaction() as session:
        settle(session, calls.name, estimate, spent, now)
    return reply


def _spent(settings: Settings, tokens_in: int, tokens_out: int) -> Spent:
    prices = Prices(settings.model_price_in, settings.model_price_out)
    return Spent(tokens_in + tokens_out, prices.cost(tokens_in, tokens_out))
