"""`coach check`, `coach apply` and `coach ingest`: a company folder, linted or loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.app import App
from bot.commands.terminal import err, opened_app, out, progress
from bot.company import Applied, apply_folder, read_folder, rehearse_folder
from bot.database import Database
from bot.views.company import applied_text, checked_text

BAD_INPUT = 2
FolderArgument = Annotated[Path, typer.Argument(help="Your company folder; only sops/ in it is required.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Allow more than a fifth of the people to be deactivated.")]


def check(folder: FolderArgument) -> None:
    """Read a company folder and list every mistake; exit code 2 when there is one."""
    with progress() as on_step:
        read = read_folder(folder, on_step=on_step)
    out.print(checked_text(read))
    if not read.is_clean:
        raise typer.Exit(BAD_INPUT)


def apply(folder: FolderArgument, dry_run: DryRun = False, yes: Yes = False) -> None:
    """Load a company folder: people, settings and SOPs. Running it again changes nothing."""
    _load(folder, with_people=True, dry_run=dry_run, may_shrink=yes)


def ingest(folder: FolderArgument, dry_run: DryRun = False) -> None:
    """Load only the SOPs and settings of a company folder, leaving people as they are."""
    _load(folder, with_people=False, dry_run=dry_run, may_shrink=False)


def load(app: App, folder: Path, with_people: bool = True, may_shrink: bool = False) -> Applied:
    """Bring schema, SQL and index to what a folder says. Raises Refusal for a folder with mistakes."""
    with progress() as on_step, app.database.one_apply_at_a_time(_say_waiting):
        read = read_folder(folder, with_people, on_step)
        app.database.upgrade()
        applied = apply_folder(read, app.database, app.embedder, app.now(), on_step, may_shrink)
        is_up = app.bring_index_up(on_step)
    out.print(applied_text(applied, read))
    if not is_up:
        err.print("The index is held by a running coach, which brings it up by itself.")
    return applied


def _load(folder: Path, with_people: bool, dry_run: bool, may_shrink: bool) -> None:
    with opened_app() as app:
        if not dry_run:
            load(app, folder, with_people, may_shrink)
            return
        read = read_folder(folder, with_people)
        with _database_as_it_is(app) as database:
            out.print(applied_text(rehearse_folder(read, database, app.now(), may_shrink), read))


def _say_waiting() -> None:
    err.print("Another apply is running. This one goes on when that has ended.")


@contextmanager
def _database_as_it_is(app: App) -> Iterator[Database]:
    if not app.database.is_empty():
        app.database.check_schema()
        yield app.database
        return
    in_memory = Database("sqlite://")
    in_memory.upgrade()
    yield in_memory
    in_memory.close()
