"""`coach eval`: corpora with known answers, and how often Coach found, showed and withheld what it should."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.svg_file import check_svg_file, write_svg_file
from bot.commands.terminal import opened_app, out, progress
from bot.corpora import read_corpus
from bot.evaluated import as_values
from bot.evaluating import evaluate
from bot.views.evaluation import evaluation_text, reliability_chart
from metrics.drawings import svg
from metrics.errors import Refusal


def command(
    corpora: Annotated[
        list[Path], typer.Argument(metavar="CORPUS_FOLDER...", help="Folders with docs/ and questions.jsonl.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    ablate: Annotated[
        bool, typer.Option("--ablate", help="Also measure without each part; takes some minutes more.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw confidence against what came true into this file.")
    ] = None,
) -> None:
    """Measure retrieval, quotes, abstention and permissions on questions with known answers."""
    check_svg_file(plot)
    read = [read_corpus(folder) for folder in corpora]
    if len({corpus.name for corpus in read}) < len(read):
        raise Refusal("Two of these folders have the same name. Give each corpus once, under a name of its own.")
    if ablate and sum(not corpus.is_beside for corpus in read) < 2:
        raise Refusal("--ablate fits what is left anew on the other corpora: give two or more with docs/.")
    with opened_app() as app, progress() as on_step:
        found = evaluate(app, read, on_step, ablate)
    if plot is not None:
        if not found.shipped:
            raise Refusal("There is nothing to draw: give a corpus with docs/.")
        write_svg_file(plot, svg(reliability_chart(found)))
    out.print(json.dumps(as_values(found), indent=2) if as_json else evaluation_text(found))
