"""`coach slack-manifest`: what to paste where Slack asks for the manifest of a new app."""

import json
from typing import Annotated

import typer

from bot.commands.terminal import out
from bot.slack.manifest import manifest
from metrics.errors import Refusal


def command(
    http: Annotated[
        str | None, typer.Option(metavar="URL", help="Slack posts to Coach at this address; it begins with https://")
    ] = None,
    socket: Annotated[bool, typer.Option("--socket", help="Coach connects to Slack by Socket Mode.")] = False,
) -> None:
    """Print the manifest of a Slack app for Coach as JSON."""
    if socket == (http is not None):
        raise Refusal("Say one of the two: --socket, or --http with the address where Slack reaches Coach.")
    out.print(json.dumps(manifest(http), ensure_ascii=False, indent=2))
