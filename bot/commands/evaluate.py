"""`coach eval`: corpora with known answers, and how often Coach found, showed and withheld what it should."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from bot.commands.terminal import opened_app, out, progress, wide
from bot.evaluation import eval_app, evaluate
from coach.evaluation import (
    Figure,
    Outcome,
    acl_figures,
    by_kind,
    coverage_figures,
    retrieval_figures,
    status_counts,
)
from coach.index.port import Step

STATUSES = ("answered", "uncertain", "not_covered", "refused")


def command(
    corpora: Annotated[
        list[Path], typer.Argument(metavar="CORPUS_FOLDER...", help="Folders with docs/ and questions.jsonl.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Measure retrieval, quotes, abstention and permissions on questions with known answers."""
    outcomes: list[Outcome] = []
    with opened_app() as app, progress() as on_step:
        for corpus in corpora:
            total = sum(1 for line in (corpus / "questions.jsonl").open() if line.strip()) if corpus.is_dir() else 0
            asked = 0

            def on_case(total: int = total) -> None:
                nonlocal asked
                asked += 1
                on_step(Step("asked", asked, total))

            own = eval_app(app, corpus)
            try:
                outcomes += evaluate(own, corpus, on_step, on_case)
            finally:
                own.close()
    report = _report(outcomes)
    if as_json:
        out.print(json.dumps(report, indent=2))
    else:
        _print_tables(outcomes)


def _report(outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "retrieval": _figures(retrieval_figures(outcomes)),
        "by_type": {kind: _figures(retrieval_figures(rows)) for kind, rows in by_kind(outcomes).items()},
        "status_by_expected": status_counts(outcomes),
        "status_by_type": {kind: status_counts(rows) for kind, rows in by_kind(outcomes).items()},
        "abstention": _figures(coverage_figures(outcomes)),
        "abstention_by_type": {kind: _figures(figures) for kind, figures in _coverage_by_kind(outcomes).items()},
        "acl": acl_figures(outcomes),
        "cases": [
            {
                "id": outcome.case.id,
                "type": outcome.case.kind,
                "expected": outcome.case.expected,
                "status": outcome.status,
                "place": outcome.place,
                "shown": outcome.is_shown,
                "signal": outcome.signal,
            }
            for outcome in outcomes
        ],
    }


def _coverage_by_kind(outcomes: list[Outcome]) -> dict[str, dict[str, Figure]]:
    uncovered = [outcome for outcome in outcomes if outcome.case.expected == "not_covered"]
    figures = {}
    for kind, rows in by_kind(outcomes).items():
        figures[kind] = coverage_figures(rows)
        if any(outcome.case.expected == "answer" for outcome in rows):
            # Each type of answerable question is set against every uncovered one.
            figures[kind]["not covered AUROC"] = coverage_figures(rows + uncovered)["not covered AUROC"]
    return figures


def _figures(figures: dict[str, Figure]) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in figures.items()}


def _print_tables(outcomes: list[Outcome]) -> None:
    retrieval = Table("answerable questions", "n", "h@1", "h@3", "h@5", "MRR", "shown", title="Retrieval")
    for kind, rows in {**by_kind(outcomes), "all": outcomes}.items():
        figures = retrieval_figures(rows)
        if figures["h@1"].n:
            retrieval.add_row(kind, str(figures["h@1"].n), *(_text(figure) for figure in figures.values()))
    status = Table("expected", "n", *STATUSES, title="Status by expected outcome")
    for kind, rows in {**by_kind(outcomes), "all": outcomes}.items():
        for expected, counts in status_counts(rows).items():
            label = expected if kind == "all" else f"{kind}: {expected}"
            status.add_row(label, str(sum(counts.values())), *(str(counts[name]) for name in STATUSES))
    abstention = Table("share", "questions", "n", "value", title="Coverage against false answers")
    for kind, figures in {**_coverage_by_kind(outcomes), "all": coverage_figures(outcomes)}.items():
        for name, figure in figures.items():
            if figure.value is not None:
                abstention.add_row(name, kind, str(figure.n), _text(figure))
    acl = acl_figures(outcomes)
    for table in (retrieval, status, abstention):
        wide.print(table)
    out.print(
        f"ACL: {acl['leaks']} leaks in {acl['forbidden']} forbidden questions; "
        f"{acl['controls the same']} of {acl['controls']} entitled questions as without restrictions."
    )


def _text(figure: Figure) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return "–"
    return f"{figure.value:.3f} [{figure.low:.2f}, {figure.high:.2f}]"
