"""The `coach` command: one error net around every subcommand."""

import secrets
import sys

import typer
from sqlalchemy.exc import OperationalError

from bot.commands import (
    adapt_lesson,
    ask,
    calibration,
    digest,
    draft_lesson,
    evaluate,
    evidence,
    folder,
    learning_day,
    nudges,
    privacy,
    progress,
    queue,
    serve,
    simulate,
    slack_manifest,
    teams_package,
    trial,
    why,
    work_events,
)
from bot.commands.terminal import err
from bot.logs import configure_logs, error_types, frames_of
from metrics.errors import NotReady, Refusal

BUG, BAD_INPUT, NOT_READY = 1, 2, 3

cli = typer.Typer(
    help="Coach answers how your company does things, in quotes from your own SOPs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.command("ask")(ask.command)
cli.command("why")(why.command)
cli.command("check")(folder.check)
cli.command("apply")(folder.apply)
cli.command("ingest")(folder.ingest)
cli.command("eval")(evaluate.command)
cli.command("draft-lesson")(draft_lesson.command)
cli.command("adapt-lesson")(adapt_lesson.command)
cli.command("evidence")(evidence.command)
cli.command("calibration")(calibration.command)
cli.command("simulate")(simulate.command)
cli.command("digest")(digest.command)
cli.command("export")(privacy.export)
cli.command("erase")(privacy.erase)
cli.command("progress")(progress.command)
cli.command("trial")(trial.command)
cli.command("serve")(serve.command)
cli.command("queue")(queue.command)
cli.command("nudges")(nudges.command)
cli.command("learning-day")(learning_day.command)
cli.command("work-events")(work_events.command)
cli.command("slack-manifest")(slack_manifest.command)
cli.command("teams-package")(teams_package.command)


def main() -> None:
    """Run the command line; exit codes: 0 done, 1 a bug, 2 bad input, 3 not ready."""
    configure_logs()
    try:
        cli()
    except NotReady as refusal:
        err.print(str(refusal))
        sys.exit(NOT_READY)
    except Refusal as refusal:
        err.print(str(refusal))
        sys.exit(BAD_INPUT)
    except OperationalError:
        err.print("The database cannot be reached or written. Check COACH_DATABASE_URL, or the disk of COACH_HOME.")
        sys.exit(NOT_READY)
    except PermissionError as error:
        err.print(f"Coach may not use {error.filename}. Correct its permissions, or set COACH_HOME to another folder.")
        sys.exit(NOT_READY)
    except Exception as error:
        # Not the error's own words: they may hold what somebody wrote.
        err.print(f"Something went wrong in Coach itself. Report it with the reference {secrets.token_hex(4)}:")
        err.print("\n  ".join([error_types(error), *frames_of(error)]))
        sys.exit(BUG)


if __name__ == "__main__":
    main()
