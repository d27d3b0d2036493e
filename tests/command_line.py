"""Commands of the command line, run inside the test."""

from collections.abc import Callable, Sequence

from click.testing import Result
from typer import Typer
from typer.testing import CliRunner


def done_by(command: Typer | Callable[..., None], words: Sequence[str]) -> Result:
    """Run one command, or `coach` with all of them, and return what came of it.

    Raises what it raises, and AssertionError when it ends with another code than 0.
    """
    cli = command if isinstance(command, Typer) else Typer()
    if cli is not command:
        cli.command()(command)
    done = CliRunner().invoke(cli, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done
