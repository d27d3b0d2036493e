"""Owns the clock: one tick every few seconds, which decides nothing itself."""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

EVERY_SECONDS = 15
MISFIRE_GRACE_SECONDS = 3_600


class Clock:
    """Calls `tick` every `every_seconds`, in a thread of its own, never twice at once.

    Ticks missed while the machine slept or the last one ran are made up for by one. What a tick raises goes to
    `on_error`, and the clock goes on.
    """

    def __init__(
        self, tick: Callable[[], object], on_error: Callable[[Exception], object], every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._tick = tick
        self._on_error = on_error
        self._every_seconds = every_seconds
        self._scheduler = BackgroundScheduler(timezone=UTC)

    def start(self) -> None:
        """Tick at once, then at every interval."""
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=self._every_seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=MISFIRE_GRACE_SECONDS,
            # The machine's own time, by which it sleeps, whatever clock Coach lives by.
            next_run_time=datetime.now(UTC),
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop ticking, if it began; a tick under way is waited for."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _run(self) -> None:
        try:
            self._tick()
        except Exception as error:
            self._on_error(error)
