"""`coach queue`: what waits, what could not be handled or sent, and trying it once more."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from bot import queue
from bot.commands.terminal import opened_app, out
from bot.failures import failures as find_failures
from bot.failures import retry as try_again
from bot.views.queue import queue_text
from metrics.errors import Refusal


def command(
    retry: Annotated[
        str | None, typer.Option("--retry", metavar="ID", help="Try this failed row again, inbox:7 or outbox:7.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Show how much waits in inbox and outbox, and what failed."""
    with opened_app() as app:
        app.database.check_schema()
        if retry is not None:
            with app.database.transaction() as session:
                if not try_again(session, retry, app.now()):
                    raise Refusal(
                        f"There is nothing to try again under {retry}. Take an id from `coach queue`; the words of a "
                        f"failed row are kept {queue.WORDS_DAYS} days."
                    )
        with app.database.session() as session:
            depth, failures = queue.depth(session), find_failures(session)
        if as_json:
            found = {**asdict(depth), "failures": [asdict(failure) for failure in failures]}
            out.print(json.dumps(found, indent=2, default=lambda instant: instant.isoformat()))
        else:
            out.print(queue_text(depth, failures, app.now()))
