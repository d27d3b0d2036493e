"""Owns what commands share at the terminal: progress on standard error, results on standard output."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.app import App
from bot.settings import read_settings
from coach.index.port import OnStep, Step

out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
wide = Console(highlight=False, width=None if out.is_terminal else 150)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

LABELS = {
    "read": "Reading SOPs",
    "embedded": "Learning passages",
    "written": "Writing",
    "index_added": "Filling the index",
    "index_removed": "Clearing the index",
    "tokens_written": "Keeping words",
    "asked": "Asking",
    "simulated": "Simulating",
}


@contextmanager
def opened_app() -> Iterator[App]:
    """Build the application from the environment, and close it after the command."""
    app = App(read_settings())
    try:
        yield app
    finally:
        app.close()


@contextmanager
def progress() -> Iterator[OnStep]:
    """Show long work as bars while a person watches; stay silent in a pipe."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        shown = {name: bars.add_task(label, total=None, visible=False) for name, label in LABELS.items()}

        def follow(step: Step) -> None:
            if step.name in shown and step.total:
                bars.update(shown[step.name], completed=step.done, total=step.total, visible=True)

        yield follow
