"""Owns the Embedder port through LangChain: OpenAI, Azure, Ollama, and any server that speaks OpenAI's embeddings."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from pydantic import SecretStr

from bot.provider_calls import ADDRESSES, fault_code, loop
from bot.settings import LOOPBACK
from coach.breaker import Breaker
from coach.embed import Embedder, EmbedderFault, Vectors
from coach.model import WORTH_RETRYING, FaultCode
from metrics.errors import Refusal

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

# The newest dated API version of Azure that is not a preview.
AZURE_API_VERSION = "2024-10-21"
SILENT_SECONDS = 30.0
# A call at apply may take this long with all its tries; one that fails waits so long before each further try.
CALL_SECONDS = 90.0
PAUSES_SECONDS = (0.25, 1.0, 4.0, 10.0, 20.0)
# Somebody's own server often takes 32 texts a call and no more.
TEXTS_A_CALL, TEXTS_A_CALL_OF_OWN = 256, 32
# About 1,000 tokens of English; windows and sentences are far shorter.
MOST_CHARACTERS = 4_000
REMEMBERED_TEXTS = 4_096


class LangChainEmbedder:
    """An embedding model by `provider:name`; vectors of the last few thousand texts are remembered, not asked again."""

    def __init__(
        self,
        name: str,
        folder: Path,
        key: SecretStr | None = None,
        url: str | None = None,
        pauses_seconds: Sequence[float] = PAUSES_SECONDS,
    ) -> None:
        """Keep in `folder` how long the model's vectors are, so that it need not be asked at every start.

        Raises Refusal when the name, or what the provider needs, is missing.
        """
        provider, _, model = name.partition(":")
        address = url or ADDRESSES.get(provider)
        if provider == "anthropic" or provider not in ADDRESSES or not model or address is None:
            raise Refusal("COACH_EMBEDDINGS is provider:name; azure_openai needs COACH_EMBEDDINGS_URL too.")
        self._name = f"{name}@{urlsplit(address).netloc.rpartition('@')[2]}"
        self._kept = folder / f"embeddings-{hashlib.sha256(self._name.encode()).hexdigest()[:16]}.txt"
        self._model = _embeddings(provider, model, key or SecretStr("none"), address)
        self._texts_a_call = TEXTS_A_CALL_OF_OWN if url else TEXTS_A_CALL
        self._pauses_seconds = pauses_seconds
        self._breaker = Breaker()
        self._remembered: dict[str, Vectors] = {}
        self._remembering = threading.Lock()

    @cached_property
    def id(self) -> str:
        """Names provider, model, host and dimensions. Raises EmbedderFault where these were never learnt."""
        return f"{self._name}/{self.dimensions}"

    @cached_property
    def dimensions(self) -> int:
        """Length of each vector, asked of the model once and kept. Raises EmbedderFault."""
        if self._kept.is_file():
            return int(self._kept.read_text())
        found = len(self._fetched(["length"], time.monotonic() + CALL_SECONDS)[0])
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        self._kept.write_text(str(found))
        return found

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors, however long it takes; a text is cut at 4,000 characters. Raises EmbedderFault."""
        return self._vectors(texts, None)

    def within(self, timeout_seconds: float) -> Embedder:
        """Return the embedder for one question, which gives up in time, and at once while the provider is down."""
        return _Hurried(self, time.monotonic() + timeout_seconds)

    def hurried(self, texts: Sequence[str], until: float) -> Vectors:
        """Return the vectors before the instant `until` on time.monotonic(). Raises EmbedderFault."""
        if not self._breaker.admits(time.monotonic()):
            raise EmbedderFault(FaultCode.BREAKER_OPEN)
        try:
            vectors = self._vectors(texts, until)
        except EmbedderFault:
            self._breaker.failed(time.monotonic())
            raise
        self._breaker.succeeded()
        return vectors

    def _vectors(self, texts: Sequence[str], until: float | None) -> Vectors:
        asked = [text[:MOST_CHARACTERS] for text in texts]
        with self._remembering:
            known = {text: self._remembered[text] for text in asked if text in self._remembered}
        unknown = [text for text in dict.fromkeys(asked) if text.strip() and text not in known]
        for start in range(0, len(unknown), self._texts_a_call):
            batch = unknown[start : start + self._texts_a_call]
            vectors = self._fetched(batch, time.monotonic() + CALL_SECONDS if until is None else until)
            if vectors.shape[1] != self.dimensions:
                # Another model answers at this address now: the next start asks anew.
                self._kept.unlink(missing_ok=True)
                raise EmbedderFault(FaultCode.BAD_ANSWER)
            known |= zip(batch, vectors, strict=True)
        self._remember({text: known[text] for text in unknown})
        nothing = np.zeros(self.dimensions, dtype=np.float32)
        return np.array([known.get(text, nothing) for text in asked], dtype=np.float32).reshape(-1, self.dimensions)

    def _remember(self, vectors: dict[str, Vectors]) -> None:
        with self._remembering:
            self._remembered |= vectors
            for text in list(self._remembered)[: max(0, len(self._remembered) - REMEMBERED_TEXTS)]:
                del self._remembered[text]

    def _fetched(self, texts: list[str], until: float) -> Vectors:
        asked = asyncio.run_coroutine_threadsafe(self._within(texts, until), loop())
        try:
            rows = asked.result()
        except CancelledError:
            raise EmbedderFault(FaultCode.TIMEOUT) from None
        try:
            vectors = np.array(rows, dtype=np.float32)
        except (TypeError, ValueError):
            raise EmbedderFault(FaultCode.BAD_ANSWER) from None
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EmbedderFault(FaultCode.BAD_ANSWER)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise EmbedderFault(FaultCode.BAD_ANSWER)
        return np.asarray(vectors / lengths, dtype=np.float32)

    async def _within(self, texts: list[str], until: float) -> list[list[float]]:
        # Whatever a provider's library raises may quote keys or texts, so only its kind goes on.
        try:
            async with asyncio.timeout(max(0.0, until - time.monotonic())):
                return await self._tried(texts, until)
        except Exception as error:
            raise EmbedderFault(fault_code(error)) from None

    async def _tried(self, texts: list[str], until: float) -> list[list[float]]:
        for pause_seconds in self._pauses_seconds:
            try:
                return await self._model.aembed_documents(texts)
            except Exception as error:
                is_late = time.monotonic() + pause_seconds >= until
                if is_late or fault_code(error) not in WORTH_RETRYING:
                    raise
            await asyncio.sleep(pause_seconds)
        return await self._model.aembed_documents(texts)


