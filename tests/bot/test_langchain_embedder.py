"""LangChain as the wire of embeddings: what is sent, what is not believed, and that it gives up in time."""

import json

import numpy as np
import pytest
from pydantic import SecretStr

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.langchain_embedder import REMEMBERED_TEXTS, TEXTS_A_CALL_OF_OWN, LangChainEmbedder
from bot.settings import Settings
from coach.breaker import MOST_FAILURES
from coach.embed import EmbedderFault, HostedEmbedder, TokenEmbedder, WordHashEmbedder
from coach.model import FaultCode
from metrics.errors import NotReady, Refusal
from metrics.policy import Asker
from tests.conftest import NOW
from tests.model_server import ModelServer
from tests.onnx_folder import write_encoder
from tests.search_server import SearchServer, as_embeddings, vectors

KEY = SecretStr("sk-canary")


@pytest.fixture
def server():
    with SearchServer().running() as server:
        server.then(vectors)
        yield server


@pytest.fixture
def embedder(server, tmp_path):
    return LangChainEmbedder("openai:words", tmp_path, KEY, server.url, pauses_seconds=(0.01, 0.01))


def fault_of(embedder, texts=("till",)):
    with pytest.raises(EmbedderFault) as caught:
        embedder.embed(texts)
    return caught.value.code


def test_it_is_named_for_model_host_and_length_and_never_for_its_key(server, embedder, tmp_path):
    assert embedder.id == f"openai:words@{server.url.split('/')[2]}/256"
    other = LangChainEmbedder("openai:words", tmp_path, SecretStr("sk-other"), server.url)
    assert other.id == embedder.id
    assert isinstance(embedder, HostedEmbedder)
    assert not isinstance(embedder, TokenEmbedder)


def test_the_length_is_asked_once_and_kept_for_the_next_start(server, embedder, tmp_path):
    assert embedder.dimensions == 256
    server.then("500")
    assert LangChainEmbedder("openai:words", tmp_path, KEY, server.url).dimensions == 256
    assert server.requests == []


def test_texts_go_as_they_are_in_calls_of_a_size_and_each_once(server, embedder):
    assert embedder.dimensions
    server.then(vectors)
    texts = [f"shelf {place}" for place in range(TEXTS_A_CALL_OF_OWN + 3)]
    found = embedder.embed([*texts, texts[0], " "])
    assert [len(body["input"]) for body in server.requests] == [TEXTS_A_CALL_OF_OWN, 3]
    assert [text for body in server.requests for text in body["input"]] == texts
    assert set(server.keys) == {"Bearer sk-canary"}
    assert np.array_equal(found[0], found[-2])
    assert not found[-1].any()
    embedder.embed(texts)
    assert len(server.requests) == 2


def test_it_forgets_the_oldest_texts(embedder, server):
    embedder._remember({f"text {place}": np.zeros(1) for place in range(REMEMBERED_TEXTS)})
    embedder.embed(["till"])
    assert len(embedder._remembered) == REMEMBERED_TEXTS
    assert "text 0" not in embedder._remembered
    assert "till" in embedder._remembered


@pytest.mark.parametrize("fault", ["429", "500"])
def test_what_passes_is_tried_again(server, embedder, fault):
    assert embedder.dimensions
    server.then(fault, fault, vectors)
    assert embedder.embed(["till"]).any()
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("said", "code", "calls"),
    [
        ("401", FaultCode.UNAUTHORIZED, 1),
        ("404", FaultCode.NOT_FOUND, 1),
        ("400", FaultCode.REJECTED, 1),
        ("context overflow", FaultCode.CONTEXT_OVERFLOW, 1),
        ("429", FaultCode.RATE_LIMITED, 3),
        ("500", FaultCode.OVERLOADED, 3),
        ("garbage", FaultCode.BAD_ANSWER, 1),
        ("no answer", FaultCode.BAD_ANSWER, 1),
    ],
)
def test_what_stays_is_told_by_its_kind_alone(server, embedder, said, code, calls):
    assert embedder.dimensions
    server.then(said)
    with pytest.raises(EmbedderFault) as caught:
        embedder.embed(["till"])
    assert caught.value.code is code
    assert len(server.requests) == calls
    assert "canary" not in repr(caught.value) + str(caught.value.__cause__)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda found: found[:-1],
        lambda found: [vector[:-1] for vector in found],
        lambda found: [found[0][:-1], *found[1:]],
        lambda found: [[float("nan")] * 256, *found[1:]],
        lambda found: [[float("inf")] * 256, *found[1:]],
        lambda found: [[0.0] * 256, *found[1:]],
    ],
    ids=["too few", "all of another length", "one of another length", "not a number", "infinite", "of no length"],
)
def test_vectors_that_cannot_be_are_not_believed(server, embedder, wrong):
    assert embedder.dimensions
    server.then(lambda body: as_embeddings(body, wrong(WordHashEmbedder().embed(body["input"]).tolist())))
    assert fault_of(embedder, ["till", "alarm"]) is FaultCode.BAD_ANSWER


