import pytest

from bot.views.model_advice import ADVICE, advice
from coach.answer import Answer, ModelUse, Trace
from coach.model import FaultCode
from coach.phrase import Outcome


def reply(outcome):
    use = ModelUse("openai:x", "phrase-0", "", outcome) if outcome else None
    return Answer(True, (), None, Trace(1, model_use=use))


@pytest.mark.parametrize("code", [code for code in FaultCode if code is not FaultCode.BUSY])
def test_every_fault_that_stays_says_what_to_do(code):
    assert advice(reply(code)) == ADVICE[code]


def test_nothing_is_to_be_done_about_a_model_that_works_or_is_not_there():
    for outcome in (None, Outcome.PHRASED, Outcome.INSUFFICIENT, Outcome.CONFLICT, Outcome.UNVERIFIED):
        assert advice(reply(outcome)) is None
