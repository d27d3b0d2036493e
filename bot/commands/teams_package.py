"""`coach teams-package`: the zip to upload where Teams asks for a custom app."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.terminal import out
from bot.settings import read_settings
from bot.teams.manifest import Publisher, is_package, manifest, package
from metrics.errors import Refusal


def command(
    company: Annotated[str, typer.Option(metavar="NAME", help="Your company, which gives the app to its staff.")],
    website: Annotated[str, typer.Option(metavar="URL", help="A page of your company; it begins with https://")],
    privacy: Annotated[
        str | None, typer.Option(metavar="URL", help="Your privacy page; the website if left out.")
    ] = None,
    terms: Annotated[
        str | None, typer.Option(metavar="URL", help="Your terms of use; the website if left out.")
    ] = None,
    version: Annotated[
        str, typer.Option(metavar="VERSION", help="Count it up for each upload; Teams refuses the same one again.")
    ] = "1.0.0",
    output: Annotated[Path, typer.Option(metavar="FILE", help="The package to write.")] = Path("coach-teams.zip"),
    preview_slash: Annotated[
        bool, typer.Option("--preview-slash", help="Offer commands after / too; a public preview of Teams.")
    ] = False,
) -> None:
    """Write the Teams app package for the bot of TEAMS_APP_ID."""
    app_id = read_settings().teams_app_id
    if app_id is None:
        raise Refusal("Set TEAMS_APP_ID to the Application (client) id of your bot; docs/teams.md says where it is.")
    publisher = Publisher(company, website, privacy or website, terms or website)
    _write(output, package(manifest(app_id, version, publisher, preview_slash)))
    out.print(f"{output}: Coach {version} for {company}, with the bot {app_id}. Upload it as docs/teams.md says.")


def _write(path: Path, content: bytes) -> None:
    try:
        if path.exists() and not is_package(path):
            raise Refusal(f"{path} is something else than a package made by this command. Choose another --output.")
        path.write_bytes(content)
    except OSError as error:
        raise Refusal(f"Coach cannot write {path}: {error.strerror}. Choose another --output.") from None
