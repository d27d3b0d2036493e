"""Owns how a model is asked: four calls at once, one retry, never past a deadline, and not at all while it is down."""

import threading
from collections.abc import Callable

from coach.breaker import Breaker, BreakerState
from coach.model import Completion, FaultCode, LanguageModel, ModelFault, Prompt

MOST_AT_ONCE = 4
RETRY_SECONDS = 0.4
# A call given less than this cannot be answered.
FEWEST_SECONDS = 0.5
# The service did its part; the prompt or the settings were at fault.
ANSWERED = frozenset({FaultCode.CONTEXT_OVERFLOW, FaultCode.REJECTED, FaultCode.EMPTY})


class ModelCalls:
    """The calls one process makes to one model; `timer` tells seconds, `pause` waits some, `chance` is in [0, 1)."""

    def __init__(
        self,
        model: LanguageModel,
        timer: Callable[[], float],
        pause: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._model = model
        self._timer, self._pause, self._chance = timer, pause, chance
        self._slots = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._breaker = Breaker()

    @property
    def name(self) -> str:
        """Names provider and model."""
        return self._model.name

    @property
    def state(self) -> BreakerState:
        """Whether the model is thought to be up."""
        return self._breaker.state(self._timer())

    def seconds(self) -> float:
        """Return the instant on the clock that deadlines are on."""
        return self._timer()

    def ask(self, prompt: Prompt, until: float) -> Completion:
        """Return what the model writes before the instant `until`; a passing failure is retried once if time is left.

        Raises ModelFault.
        """
        if not self._slots.acquire(blocking=False):
            raise ModelFault(FaultCode.BUSY)
        try:
            return self._ask(prompt, until)
        finally:
            self._slots.release()

    def _ask(self, prompt: Prompt, until: float) -> Completion:
        try:
            return self._call(prompt, until)
        except ModelFault as fault:
            wait = RETRY_SECONDS * (0.5 + self._chance())
            if not fault.is_worth_retrying or self._timer() + wait + FEWEST_SECONDS > until:
                raise
        self._pause(wait)
        return self._call(prompt, until)

    def _call(self, prompt: Prompt, until: float) -> Completion:
        now = self._timer()
        if until - now < FEWEST_SECONDS:
            raise ModelFault(FaultCode.TIMEOUT)
        if not self._breaker.admits(now):
            raise ModelFault(FaultCode.BREAKER_OPEN)
        try:
            completion = self._model.complete(prompt, until - now)
        except ModelFault as fault:
            if fault.code in ANSWERED:
                self._breaker.succeeded()
            else:
                self._breaker.failed(self._timer())
            raise
        self._breaker.succeeded()
        return completion
