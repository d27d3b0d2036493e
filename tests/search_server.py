"""A server that gives vectors and reranks on loopback, in every shape Coach speaks, well or badly."""

import json
from http.server import BaseHTTPRequestHandler

from coach.embed import WordHashEmbedder
from tests.model_server import FAULTS, ModelServer

OF_THE_WIRE = {*FAULTS, "hang", "trickle", "trickled headers", "garbage", "no answer"}


class SearchServer(ModelServer):
    """Besides the faults of ModelServer it says JSON, given as text or made from the body of the request."""

    def behave(self, handler: BaseHTTPRequestHandler, said: str) -> None:
        """Answer one request in the way that is named, or with the JSON."""
        if said in OF_THE_WIRE:
            super().behave(handler, said)
        else:
            handler.close_connection = True
            self._answer(handler, 200, said)


def vectors(body: dict) -> str:
    """Return what a good embeddings server says: hashed words, and a little of everything for texts without any."""
    found = (3 * WordHashEmbedder().embed(body["input"]) + 0.001).tolist()
    return as_embeddings(body, found)


def as_embeddings(body: dict, found: list[list[float]]) -> str:
    """Return vectors as Ollama gives them, or as OpenAI does."""
    if "encoding_format" not in body:
        return json.dumps({"model": body["model"], "embeddings": found})
    data = [{"object": "embedding", "index": place, "embedding": vector} for place, vector in enumerate(found)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return json.dumps({"object": "list", "model": body["model"], "data": data, "usage": usage})


def longest_first(body: dict) -> str:
    """Return a reranking by length alone, best first, in the shape the request asks for."""
    texts = body.get("documents") or body["texts"]
    name = "relevance_score" if "documents" in body else "score"
    rows = [{"index": place, name: len(text) / 10_000} for place, text in enumerate(texts)]
    rows.sort(key=lambda row: -row[name])
    return json.dumps({"id": "1", "results": rows} if "documents" in body else rows)
