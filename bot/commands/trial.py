"""`coach trial`: the sample company, five questions and their answers, then yours."""

import sys
from typing import Annotated

import typer

from bot.app import App
from bot.asking import Told, ask
from bot.commands.folder import load
from bot.commands.terminal import err, out
from bot.settings import read_settings
from bot.trial.conversation import FIRST_CONVERSATION, SAMPLE_COMPANY, Scene
from coach.conversation import Turn
from metrics.people import asker_for, find_person
from metrics.policy import Asker

UNEXPECTED = 1


def command(
    once: Annotated[bool, typer.Option("--once", help="Play the conversation, check it, and exit.")] = False,
) -> None:
    """Try Coach with a sample company: two stores and a sales desk, 25 people, 20 SOPs."""
    settings = read_settings()
    # A folder of its own: the trial must never touch the company you have applied.
    app = App(
        settings.model_copy(update={"home": settings.home / "trial", "database_url": None, "chroma_url": None}),
        models=settings.home / "models",
    )
    try:
        load(app, SAMPLE_COMPANY)
        surprises = _play(app)
        if not once and sys.stdin.isatty():
            _converse(app)
    finally:
        app.close()
    if surprises:
        raise typer.Exit(UNEXPECTED)


def _play(app: App) -> int:
    surprises, history = 0, list[Turn]()
    for scene in FIRST_CONVERSATION:
        history = history if scene.follows_previous else []
        told = ask(app, _asker(app, scene.email), scene.question, history, door="trial")
        history = [*history, Turn("user", scene.question), Turn("coach", told.text)]
        out.print(f"\n── {scene.asker}: {scene.question}\n")
        out.print(told.text)
        if not _is_expected(scene, told):
            surprises += 1
            err.print(f"Unexpected: this should be {scene.status}{f' from {scene.file}' if scene.file else ''}.")
    return surprises


def _is_expected(scene: Scene, told: Told) -> bool:
    files = [source.file for source in told.reply.sources]
    return told.reply.status == scene.status and (scene.file is None or files[:1] == [scene.file])


def _converse(app: App) -> None:
    out.print("\nNow you: ask Harbour & Bean something. An empty line ends it.")
    history: list[Turn] = []
    while question := typer.prompt("\nYou", default="", show_default=False).strip():
        told = ask(app, Asker(), question, history, door="trial")
        history = [*history, Turn("user", question), Turn("coach", told.text)]
        out.print(f"\n{told.text}")


def _asker(app: App, email: str) -> Asker:
    with app.database.session() as session:
        return asker_for(find_person(session, email))
