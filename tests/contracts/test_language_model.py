"""What every LanguageModel promises: the one that follows a script, and LangChain over a real wire."""

import pytest
from pydantic import SecretStr

from bot.langchain_model import LangChainModel
from coach.model import FaultCode, LanguageModel, ModelFault, Prompt, ScriptedModel
from tests.model_server import ModelServer

PROMPT = Prompt("Be brief.", "Say hello.", "test-1")
# How the server behaves, and what the script raises for the same.
FAULTS = {
    "401": FaultCode.UNAUTHORIZED,
    "404": FaultCode.NOT_FOUND,
    "429": FaultCode.RATE_LIMITED,
    "500": FaultCode.OVERLOADED,
    "context overflow": FaultCode.CONTEXT_OVERFLOW,
    "context overflow of a local server": FaultCode.CONTEXT_OVERFLOW,
    "garbage": FaultCode.BAD_ANSWER,
    "no answer": FaultCode.BAD_ANSWER,
    "hang": FaultCode.TIMEOUT,
    "trickle": FaultCode.TIMEOUT,
    "trickled headers": FaultCode.TIMEOUT,
}


@pytest.fixture(params=["scripted", "langchain"])
def model_that(request):
    """Return what makes a model behave as named, and reply with words else."""
    if request.param == "scripted":
        yield lambda said: ScriptedModel(ModelFault(FAULTS[said]) if said in FAULTS else said)
        return
    with ModelServer().running() as server:
        model = LangChainModel("openai:scripted", SecretStr("sk-canary"), server.url)

        def behaving(said: str) -> LanguageModel:
            server.then("" if said.isspace() else said)
            return model

        yield behaving


def test_a_completion_has_words_and_what_they_cost(model_that):
    completion = model_that("Hello.").complete(PROMPT, 5)
    assert completion.text == "Hello."
    assert completion.tokens_in > 0
    assert completion.tokens_out > 0


def test_a_model_has_a_name_with_its_provider(model_that):
    provider, _, name = model_that("Hello.").name.partition(":")
    assert provider
    assert name


def test_nothing_is_no_completion(model_that):
    with pytest.raises(ModelFault) as caught:
        model_that(" ").complete(PROMPT, 5)
    assert caught.value.code is FaultCode.EMPTY


@pytest.mark.parametrize("said", FAULTS)
def test_a_fault_has_a_code_and_not_a_word_more(model_that, said):
    with pytest.raises(ModelFault) as caught:
        model_that(said).complete(PROMPT, 0.4 if FAULTS[said] is FaultCode.TIMEOUT else 5)
    fault = caught.value
    assert fault.code is FAULTS[said]
    assert str(fault) == fault.code
    assert fault.__cause__ is None
    assert fault.__suppress_context__ or fault.__context__ is None
