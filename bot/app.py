"""The composition root: Settings in, App out; the only place where ports meet their implementations."""

import fcntl
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from bot.database import Database
from bot.messages import Platform
from bot.settings import Settings
from coach.embed import Embedder
from coach.index.port import Index, OnStep, ignore
from coach.model import LanguageModel
from coach.model_calls import ModelCalls
from coach.passage_vectors import STORED_FORM
from coach.reranking import Reranker
from coach.search import Library
from coach.windows import PooledWindows
from metrics.errors import Refusal

if TYPE_CHECKING:
    from chromadb.api.client import Client

CHROMA_TELEMETRY_OFF = False


class App:
    """Everything one process of Coach needs, built when first used; `now` is another clock than the machine's."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder | None = None,
        models: Path | None = None,
        now: Callable[[], datetime] | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        self.settings = settings
        self._model = model
        self._model_calls: ModelCalls | None = None
        self._now = now or _machine_time
        self.database = Database(settings.database())
        self._models = models or settings.home / "models"
        self._embedder = embedder
        self._reranker: Reranker | None = None
        self._library: Library | None = None
        # Several threads ask first at once.
        self._building = threading.Lock()

    @property
    def embedder(self) -> Embedder:
        """The language model that turns text into vectors; built on first use."""
        if self._embedder is None:
            self._embedder = _embedder_of(self.settings, self._models)
        return self._embedder

    @property
    def library(self) -> Library:
        """The SOPs for reading: exact vectors from SQL, which no other process needs to own."""
        if self._library is None:
            self._library = self._library_on(None)
        return self._library

    @property
    def model_calls(self) -> ModelCalls | None:
        """The calls this process makes to the model that phrases answers; None where none is set up."""
        with self._building:
            if self._model_calls is None and (self._model or self.settings.model):
                model = self._model or _model_of(self.settings)
                self._model_calls = ModelCalls(model, time.monotonic, time.sleep, random.random)
            return self._model_calls

    def get_ready(self) -> None:
        """Load the language model and the newest SOPs now rather than in the first question. Raises NotReady."""
        self.database.check_schema()
        with self.database.session() as session:
            self.library.refresh(session)

    def use_index(self, index: Index | None) -> None:
        """Search through an index this process owns; None goes back to exact vectors."""
        self._library = self._library_on(index)

    def _library_on(self, index: Index | None) -> Library:
        if self._reranker is None and self.settings.reranker_url:
            self._reranker = _reranker_of(self.settings.reranker_url, self.settings)
        return Library(self.embedder, index, self.settings.home / "tokens", self._reranker)

    def platforms(self) -> dict[str, Platform]:
        """Return the chat platforms that are set up, by name."""
        found: list[Platform] = []
        if self.settings.slack_bot_token is not None:
            from bot.slack.send import SlackPlatform

            token = self.settings.slack_bot_token.get_secret_value()
            found.append(SlackPlatform(token, self.settings.slack_api_url, self.now))
        if self.settings.uses_teams:
            found.append(self._teams())
        return {platform.name: platform for platform in found}

    def _teams(self) -> Platform:
        from bot.teams.addresses import AddressBook
        from bot.teams.calls import ConnectorCalls, Tokens, no_token
        from bot.teams.send import TeamsPlatform

        settings = self.settings
        app_id, password, tenant = settings.teams_app_id, settings.teams_app_password, settings.teams_tenant_id
        book = AddressBook(self.database)
        if settings.teams_auth == "anonymous":
            return TeamsPlatform(ConnectorCalls(no_token, is_anonymous=True), book, app_id, tenant, self.now)
        if not (app_id and password and tenant):
            raise Refusal("Teams needs TEAMS_APP_ID, TEAMS_APP_PASSWORD and TEAMS_TENANT_ID.")
        calls = ConnectorCalls(Tokens(app_id, password.get_secret_value(), tenant), is_anonymous=False)
        return TeamsPlatform(calls, book, app_id, tenant, self.now)

    def now(self) -> datetime:
        """Return the present instant, the only reading of the clock that rooms below see."""
        return self._now()

    @contextmanager
    def owned_index(self) -> Iterator[Index | None]:
        """Open the Chroma index for writing, and close it after use; None while another process owns the embedded one.

        The owner brings a stale index up to date by itself, so nothing is lost by leaving it alone.
        """
        if self.settings.chroma_url:
            with closing(self._chroma_on_server(self.settings.chroma_url)) as client:
                try:
                    yield self._index_on(client)
                finally:
                    _hang_up(client)
            return
        with self._owned_folder() as folder:
            if folder is None:
                yield None
                return
            with closing(self._chroma_in(folder)) as client:
                yield self._index_on(client)

    def is_owned_elsewhere(self) -> bool:
        """Say whether another process owns the embedded index, without opening it."""
        with self._owned_folder() as folder:
            return folder is None

    @contextmanager
    def _owned_folder(self) -> Iterator[Path | None]:
        folder = self.settings.home / "chroma"
        folder.mkdir(parents=True, exist_ok=True)
        with (self.settings.home / "chroma.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield folder

    def bring_index_up(self, on_step: OnStep = ignore) -> bool:
        """Make the index hold what SQL holds; False while another process owns it and will do so itself."""
        with self.owned_index() as index:
            if index is None:
                return False
            with self.database.session() as session:
                self._library_on(index).refresh(session, on_step, canaries=None)
            return True

    def close(self) -> None:
        """Give back every connection."""
        self.database.close()

    def _chroma_in(self, folder: Path) -> "Client":
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        if any(folder.iterdir()) and not _opens_cleanly(folder):
            _empty(folder)
        options = ChromaSettings(anonymized_telemetry=CHROMA_TELEMETRY_OFF)
        return cast("Client", chromadb.PersistentClient(str(folder), settings=options))

    def _chroma_on_server(self, url: str) -> "Client":
        import chromadb
        from chromadb.config import Settings as ChromaSettings

        address = urlsplit(url)
        client = chromadb.HttpClient(
            host=address.hostname or "127.0.0.1",
            port=address.port or 8000,
            ssl=address.scheme == "https",
            settings=ChromaSettings(anonymized_telemetry=CHROMA_TELEMETRY_OFF),
        )
        return cast("Client", client)

    def _index_on(self, client: "Client") -> Index:
        from coach.index.chroma import ChromaIndex

        return ChromaIndex(client, self.index_version())

    def index_version(self) -> str:
        """Return what an index must be rebuilt for: the language model, and how passages are cut and stored."""
        return f"{self.embedder.id}/{STORED_FORM}"


def _embedder_of(settings: Settings, models: Path) -> Embedder:
    provider, _, name = (settings.embeddings or "").partition(":")
    if settings.embeddings is not None and provider != "local":
        from bot.langchain_embedder import LangChainEmbedder

        return LangChainEmbedder(settings.embeddings, models, settings.embeddings_key, settings.embeddings_url)
    from coach.minilm.encoder import MiniLmEmbedder, OnnxEmbedder

    folder = Path(name).expanduser()
    embedder = OnnxEmbedder(folder, settings.threads) if provider else MiniLmEmbedder(models, settings.threads)
    return PooledWindows(embedder) if settings.indexing == "fast" else embedder


def _reranker_of(url: str, settings: Settings) -> Reranker:
    from bot.http_reranker import HttpReranker

    return HttpReranker(url, settings.reranker_key, settings.reranker_model)


def _model_of(settings: Settings) -> LanguageModel:
    from bot.langchain_model import LangChainModel

    key, url, version = settings.model_key, settings.model_url, settings.model_api_version
    return LangChainModel(settings.model or "", key, url, version)


def _machine_time() -> datetime:
    return datetime.now(UTC)


def _opens_cleanly(folder: Path) -> bool:
    # A damaged index can end the interpreter that opens it, so a child tries first.
    command = [sys.executable, "-m", "coach.index.probe", str(folder)]
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[1], timeout=120, check=False)
    return done.returncode == 0


def _hang_up(client: "Client") -> None:
    # Closing a Chroma 1.5.9 client leaves the connections to the server open: its own, and its administrator's.
    for holder in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(holder, "_server", None), "_session", None)
        if session is not None:
            session.close()


def _empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
