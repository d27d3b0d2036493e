"""`coach serve`: answers people in chat until it is stopped."""

import asyncio
import logging
import os
import signal
from typing import Annotated

import typer

from bot.app import App
from bot.commands.terminal import err, opened_app
from bot.logs import configure_logs
from bot.serving import EVERY_PART, Part, Serving

LEFT_BEHIND = 1


def command(
    only: Annotated[
        list[Part] | None, typer.Option(help="Run only this part; with PostgreSQL and a Chroma server.")
    ] = None,
) -> None:
    """Answer people in Slack and Teams: web, worker and clock in one process, until it is stopped."""
    configure_logs(logging.INFO)
    with opened_app() as app:
        if not asyncio.run(_serve(app, frozenset(only) if only else EVERY_PART)):
            raise typer.Exit(LEFT_BEHIND)


async def _serve(app: App, parts: frozenset[Part]) -> bool:
    loop, asked_to_stop = asyncio.get_running_loop(), asyncio.Event()

    def stop() -> None:
        if asked_to_stop.is_set():
            # Asked twice, whoever asks does not want to wait.
            os._exit(LEFT_BEHIND)
        asked_to_stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop)
    serving = Serving(app, parts)
    try:
        await serving.start()
        err.print(
            f"Coach is running ({', '.join(sorted(parts))}). Ready: http://{app.settings.host}:{serving.port}/readyz"
        )
        await asked_to_stop.wait()
        err.print("Stopping: finishing what is being done.")
    finally:
        is_done = await serving.stop()
    return is_done
