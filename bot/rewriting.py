"""Has the model that is set up tell situations of exercises anew, within the day's budget."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.spending import reserve, settle
from coach.model_calls import ModelCalls
from coach.spending import Limits, Prices, Spent
from coach.telling import Outcome, Telling, prepare_telling, told
from lessons.adapt import FaultsOf
from metrics.errors import Refusal
from metrics.people import Person


class Rewriter:
    """Tells one situation after the other for a role; `tellings` is what came of each."""

    def __init__(self, app: App, calls: ModelCalls, names: Collection[str], role: str) -> None:
        self._app, self._calls, self._names, self._role = app, calls, names, role
        self.tellings: list[Telling] = []

    def __call__(self, situation: str, faults_of: FaultsOf) -> str:
        """Return a situation anew, or as it was where code does not accept it. To be called outside transactions."""
        telling = self._telling(situation, faults_of)
        self.tellings.append(telling)
        return telling.text

    def _telling(self, situation: str, faults_of: FaultsOf) -> Telling:
        prepared = prepare_telling(situation, self._role, self._names)
        if prepared is None:
            return Telling(situation, Outcome.ORDERS_COACH)
        settings, now = self._app.settings, self._app.now()
        estimate = self._spent(prepared.most_tokens_in, prepared.most_tokens_out)
        limits = Limits(settings.model_tokens_a_day, settings.model_money_a_day)
        with self._app.database.transaction() as session:
            fits = reserve(session, self._calls.name, estimate, limits, now)
        if not fits:
            return Telling(situation, Outcome.OVER_BUDGET)
        telling = told(self._calls, prepared, faults_of)
        with self._app.database.transaction() as session:
            settle(session, self._calls.name, estimate, self._spent(telling.tokens_in, telling.tokens_out), now)
        return telling

    def _spent(self, tokens_in: int, tokens_out: int) -> Spent:
        prices = Prices(self._app.settings.model_price_in, self._app.settings.model_price_out)
        return Spent(tokens_in + tokens_out, prices.cost(tokens_in, tokens_out))


def writer(app: App, names: Collection[str], role: str = "") -> Rewriter:
    """Return what tells situations for a role, "" for anybody; `names` are those of `roster`.

    Raises Refusal where no model is set up.
    """
    if app.model_calls is None:
        raise Refusal("No model is set up to tell situations. Set COACH_MODEL=provider:name, and its key.")
    return Rewriter(app, app.model_calls, names, role)


def roster(session: Session) -> Sequence[str]:
    """Return the full names that no prompt may hold."""
    return session.scalars(select(Person.name).where(Person.is_listed)).all()
