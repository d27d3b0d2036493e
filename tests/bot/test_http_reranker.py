"""Rerankers as they answer on the wire: both shapes are understood, and what fails leaves a constant behind."""

import json

import numpy as np
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from bot.http_reranker import HttpReranker
from coach.breaker import MOST_FAILURES
from tests.search_server import SearchServer, longest_first

TEXTS = ["short", "the longest of them", "a longer one"]


@pytest.fixture
def server():
    with SearchServer().running() as server:
        server.then(longest_first)
        yield server


def test_with_a_model_it_asks_as_cohere_and_jina_want_it(server):
    reranker = HttpReranker(f"{server.url}/rerank", SecretStr("rr-canary"), "rerank-x")
    scores = reranker("how long?", TEXTS)
    assert np.argsort(-scores).tolist() == [1, 2, 0]
    assert server.requests == [{"model": "rerank-x", "query": "how long?", "documents": TEXTS, "top_n": 3}]
    assert server.keys == ["Bearer rr-canary"]


def test_without_one_it_asks_as_an_inference_server_wants_it(server):
    scores = HttpReranker(f"{server.url}/rerank")("how long?", TEXTS)
    assert np.argsort(-scores).tolist() == [1, 2, 0]
    assert server.requests == [{"query": "how long?", "texts": TEXTS, "truncate": True}]
    assert server.keys == [None]


def rows(*pairs):
    return json.dumps([{"index": place, "score": score} for place, score in pairs])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("401", "status_401"),
        ("429", "status_429"),
        ("500", "status_500"),
        ("hang", "timeout"),
        ("trickle", "timeout"),
        ("garbage", "bad_answer"),
        ("no answer", "bad_answer"),
        (rows((0, 1), (1, 1)), "bad_answer"),
        (rows((0, 1), (1, 1), (7, 1)), "bad_answer"),
        (rows((0, 1), (1, 1), (1, 1)), "bad_answer"),
        (rows((0, 1), (1, 1), (2, float("nan"))), "bad_answer"),
        (rows((0, 1), (1, 1), (2, None)), "bad_answer"),
        ('{"results": 3}', "bad_answer"),
        ("7", "bad_answer"),
        ("[" * 20_000, "bad_answer"),
        (" " * 2_000_000, "bad_answer"),
    ],
    ids=lambda said: said[:24] if isinstance(said, str) else "",
)
def test_whatever_fails_gives_no_scores_and_a_constant_in_the_log(server, said, code):
    reranker = HttpReranker(
        f"{server.url}/rerank", SecretStr("rr-canary"), deadline_seconds=0.3 if code == "timeout" else 10
    )
    server.then(said)
    with capture_logs() as logs:
        assert reranker("secret words", TEXTS) is None
    assert logs == [{"event": "reranker_failed", "code": code, "log_level": "warning"}]


def test_nobody_there_gives_no_scores():
    with SearchServer().running() as server:
        url = server.url
    with capture_logs() as logs:
        assert HttpReranker(url)("how long?", TEXTS) is None
    assert [log["code"] for log in logs] == ["connect"]


def test_it_follows_nobody_elsewhere(server):
    class Elsewhere(SearchServer):
        def behave(self, handler, said):
            handler.close_connection = True
            handler.send_response(307)
            handler.send_header("location", said)
            handler.send_header("content-length", "0")
            handler.end_headers()

    with Elsewhere().running() as elsewhere:
        elsewhere.then(f"{server.url}/rerank")
        assert HttpReranker(f"{elsewhere.url}/rerank", SecretStr("rr-canary"))("how long?", TEXTS) is None
    assert server.requests == []


def test_while_it_keeps_failing_nobody_waits_for_it(server):
    reranker = HttpReranker(f"{server.url}/rerank")
    server.then("500")
    for _ in range(MOST_FAILURES):
        assert reranker("how long?", TEXTS) is None
    server.then(longest_first)
    assert reranker("how long?", TEXTS) is None
    assert server.requests == []
