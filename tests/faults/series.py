"""A series of faults on a platform's wire: every kind in every place, what was seen, written and printed."""

import argparse
import json
import logging
import random
import tempfile
from pathlib import Path

from bot.database import Database
from bot.logs import configure_logs


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
