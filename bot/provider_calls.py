"""Owns what calls to providers share: their addresses, one loop for all, and every failure as one of our codes."""

import asyncio
import functools
import threading

from coach.model import FaultCode

ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "ollama": "http://127.0.0.1:11434",
    "azure_openai": None,
}
STATUS_CODES = {
    401: FaultCode.UNAUTHORIZED,
    403: FaultCode.UNAUTHORIZED,
    404: FaultCode.NOT_FOUND,
    408: FaultCode.TIMEOUT,
    413: FaultCode.CONTEXT_OVERFLOW,
    429: FaultCode.RATE_LIMITED,
}


def fault_code(error: Exception) -> FaultCode:
    """Return why a provider's library, or the wire, failed."""
    from langchain_core.exceptions import ContextOverflowError

    kinds = {kind.__name__ for kind in type(error).__mro__}
    status = getattr(error, "status_code", None)
    if isinstance(error, ContextOverflowError) or (status in (400, 422, 500) and _speaks_of_context(error)):
        return FaultCode.CONTEXT_OVERFLOW
    if kinds & {"LengthFinishReasonError", "ContentFilterFinishReasonError"}:
        return FaultCode.EMPTY
    if isinstance(error, TimeoutError) or any("Timeout" in kind for kind in kinds):
        return FaultCode.TIMEOUT
    if isinstance(status, int):
        if status >= 500:
            return FaultCode.OVERLOADED
        return STATUS_CODES.get(status, FaultCode.REJECTED if status >= 400 else FaultCode.BAD_ANSWER)
    if isinstance(error, OSError) or kinds & {"APIConnectionError", "TransportError"}:
        return FaultCode.CONNECT
    return FaultCode.BAD_ANSWER


def _speaks_of_context(error: Exception) -> bool:
    said = str(error).lower()
    return "context" in said and any(word in said for word in ("length", "size", "window", "exceed"))


@functools.cache
def loop() -> asyncio.AbstractEventLoop:
    """Return the loop that calls to providers run on."""
    # One for the process: providers' libraries share connections among their clients, and those belong to a loop.
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="provider-calls", daemon=True).start()
    return made
