"""A person has verified words or labelled quotes whatever a model does: each fault once, over a real wire."""

import random

import pytest

from tests.faults.model_faults import KINDS, Tally, breaker


@pytest.fixture(scope="module")
def broken():
    with breaker(random.Random(7)) as broken:
        yield broken


@pytest.mark.parametrize("kind", KINDS)
def test_a_person_has_verified_words_or_labelled_quotes(broken, kind):
    tally = Tally()
    reply = broken.ask(kind, tally, budget_seconds=5.0 if "good" in kind else 1.2)
    assert (tally.unlabelled, tally.wrong) == (0, 0)
    assert tally.verified + tally.extracts + tally.not_covered == 1
    assert (reply.trace.model_use.outcome == "phrased") is (tally.verified == 1)
    assert tally.requests <= 4
