"""Owns a clock kept in a file: the instant it holds is the present, until somebody writes another into it."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from metrics.errors import Refusal

EXAMPLE = "2026-11-23T08:30:00+00:00"


class FileClock:
    """A `now` that any number of processes share, for tests and the trial.

    It stands still between writes; one that `runs` goes on from the moment the file was written.
    """

    def __init__(self, file: Path, runs: bool = False) -> None:
        """Raises Refusal where the file holds no instant."""
        self._file = file
        self._runs = runs
        self()

    def __call__(self) -> datetime:
        """Return the present, in UTC. Raises Refusal where the file holds no instant."""
        try:
            at = datetime.fromisoformat(self._file.read_text().strip())
            gone_seconds = time.time() - self._file.stat().st_mtime if self._runs else 0.0
        except (OSError, ValueError):
            at = None
        if at is None or at.tzinfo is None:
            raise Refusal(f"The clock {self._file} holds no instant. Write one such as {EXAMPLE} into it.")
        return at.astimezone(UTC) + timedelta(seconds=max(0.0, gone_seconds))


def set_clock(file: Path, at: datetime) -> None:
    """Write an aware instant into a clock's file, so that nobody reads half of it."""
    written = file.with_name(f"{file.name}.{os.getpid()}")
    written.write_text(at.isoformat())
    written.replace(file)
