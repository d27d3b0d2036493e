"""Has the model that is set up tell situations of exercises anew, within the day's budget."""

from collections.abc import Collection

from bot.app import App
from bot.spending import reserve_call
from coach.model_calls import ModelCalls
from coach.telling import Outcome, Telling, prepare_telling, told
from lessons.adapt import FaultsOf
from metrics.errors import Refusal


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
        most = prepared.most_tokens_in, prepared.most_tokens_out
        reservation = reserve_call(self._app, self._calls.name, *most)
        if reservation is None:
            return Telling(situation, Outcome.OVER_BUDGET)
        telling = told(self._calls, prepared, faults_of)
        reservation.settle(telling.tokens_in, telling.tokens_out)
        return telling


def writer(app: App, names: Collection[str], role: str = "") -> Rewriter:
    """Return what tells situations for a role, "" for anybody; `names` are those of coach.hosted.roster_names.

    Raises Refusal where no model is set up.
    """
    if app.model_calls is None:
        raise Refusal("No model is set up to tell situations. Set COACH_MODEL=provider:name, and its key.")
    return Rewriter(app, app.model_calls, names, role)
