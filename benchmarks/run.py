"""Runs every measurement in a process of its own and writes benchmarks/results.json.

`python -m benchmarks.run --only slack` measures one group and leaves the rows of the others as they are.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Row:
    """One figure beside the aim set for it and the figure known before."""

    name: str
    value: float
    unit: str
    aim: str
    reference: str


def measure(module: str, *arguments: str) -> dict[str, float]:
    """Run one measurement in a fresh process and return what it printed."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, print a table, write the results."""
    groups = {"search": _measure_search, "slack": _measure_slack, "teams": _measure_teams}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=groups, help="measure one group and keep the other rows")
    only = parser.parse_args().only
    rows: list[Row] = []
    for name, measured in groups.items():
        if only in (None, name):
            with tempfile.TemporaryDirectory(prefix="coach-bench-") as scratch:
                rows += measured(scratch)
    table = Table("figure", "value", "aim", "known before")
    for row in rows:
        table.add_row(row.name, f"{row.value:g} {row.unit}", row.aim, row.reference)
    Console().print(table)
    written = [asdict(row) for row in rows]
    if only is not None:
        written = _replaced(json.loads(RESULTS.read_text())["rows"], written)
    machine = {"processor": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "rows": written}, indent=2) + "\n")


def _replaced(before: list[dict[str, Any]], measured: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {row["name"] for row in measured}
    return [row for row in before if row["name"] not in names] + measured


def _measure_search(scratch: str) -> list[Row]:
    steps = [("build", "0"), ("embed", "0")]
    steps += [(kind, size) for size in ("1000", "10000") for kind in ("fill", "exact", "chroma", "cold")]
    rows: list[Row] = []
    for kind, size in track(steps, description="Measuring search"):
        rows += _rows(kind, int(size), measure("measure", kind, scratch, size))
    return rows


def _measure_slack(scratch: str) -> list[Row]:
    figures: dict[str, float] = {}
    for kind in track(("ack", "answers"), description="Measuring Slack"):
        figures |= measure("slack", kind, scratch)
    bare, posted, burst = "a bare handler keeps one row", "wall, 2 questions a second", "wall, 50 events a second"
    return [
        Row("Slack event, bare handler: HMAC, parse, commit a row", figures["bare_ms"], "ms CPU", "", ""),
        Row("Slack event, gateway", figures["gateway_ms"], "ms CPU", "", bare),
        Row("Slack event, gateway beside bare handler", figures["ratio"], "x", "<= 2.5 x", ""),
        Row("Slack event, gateway that also shows its status", figures["with_status_ms"], "ms CPU", "", ""),
        Row("Slack question from event to posted answer", figures["question_ms"], "ms CPU", "", ""),
        Row("Slack event to posted answer p50", figures["posted_p50_ms"], "ms", "", posted),
        Row("Slack event to posted answer p95", figures["posted_p95_ms"], "ms", "", posted),
        Row("Slack acknowledgement p50", figures["burst_p50_ms"], "ms", "", burst),
        Row("Slack acknowledgement p99", figures["burst_p99_ms"], "ms", "<= 3000 ms", burst),
        Row("coach serve with nothing to do", figures["idle_ms"], "ms CPU a second", "", ""),
    ]


def _measure_teams(_: str) -> list[Row]:
    figures = measure("teams")
    return [
        Row("Teams request verified", figures["admit_ms"], "ms CPU", "", ""),
        Row("Teams request as a turn of the SDK", figures["turn_ms"], "ms CPU", "", "6 ms with the SDK's clients"),
        Row("Teams message read", figures["read_ms"], "ms CPU", "", ""),
        Row("Teams message read and kept, SQLite", figures["read_and_keep_ms"], "ms CPU", "", ""),
        Row("Teams card of an answer with three sources", figures["card_ms"], "ms CPU", "", ""),
        Row("the same answer as Slack's blocks", figures["blocks_ms"], "ms CPU", "", ""),
        Row("size of that card", figures["card_bytes"], "bytes", "<= 24000 bytes", ""),
    ]


def _rows(kind: str, size: int, figures: dict[str, float]) -> list[Row]:
    if kind == "build":
        return [Row("language model built and loaded, children counted", figures["cpu"], "s CPU", "", "7 s to build")]
    if kind == "embed":
        return [
            Row("passage vectors", figures["passages_per_cpu_second"], "a CPU second", ">= 12", "15-16.5"),
            Row("passages with their sentences", figures["ingested_per_cpu_second"], "a CPU second", "", ""),
            Row("question vector", figures["question_ms"], "ms CPU", "", "6.5 ms"),
        ]
    if kind == "fill":
        return []
    if kind == "cold":
        aim = "<= 8 s"
        return [
            Row(f"cold start to ready, {size:,} passages, Chroma", figures["cpu"], "s CPU", aim, "model load 0.8 s")
        ]
    known = {"exact": "NumPy search 7.8 ms at 10k", "chroma": "Chroma search 4.4 ms at 10k"}[kind]
    aim = "<= 60 ms at 10k" if size == 10_000 else ""
    label = f"{size:,} passages, 3 audiences, {kind}"
    return [
        Row(f"question p50, {label}", figures["p50_ms"], "ms CPU", aim, known),
        Row(f"question p95, {label}", figures["p95_ms"], "ms CPU", aim, known),
        Row(f"memory, {label}", figures["rss_mb"], "MB", "<= 350 MB", "model alone 101 MB"),
    ]


if __name__ == "__main__":
    main()
