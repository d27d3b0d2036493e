"""Owns the LanguageModel port through LangChain: OpenAI, Anthropic, Azure, Ollama, and whoever speaks like OpenAI."""

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.provider_calls import ADDRESSES, fault_code, loop
from bot.settings import LOOPBACK
from coach.model import MOST_REPLY_BYTES, MOST_TOKENS_OUT, Completion, FaultCode, ModelFault, Prompt, estimated_tokens
from metrics.errors import Refusal

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

# Each read may take this long; the deadline of a call ends it sooner.
SILENT_SECONDS = 30.0
# No model reads or writes more in one call.
MOST_COUNTED_TOKENS = 10_000_000
# What asks for JSON and the likeliest words. Newer models refuse some of it, and then do without.
STRICT: dict[str, dict[str, Any]] = {
    "openai": {"temperature": 0, "response_format": {"type": "json_object"}},
    "azure_openai": {"temperature": 0, "response_format": {"type": "json_object"}},
    "anthropic": {"temperature": 0},
    "ollama": {"format": "json"},
}


class LangChainModel:
    """A model by `provider:name`; `url` and `key` are the settings' alone, never the environment's."""

    def __init__(
        self, name: str, key: SecretStr | None = None, url: str | None = None, api_version: str | None = None
    ) -> None:
        """Raises Refusal when the name, or what the provider needs, is missing."""
        self.name = name
        self._provider, _, model = name.partition(":")
        if self._provider not in ADDRESSES or not model:
            raise Refusal(f"A model is named like openai:gpt-x; Coach knows {', '.join(ADDRESSES)}.")
        address = url or ADDRESSES[self._provider]
        if address is None or (self._provider == "azure_openai" and not api_version):
            raise Refusal("Azure needs COACH_MODEL_URL and COACH_MODEL_API_VERSION too.")
        self._model = _chat_model(self._provider, model, key or SecretStr("none"), address, api_version)
        self._extras = dict(STRICT[self._provider])

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Completion:
        """Return what the model writes, or give up when `timeout_seconds` have passed in all. Raises ModelFault."""
        asked = asyncio.run_coroutine_threadsafe(self._within(prompt, timeout_seconds), loop())
        try:
            return asked.result()
        except CancelledError:
            raise ModelFault(FaultCode.TIMEOUT) from None

    async def _within(self, prompt: Prompt, timeout_seconds: float) -> Completion:
        # Cancelling closes the connection, so that neither silence nor a byte a second holds anything.
        try:
            async with asyncio.timeout(timeout_seconds):
                message = await self._answer(prompt)
            return _completion(prompt, message)
        except ModelFault:
            raise
        except Exception as error:
            # Whatever a provider's library raises may quote keys or questions, so only its kind goes on.
            raise ModelFault(fault_code(error)) from None

    async def _answer(self, prompt: Prompt) -> "AIMessage":
        try:
            return await self._ask(prompt, self._extras)
        except Exception as error:
            if not self._extras or fault_code(error) is not FaultCode.REJECTED:
                raise
        message = await self._ask(prompt, {})
        self._extras = {}
        return message

    async def _ask(self, prompt: Prompt, extras: dict[str, Any]) -> "AIMessage":
        from langchain_core.messages import HumanMessage, SystemMessage
        from langsmith import tracing_context

        with tracing_context(enabled=False):
            said = [SystemMessage(prompt.system), HumanMessage(prompt.user)]
            return await self._model.ainvoke(said, **extras)


def _chat_model(provider: str, model: str, key: SecretStr, url: str, api_version: str | None) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    is_here = urlsplit(url).hostname in LOOPBACK
    options: dict[str, Any] = {"max_retries": 0, "timeout": SILENT_SECONDS, "max_tokens": MOST_TOKENS_OUT}
    match provider:
        case "ollama":
            client = {"timeout": SILENT_SECONDS, "trust_env": not is_here}
            options = {"base_url": url, "temperature": 0, "num_predict": MOST_TOKENS_OUT, "client_kwargs": client}
        case "azure_openai":
            options |= {"azure_endpoint": url, "azure_deployment": model, "api_version": api_version, "api_key": key}
        case _:
            options |= {"base_url": url, "api_key": key}
    if provider == "openai" and is_here:
        # With socket options of its own, the client leaves the environment's proxy alone: it leads out of the machine.
        options["http_socket_options"] = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    return chat


def _completion(prompt: Prompt, message: "AIMessage") -> Completion:
    # Half of a surrogate pair can neither be stored nor sent.
    text = message.text.encode("utf-8", "replace").decode()
    usage: Mapping[str, object] = message.usage_metadata or {}
    tokens_in = _counted(usage.get("input_tokens"), prompt.tokens)
    tokens_out = _counted(usage.get("output_tokens"), estimated_tokens(text))
    if not text.strip():
        raise ModelFault(FaultCode.EMPTY, tokens_in, tokens_out)
    if len(text.encode()) > MOST_REPLY_BYTES:
        raise ModelFault(FaultCode.BAD_ANSWER, tokens_in, tokens_out)
    return Completion(text, tokens_in, tokens_out)


def _counted(stated: object, estimate: int) -> int:
    """Return how many tokens a server says were used, `estimate` where it says nothing that can be so."""
    return stated if isinstance(stated, int) and 0 < stated <= MOST_COUNTED_TOKENS else estimate
