"""Runs every measurement in a process of its own and writes benchmarks/results.json."""

import json
import platform
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

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


def measure(*arguments: str) -> dict[str, float]:
    """Run one measurement in a fresh process and return what it printed."""
    command = [sys.executable, "-m", "benchmarks.measure", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measure, print a table, write the results."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="coach-bench-") as scratch:
        steps = [("build", "0"), ("embed", "0")]
        steps += [(kind, size) for size in ("1000", "10000") for kind in ("fill", "exact", "chroma", "cold")]
        for kind, size in track(steps, description="Measuring"):
            figures = measure(kind, scratch, size)
            rows += _rows(kind, int(size), figures)
    table = Table("figure", "value", "aim", "known before")
    for row in rows:
        table.add_row(row.name, f"{row.value:g} {row.unit}", row.aim, row.reference)
    Console().print(table)
    machine = {"processor": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=2) + "\n")


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
