"""Commands of the command line, run inside the test."""

from collections.abc import Callable, Sequence
from pathlib import Path

from click.testing import Result
from typer import Typer
from typer.testing import CliRunner

from bot.app import App


def done_by(command: Typer | Callable[..., None], words: Sequence[str], home: Path | None = None) -> Result:
    """Run one command, or `coach` with all of them, with its data in `home`, and return what came of it.

    Raises what it raises, and AssertionError when it ends with another code than 0.
    """
    cli = command if isinstance(command, Typer) else Typer()
    if cli is not command:
        cli.command()(command)
    done = CliRunner().invoke(cli, [str(word) for word in words], env={"COACH_HOME": str(home)} if home else None)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def printed_by(app: App, command: Typer | Callable[..., None], *first: str) -> Callable[..., str]:
    """Return what runs a command on an application's data and returns what it printed; its words follow `first`."""
    return lambda *words: done_by(command, (*first, *words), app.settings.home).stdout
