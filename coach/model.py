"""Owns the LanguageModel port: one prompt in, one completion out, with an implementation that follows a script."""

import hashlib
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

# Three bytes a token is on the dear side for English, so that budgets and context windows are never overrun.
BYTES_A_TOKEN = 3
MOST_TOKENS_OUT = 1_500
# No text of that many tokens is longer; a server that writes on regardless is neither read nor sent its words again.
MOST_REPLY_BYTES = 8 * MOST_TOKENS_OUT
MAX_TRIES = 2
MAX_COMPLAINT_TOKENS = 1_000


class FaultCode(StrEnum):
    """Why there is no completion; `busy` and `breaker_open` are ours, the rest the provider's or the wire's."""

    TIMEOUT = "timeout"
    CONNECT = "connect"
    UNAUTHORIZED = "unauthorized"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    CONTEXT_OVERFLOW = "context_overflow"
    REJECTED = "rejected"
    BAD_ANSWER = "bad_answer"
    EMPTY = "empty"
    BUSY = "busy"
    BREAKER_OPEN = "breaker_open"


# A provider charges for what it read and wrote, though it was of no use or nobody waited for it.
CHARGED = frozenset({FaultCode.TIMEOUT, FaultCode.EMPTY, FaultCode.BAD_ANSWER})
WORTH_RETRYING = frozenset({FaultCode.CONNECT, FaultCode.RATE_LIMITED, FaultCode.OVERLOADED})


class ModelFault(Exception):
    """A model gave no completion. Holds its code alone: what a provider says may quote keys or questions.

    `tokens_in` and `tokens_out` are what a provider says it counted all the same.
    """

    def __init__(self, code: FaultCode, tokens_in: int = 0, tokens_out: int = 0) -> None:
        super().__init__(code.value)
        self.code = code
        self.tokens_in, self.tokens_out = tokens_in, tokens_out

    def charged(self, prompt: "Prompt") -> tuple[int, int]:
        """Return the tokens sent and written that a failed call counts: the most it can be where nobody said."""
        if self.code not in CHARGED:
            return 0, 0
        return self.tokens_in or prompt.tokens, self.tokens_out or MOST_TOKENS_OUT

    @property
    def is_worth_retrying(self) -> bool:
        """Whether the same prompt may succeed a moment later."""
        return self.code in WORTH_RETRYING


@dataclass(frozen=True)
class Prompt:
    """What a model is sent; `version` names the template it was made from."""

    system: str
    user: str
    version: str

    @property
    def hash(self) -> str:
        """SHA-256 over everything that is sent, in hexadecimal."""
        return hashlib.sha256(json.dumps([self.system, self.user]).encode()).hexdigest()

    @property
    def tokens(self) -> int:
        """About how many tokens are sent, rather too many than too few."""
        return estimated_tokens(self.system) + estimated_tokens(self.user)


@dataclass(frozen=True)
class Completion:
    """What a model wrote, and what it was paid for."""

    text: str
    tokens_in: int
    tokens_out: int


class Repairable:
    """What is asked with a `prompt`, and may be asked once more with what was wrong."""

    prompt: Prompt

    @property
    def most_tokens_in(self) -> int:
        """About the most tokens that will be sent, over all tries."""
        return MAX_TRIES * self.prompt.tokens + MOST_TOKENS_OUT + MAX_COMPLAINT_TOKENS

    @property
    def most_tokens_out(self) -> int:
        """About the most tokens that will be written, over all tries."""
        return MAX_TRIES * MOST_TOKENS_OUT


class LanguageModel(Protocol):
    """Continues a prompt."""

    @property
    def name(self) -> str:
        """Names provider and model, as in `openai:gpt-x`."""

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Completion:
        """Return what the model writes, or give up when `timeout_seconds` have passed in all.

        A completion is never blank, and has MOST_REPLY_BYTES at most. Raises ModelFault.
        """


def estimated_tokens(text: str) -> int:
    """Return about how many tokens a text has, for budgets and where a provider does not count."""
    return -(-len(text.encode()) // BYTES_A_TOKEN)


Reply = str | ModelFault | Callable[[Prompt], str]


class ScriptedModel:
    """Gives the replies it was built with, one a prompt: words, a fault to raise, or what writes words from the prompt.

    `prompts` and `timeouts` are what it was asked with, in order.
    """

    name = "scripted:script"

    def __init__(self, *replies: Reply) -> None:
        self._replies = deque(replies)
        self.prompts: list[Prompt] = []
        self.timeouts: list[float] = []

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Completion:
        """Return the next reply. Raises ModelFault where the script says so, IndexError at its end."""
        self.prompts.append(prompt)
        self.timeouts.append(timeout_seconds)
        reply = self._replies.popleft()
        if isinstance(reply, ModelFault):
            raise reply
        text = reply(prompt) if callable(reply) else reply
        if not text.strip():
            raise ModelFault(FaultCode.EMPTY)
        return Completion(text, prompt.tokens, estimated_tokens(text))
