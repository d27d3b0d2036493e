"""Owns a reranker behind an address: Cohere's and Jina's /rerank, and that of text-embeddings-inference."""

import asyncio
import json
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import numpy as np
import structlog
from pydantic import SecretStr

from bot.provider_calls import loop
from bot.settings import LOOPBACK
from coach.breaker import Breaker
from coach.lexical import Scores

DEADLINE_SECONDS = 3.0
MOST_ANSWER_BYTES = 1_000_000

log = structlog.get_logger()


class HttpReranker:
    """Asks `url` for scores: with a `model` as Cohere (v2) and Jina want it, without as an inference server does."""

    def __init__(
        self,
        url: str,
        key: SecretStr | None = None,
        model: str | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        """Give up on an answer after `deadline_seconds` in all."""
        self._url, self._model, self._deadline_seconds = url, model, deadline_seconds
        self._headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        self._trusts_environment = urlsplit(url).hostname not in LOOPBACK
        self._breaker = Breaker()

    def __call__(self, question: str, texts: Sequence[str]) -> Scores | None:
        """Return one score a text within the deadline; None where it failed, and at once while it keeps failing."""
        if not self._breaker.admits(time.monotonic()):
            log.warning("reranker_failed", code="breaker_open")
            return None
        asked = asyncio.run_coroutine_threadsafe(self._within(self._body(question, texts)), loop())
        try:
            scores = _scores(json.loads(asked.result()), len(texts))
        except (CancelledError, TimeoutError):
            code = "timeout"
        except aiohttp.ClientResponseError as error:
            code = f"status_{error.status}"
        except (aiohttp.ClientError, OSError):
            code = "connect"
        except (ValueError, TypeError, KeyError, RecursionError):
            code = "bad_answer"
        else:
            self._breaker.succeeded()
            return scores
        self._breaker.failed(time.monotonic())
        log.warning("reranker_failed", code=code)
        return None

    def _body(self, question: str, texts: Sequence[str]) -> dict[str, Any]:
        if self._model is None:
            return {"query": question, "texts": list(texts), "truncate": True}
        return {"model": self._model, "query": question, "documents": list(texts), "top_n": len(texts)}

    async def _within(self, body: dict[str, Any]) -> bytes:
        # Leaving closes the connection, so that neither silence nor a byte a second holds anything.
        async with (
            asyncio.timeout(self._deadline_seconds),
            aiohttp.ClientSession(trust_env=self._trusts_environment, raise_for_status=True) as session,
            session.post(self._url, json=body, headers=self._headers, allow_redirects=False) as answer,
        ):
            said = bytearray()
            async for piece in answer.content.iter_any():
                said += piece
                if len(said) > MOST_ANSWER_BYTES:
                    raise ValueError("too long")
            return bytes(said)


def _scores(answer: Any, size: int) -> Scores:
    """Return scores in the order of the texts. Raises ValueError, TypeError or KeyError for anything else."""
    rows = answer["results"] if isinstance(answer, dict) else answer
    by_place = {
        int(row["index"]): float(row["relevance_score"] if "relevance_score" in row else row["score"]) for row in rows
    }
    scores = np.array([by_place[place] for place in range(size)], dtype=np.float32)
    if len(rows) != size or not np.isfinite(scores).all():
        raise ValueError("not one finite score a text")
    return scores
