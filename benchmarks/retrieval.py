"""What an answer costs: CPU from a question to its quotes, stage by stage, against the number of passages.

`python -m benchmarks.retrieval` writes benchmarks/retrieval.json and docs/pictures/answer_cpu.svg for companies of
1,000 and 10,000 made-up passages; `--huge` measures 100,000 instead, which takes an hour and 15 GB of disk, and puts
its figures beside those that are there. Each figure comes from a process of its own; the model reads questions on one
thread and on two, as it does unless told otherwise, and numpy keeps to one as `bot` has it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.growth_plot import Curve, Panel, svg

RESULTS = Path(__file__).parent / "retrieval.json"
PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "answer_cpu.svg"
SIZES, HUGE = (1_000, 10_000), 100_000
# Not at 100,000 passages, where Chroma would be built for an hour.
INDEXES = {"exact": "exact search", "chroma": "embedded Chroma"}
THREADS = (1, 2)
AIM_MS = 80.0
PICTURED = ("probes for confidence", "late interaction", "nearest windows", "passages read from SQL", "quotes", "rest")


def measured(kind: str, folder: str, passages: int, threads: int = 1) -> dict[str, Any]:
    """Run one measurement in a fresh process and return what it printed."""
    command = [sys.executable, "-m", "benchmarks.answers", kind, folder, str(passages), str(threads)]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{kind} of {passages} passages failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def figures_of(passages: int, folder: str) -> dict[str, Any]:
    """Return everything measured of one company: its filling, its first start, and the answers of each index."""
    applied = {"best": measured("fill", folder, passages)}
    if passages == min(SIZES):
        applied["fast"] = measured("fill_fast", folder, passages)
    first = measured("first_huge" if passages == HUGE else "first", folder, passages)
    answers = [
        {"index": index, "threads": threads, **measured(index, folder, passages, threads)}
        for index in INDEXES
        for threads in THREADS
        if (passages, index) != (HUGE, "chroma")
    ]
    # Only a company the model reads tells what applying costs.
    return {
        "passages": passages,
        "applied": applied if passages == min(SIZES) else {},
        "first_start": first,
        "answers": answers,
    }


def main() -> None:
    """Measure, print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--huge", action="store_true", help="measure 100,000 passages, and keep what was measured")
    sizes = (HUGE,) if parser.parse_args().huge else SIZES
    known = json.loads(RESULTS.read_text())["companies"] if RESULTS.exists() else []
    companies = [company for company in known if company["passages"] not in sizes]
    for passages in sizes:
        with tempfile.TemporaryDirectory(prefix="coach-bench-") as folder:
            companies.append(figures_of(passages, folder))
    companies.sort(key=lambda company: company["passages"])
    machine = {"processor": platform.machine(), "python": platform.python_version()}
    RESULTS.write_text(json.dumps({"machine": machine, "aim_ms": AIM_MS, "companies": companies}, indent=2) + "\n")
    PICTURE.write_text(_picture(companies), encoding="utf-8")
    _print(companies)


def _print(companies: list[dict[str, Any]]) -> None:
    console = Console(width=200)
    asked = [(company["passages"], answers) for company in companies for answers in company["answers"]]
    table = Table("CPU of an answer, ms", *(f"{size:,}\n{row['index']}, {row['threads']}" for size, row in asked))
    for name, label in (("p50_ms", "p50"), ("p95_ms", "p95"), ("mean_ms", "mean")):
        table.add_row(label, *(f"{row[name]:g}" for _, row in asked))
    for stage in asked[0][1]["stages_ms"]:
        table.add_row(f"  {stage}", *(f"{row['stages_ms'][stage]:.1f}" for _, row in asked))
    for name in ("start_s", "own_mb", "mapped_mb"):
        table.add_row(name, *(f"{row[name]:g}" for _, row in asked))
    console.print(table)
    for company in companies:
        console.print(
            f"{company['passages']:,} passages:", {**company["applied"], "first start": company["first_start"]}
        )


def _picture(companies: list[dict[str, Any]]) -> str:
    panels = [Panel("Answer, p50", _curves(companies, "p50_ms"), AIM_MS)]
    panels += [Panel("Answer, p95", _curves(companies, "p95_ms"), AIM_MS)]
    panels += [Panel(stage[:1].upper() + stage[1:], _curves(companies, stage)) for stage in PICTURED]
    told = (
        f"{INDEXES[row['index']]} at {company['passages']:,} passages: {row['p50_ms']:g} and {row['p95_ms']:g} ms"
        for company in companies
        for row in company["answers"]
        if row["threads"] == THREADS[0]
    )
    return svg("CPU of one answer (p50, p95) against passages", "; ".join(told) + ".", panels, "passages")


def _curves(companies: list[dict[str, Any]], figure: str) -> tuple[Curve, ...]:
    return tuple(
        Curve(
            label,
            tuple(
                (company["passages"], row.get(figure) or row["stages_ms"][figure])
                for company in companies
                for row in company["answers"]
                if (row["index"], row["threads"]) == (index, THREADS[0])
            ),
            is_first=index == "exact",
        )
        for index, label in INDEXES.items()
    )


if __name__ == "__main__":
    main()