class _Hurried:
    """A hosted embedder until an instant."""

    def __init__(self, embedder: LangChainEmbedder, until: float) -> None:
        self._embedder, self._until = embedder, until
        self.id, self.dimensions = embedder.id, embedder.dimensions

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.hurried(texts, self._until)


def _embeddings(provider: str, model: str, key: SecretStr, url: str) -> "Embeddings":
    from langchain.embeddings import init_embeddings

    is_here = urlsplit(url).hostname in LOOPBACK
    if provider == "ollama":
        client = {"timeout": SILENT_SECONDS, "trust_env": not is_here}
        return init_embeddings(model, provider=provider, base_url=url, client_kwargs=client)
    options: dict[str, Any] = {
        "api_key": key,
        "max_retries": 0,
        "timeout": SILENT_SECONDS,
        "chunk_size": TEXTS_A_CALL,
        # Texts go as they are, and numbers come back as such: not every server knows tokens and base64.
        "check_embedding_ctx_length": False,
        "model_kwargs": {"encoding_format": "float"},
        "openai_proxy": None,
        "http_async_client": _connections(trusts_environment=not is_here),
    }
    if provider == "azure_openai":
        options |= {"azure_endpoint": url, "azure_deployment": model, "api_version": AZURE_API_VERSION}
        options["azure_ad_token"] = None
    else:
        options |= {"base_url": url, "openai_api_type": None}
    return init_embeddings(model, provider=provider, **options)


@cache
def _connections(trusts_environment: bool) -> Any:
    # Only httpx as the provider's library has it is taken by that library.
    from langchain_openai._compat import httpx

    return httpx.AsyncClient(trust_env=trusts_environment, timeout=SILENT_SECONDS)
