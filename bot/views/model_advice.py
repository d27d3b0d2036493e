"""Words for whoever looks after Coach: what to do about a model that gives no answers."""

from coach.answer import Reply
from coach.model import FaultCode
from coach.phrase import Outcome

ADVICE: dict[str, str] = {
    FaultCode.UNAUTHORIZED: "The model's provider refused the key. Correct COACH_MODEL_KEY, or what the key may do.",
    FaultCode.NOT_FOUND: "The provider knows no such model or address. Correct COACH_MODEL or COACH_MODEL_URL.",
    FaultCode.CONNECT: "Nobody answered at the model's address. Correct COACH_MODEL_URL, or look at the network.",
    FaultCode.TIMEOUT: "The model took too long. Choose a faster one in COACH_MODEL, or look at its server.",
    FaultCode.RATE_LIMITED: "The provider takes no more calls for now. Look at the limits and credit of its account.",
    FaultCode.OVERLOADED: "The model's server fails. Look at the status of its provider.",
    FaultCode.REJECTED: "The model's provider refused the call. Look at COACH_MODEL, and the credit of its account.",
    FaultCode.CONTEXT_OVERFLOW: "The model reads too little at once. Choose one that reads 16,000 tokens.",
    FaultCode.BAD_ANSWER: "What answers is no model. Correct COACH_MODEL_URL: with openai it mostly ends in /v1.",
    FaultCode.EMPTY: "The model wrote nothing of use. Choose one that does not reason first.",
    FaultCode.BREAKER_OPEN: "The model failed five times in a minute, and is tried again every 30 seconds.",
    Outcome.NOT_TYPED: "The model does not write the JSON it is asked for. Choose a stronger one in COACH_MODEL.",
    Outcome.OVER_BUDGET: "The day's budget is used up. Raise COACH_MODEL_TOKENS_A_DAY or COACH_MODEL_MONEY_A_DAY.",
}


def advice(reply: Reply) -> str | None:
    """Return what to do about the model that did not phrase a reply, None where there is nothing to do."""
    use = reply.trace.model_use
    return ADVICE.get(use.outcome) if use is not None else None
