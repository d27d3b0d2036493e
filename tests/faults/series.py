"""A series of faults on a platform's wire: every kind in every place, what was seen, written and printed."""

import argparse
import json
import logging
import random
import tempfile
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot import queue
from bot.database import Database
from bot.logs import configure_logs
from bot.tables import OutboxItem
from metrics.events.record import EventRow

MOST_SECONDS, STOPPED_SECONDS = 600, 60


class Series:
    """What breaking a wire needs of the database behind it; `_wire` has `at`, the present of the run, moved by hand."""

    def __init__(self, database, wire, platform, workspace):
        self._database, self._wire = database, wire
        self._platform, self._workspace = platform, workspace

    def _work_until_settled(self, workers, key, may_stop=False):
        """Let time pass, second by second, until the message is settled, or sending stopped and stayed so."""
        until = self._wire.at + timedelta(seconds=MOST_SECONDS)
        quiet_from = self._wire.at + timedelta(seconds=STOPPED_SECONDS)
        while self._wire.at < until:
            while workers.run_once():
                pass
            if self._item(key).state not in ("new", "sending") or (may_stop and self._wire.at > quiet_from):
                break
            self._wire.at += timedelta(seconds=1)
        # The next message meets fresh limits.
        self._wire.at += timedelta(minutes=2)

    def _item(self, key):
        with self._database.session() as session:
            return session.scalars(select(OutboxItem).where(OutboxItem.key == key)).one()

    def _events(self, item):
        with self._database.session() as session:
            return len(session.scalars(select(EventRow).where(EventRow.cause == f"outbox:{item.id}")).all())

    def _is_stopped(self):
        with self._database.session() as session:
            return queue.is_stopped(session, self._platform)

    def _resume(self):
        with self._database.transaction() as session:
            queue.resume_sending(session, self._platform, self._workspace, self._wire.at)


def break_the_wire(breaker, kinds, places, tally, description, result):
    """Break each kind in each place `--times` times; `tally` makes an empty count, `result` is the file written."""
    from rich.progress import track

    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--times", type=int, default=10)
    times = parser.parse_args().times
    configure_logs(logging.CRITICAL)
    tallies = {kind: tally() for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="coach-faults-") as scratch:
        url = f"sqlite:///{Path(scratch) / 'coach.db'}"
        database = Database(url)
        database.upgrade()
        database.close()
        with breaker(url, random.Random(2026)) as broken:
            for run in track(range(times * len(kinds) * len(places)), "Breaking the wire"):
                kind, place = kinds[run % len(kinds)], places[run // len(kinds) % len(places)]
                broken.send(kind, place, tallies[kind])
    counts = {kind: vars(seen) for kind, seen in tallies.items()}
    Path(result).write_text(json.dumps(counts, indent=2) + "\n")
    names = [name for name in vars(tally()) if name != "too_early"]
    print(f"{'the wire':24} " + "  ".join(name.replace("_", " ") for name in names))
    for kind, seen in tallies.items():
        print(f"{kind:24} " + "  ".join(f"{vars(seen)[name]:{len(name)}g}" for name in names))
