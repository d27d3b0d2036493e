"""`coach trial`: the sample company in a chat workspace of its own, on this machine."""

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr
from sqlalchemy import delete, select

from bot.app import App
from bot.clock_file import FileClock, set_clock
from bot.commands.folder import load
from bot.commands.terminal import err, out
from bot.company import stored_company
from bot.serving import Serving, serving_in_thread
from bot.settings import Settings, read_settings
from bot.tables import METADATA
from bot.trial.conversation import FIRST_TRIED, SAMPLE_COMPANY
from bot.trial.page import Page
from bot.trial.play import Line, Play
from bot.trial.simulator import Simulator, running_simulator
from bot.trial.workspace import User, Workspace
from metrics.errors import Refusal
from metrics.people import Person, PlatformIdentity

UNEXPECTED = 1
PAGE_PORT = 8765
QUIET_SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
# What was said in the workspace of last time, which is gone.
OF_LAST_TIME = (
    "outbox",
    "inbox",
    "answer_claims",
    "spoken_threads",
    "confirmations",
    "item_memories",
    "skill_abilities",
    "recall_models",
    "track_assignments",
    "work_events",
    "preferences",
    "cohort_posts",
    "lesson_runs",
    "nudges",
    "asked_questions",
    "direct_addresses",
    "connections",
    "rate_buckets",
    "sign_in_links",
    "web_sessions",
    "looks",
    "events",
)


def command(
    once: Annotated[bool, typer.Option("--once", help="Play the conversation, check it, and exit.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page.", min=0, max=65535)] = PAGE_PORT,
    with_model: Annotated[
        bool, typer.Option("--with-model", help="Have the model of COACH_MODEL phrase answers; questions go to it.")
    ] = False,
    clock: Annotated[
        Path | None, typer.Option(help="Live by the clock in this file: an instant, which you may change.")
    ] = None,
) -> None:
    """Try Coach with a sample company: two stores and a sales desk, 25 people, 20 SOPs, in a page of its own."""
    settings = _settings(read_settings(), with_model)
    if once and clock is None:
        clock = _quiet_sunday(settings.home)
    now = FileClock(clock, runs=True) if clock else None
    app = App(settings, models=settings.home.parent / "models", now=now)
    try:
        if app.is_owned_elsewhere():
            raise Refusal(f"A trial is running already. Look at its page, or end it first ({settings.home}).")
        load(app, SAMPLE_COMPANY)
        _forget_last_time(app)
        surprises = _run(app, 0 if once else port, stays=not once)
    finally:
        app.close()
    if surprises:
        raise typer.Exit(UNEXPECTED)


def _quiet_sunday(home: Path) -> Path:
    """Return a clock at an instant when nobody's shift is near, so that no lesson comes into the play by itself."""
    home.mkdir(parents=True, exist_ok=True)
    clock = home / "clock"
    set_clock(clock, QUIET_SUNDAY)
    return clock


@contextmanager
def trial_workspace(app: App, port: int = 0, use_socket_mode: bool = False) -> Iterator[tuple[Simulator, Serving]]:
    """Run a workspace of everybody in the applied company, its page, and the application connected to it.

    Raises Refusal when the port is taken.
    """
    with app.database.session() as session:
        name = f"{stored_company(session).name} (trial)"
    ids = random.Random()  # noqa: S311 (ids of a play, not secrets)

    def seconds() -> float:
        return app.now().timestamp()

    workspace = Workspace.for_people(_people(app), seconds, ids, team_name=name)
    try:
        page = partial(_add_page, model=app.settings.model)
        with running_simulator(workspace, None, use_socket_mode, port, page, seconds) as simulator:
            secrets = {
                "slack_bot_token": SecretStr(workspace.bot_token),
                "slack_signing_secret": SecretStr(workspace.signing_secret),
                "slack_app_token": SecretStr(workspace.app_token) if use_socket_mode else None,
            }
            app.settings = app.settings.model_copy(
                update={**secrets, "slack_api_url": simulator.api_url, "host": "127.0.0.1", "port": 0}
            )
            with serving_in_thread(Serving(app)) as serving:
                own_url = f"http://127.0.0.1:{serving.port}"
                simulator.events_url = f"{own_url}/slack/events"
                app.settings = app.settings.model_copy(update={"public_url": app.settings.public_url or own_url})
                yield simulator, serving
    except OSError as error:
        raise Refusal(f"Port {port} is taken ({error.strerror}). Choose another: coach trial --port 8766.") from None


def _add_page(simulator: Simulator, model: str | None) -> None:
    ids = {user.email: user.id for user in simulator.workspace.users.values()}
    first = [ids[email] for email in FIRST_TRIED if email in ids]
    leaves = f"What you ask it goes to {model}, without names." if model else ""
    Page(simulator, first=first, leaves=leaves).add_to(simulator.application)


def _settings(settings: Settings, with_model: bool) -> Settings:
    # A folder of its own: the trial must never touch the company you have applied.
    own: dict[str, object] = {"home": settings.home / "trial", "database_url": None, "chroma_url": None}
    # What is tried must not leave the machine, nor cost anything.
    own |= {"embeddings": None, "reranker_url": None}
    if with_model and settings.model is None:
        raise Refusal("No model is set up. Set COACH_MODEL=provider:name, and its key, or leave out --with-model.")
    if not with_model:
        own["model"] = None
    return settings.model_copy(update=own)


def _run(app: App, port: int, stays: bool) -> int:
    with trial_workspace(app, port) as (simulator, serving):
        play = Play(app, serving, simulator)
        surprises = sum(_show(line) for line in (*play.questions(), *play.practice()))
        if stays:
            out.print(f"\nNow you. Open http://127.0.0.1:{port}/?{play.first_address()}")
            out.print("Ask Harbour & Bean something; Ctrl-C here ends the trial.")
            _wait_for_ctrl_c()
        return surprises


def _show(line: Line) -> bool:
    out.print(f"\n── {line.who}{f': {line.said}' if line.said else ''}\n")
    out.print(line.answer)
    if line.surprise:
        err.print(f"Unexpected: {line.surprise}.")
    return line.surprise is not None


def _wait_for_ctrl_c() -> None:
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()


def _people(app: App) -> list[User]:
    with app.database.session() as session:
        rows = session.execute(
            select(Person, PlatformIdentity.platform_user_id)
            .join(PlatformIdentity, PlatformIdentity.person_id == Person.id)
            .where(PlatformIdentity.platform == "slack", Person.is_active)
            .order_by(Person.id)
        ).all()
    return [
        User(
            user_id,
            person.email.partition("@")[0],
            person.name,
            person.email,
            person.time_zone or "Europe/London",
            title=", ".join(person.roles),
            site=person.site or "",
        )
        for person, user_id in rows
    ]


def _forget_last_time(app: App) -> None:
    with app.database.transaction(is_alone=True) as session:
        for name in OF_LAST_TIME:
            session.execute(delete(METADATA.tables[name]))