def test_vectors_of_another_length_have_the_next_start_ask_anew(server, embedder, tmp_path):
    assert embedder.dimensions == 256
    server.then(lambda body: as_embeddings(body, [[1.0, 2.0]] * len(body["input"])))
    assert fault_of(embedder) is FaultCode.BAD_ANSWER
    assert LangChainEmbedder("openai:words", tmp_path, KEY, server.url).dimensions == 2


@pytest.mark.parametrize("said", ["hang", "trickle", "trickled headers"])
def test_a_question_is_given_up_in_time_and_leaves_no_connection_behind(server, embedder, said):
    assert embedder.dimensions
    server.then(said)
    assert fault_of(embedder.within(0.3)) is FaultCode.TIMEOUT
    for _ in range(100):
        if server.closed_connections:
            break
        server.is_stopping.wait(0.05)
    assert server.closed_connections == 1


def test_a_question_has_one_deadline_for_all_it_asks(server, embedder):
    assert embedder.dimensions
    hurried = embedder.within(0.0)
    assert fault_of(hurried) is FaultCode.TIMEOUT


def test_while_it_keeps_failing_questions_are_not_kept_waiting(server, embedder):
    assert embedder.dimensions
    server.then("500")
    for _ in range(MOST_FAILURES):
        assert fault_of(embedder.within(5)) is FaultCode.OVERLOADED
    server.then(vectors)
    assert fault_of(embedder.within(5)) is FaultCode.BREAKER_OPEN
    assert server.requests == []
    assert embedder.embed(["till"]).any()


def test_nobody_there_is_a_connection_that_failed(tmp_path):
    with SearchServer().running() as server:
        url = server.url
    embedder = LangChainEmbedder("openai:words", tmp_path, None, url, pauses_seconds=())
    with pytest.raises(EmbedderFault, match="Run `coach apply FOLDER` again"):
        _ = embedder.id


@pytest.mark.parametrize("name", ["azure_openai:a-deployment", "ollama:words"])
def test_other_providers_are_spoken_to(server, tmp_path, name):
    embedder = LangChainEmbedder(name, tmp_path, KEY, server.url.removesuffix("/v1"), pauses_seconds=())
    question, near, far = embedder.embed(["refund without a receipt", "a refund without receipt", "window cleaning"])
    assert question @ near > question @ far
    for said, code in {"401": FaultCode.UNAUTHORIZED, "429": FaultCode.RATE_LIMITED}.items():
        server.then(said)
        assert fault_of(embedder) is code


def test_the_environment_changes_neither_address_nor_key(server, tmp_path, monkeypatch):
    with ModelServer().running() as elsewhere:
        elsewhere.then("From elsewhere.")
        for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
        monkeypatch.setenv("OPENAI_API_TYPE", "azure")
        assert LangChainEmbedder("openai:words", tmp_path, KEY, server.url).embed(["till"]).any()
        assert elsewhere.requests == []
    assert set(server.keys) == {"Bearer sk-canary"}


@pytest.mark.parametrize("name", ["words", "bedrock:x", "anthropic:x", "openai:", "azure_openai:x"])
def test_a_name_without_a_known_provider_is_refused(tmp_path, name):
    with pytest.raises(Refusal):
        LangChainEmbedder(name, tmp_path)


def test_what_is_sent_is_text_and_nothing_else(server, embedder):
    assert embedder.embed(["Close the till."]).any()
    assert server.requests[0] == {"input": ["Close the till."], "model": "words", "encoding_format": "float"}
    assert json.dumps(server.requests).count("canary") == 0


def test_settings_choose_the_embedder_and_another_asks_for_an_apply(server, tmp_path, company):
    folder = company({"sops/refunds.md": "# Refunds\n\nRefunds go to the original card within 30 days.\n"})
    for name in ("openai:words", "openai:others"):
        app = App(Settings(home=tmp_path, embeddings=name, embeddings_url=server.url, embeddings_key=KEY))
        app.database.upgrade()
        with pytest.raises(NotReady, match="Run `coach apply FOLDER`"):
            app.get_ready()
        apply_folder(read_folder(folder), app.database, app.embedder, NOW)
        app.get_ready()
        with app.database.session() as session:
            assert app.library.find(session, Asker(), "original card").passages[0].file == "refunds.md"
        app.close()


def test_a_folder_holds_an_embedder_too(tmp_path):
    settings = Settings(home=tmp_path / "home", embeddings=f"local:{tmp_path / 'model'}")
    with pytest.raises(Refusal, match=r"needs model\.onnx and tokenizer\.json in that folder"):
        _ = App(settings).embedder
    write_encoder(tmp_path / "model")
    embedder = App(settings).embedder
    assert embedder.id.startswith("local:")
    assert isinstance(embedder, TokenEmbedder)
    (tmp_path / "model" / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(Refusal, match="cannot be read"):
        _ = App(settings).embedder
