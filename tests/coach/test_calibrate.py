"""A confidence on the company's own scale: between 0 and 1, rising with what speaks for it, plain JSON."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.calibrate import FIXED, MIN_SECTIONS, Calibration, calibrate
from coach.signals import NAMES, Signals
from tests.strategies import many

cosines = st.floats(-1, 1)
some_signals = st.builds(Signals, cosines, cosines, cosines, cosines, st.floats(0, 1))
companies = st.lists(some_signals, min_size=MIN_SECTIONS, max_size=MIN_SECTIONS + 10).map(calibrate)
USUAL = Signals(window=0.5, foreign=0.3, needed=0.02, alone=0.25, absent=0.0)


@pytest.mark.parametrize("sections", [0, 1, MIN_SECTIONS - 1])
def test_few_sections_take_the_fixed_scale_and_still_give_a_confidence(sections):
    calibration = calibrate([USUAL] * sections)
    assert calibration == FIXED
    assert calibration.sections == 0
    assert 0.5 < calibration.confidence(USUAL) < 1


def test_hidden_sections_give_the_scale():
    hidden = [replace(USUAL, window=0.4 + place / 100) for place in range(MIN_SECTIONS)]
    calibration = calibrate(hidden)
    assert calibration.sections == MIN_SECTIONS
    assert calibration.scale.centre[0] == pytest.approx(np.mean([each.window for each in hidden]), abs=1e-3)
    assert calibration.scale.spread[0] == pytest.approx(np.std([each.window for each in hidden]), abs=1e-3)
    assert min(calibration.scale.spread) > 0


@many
@given(st.one_of(st.just(FIXED), companies), some_signals, st.sampled_from(NAMES), st.floats(0, 0.5))
def test_what_speaks_for_an_answer_raises_the_confidence_and_what_speaks_against_lowers_it(
    calibration, signals, name, by
):
    before = calibration.confidence(signals)
    after = calibration.confidence(replace(signals, **{name: getattr(signals, name) + by}))
    assert 0 <= before <= 1
    assert (after >= before) if name in ("window", "needed") else (after <= before)


@many
@given(st.lists(some_signals, min_size=MIN_SECTIONS, max_size=MIN_SECTIONS), some_signals, st.floats(0.3, 3))
def test_an_embedder_with_other_cosines_gives_the_same_confidence(hidden, asked, factor):
    def elsewhere(signals: Signals) -> Signals:
        moved = {name: factor * value + 0.2 for name, value in signals.as_record().items() if name != "absent"}
        return replace(signals, **moved)

    values = np.array([list(each.as_record().values()) for each in hidden])
    if values.std(axis=0).min() * factor < 0.1 or values.std(axis=0).min() < 0.1:
        return
    here, there = calibrate(hidden), calibrate([elsewhere(each) for each in hidden])
    assert there.confidence(elsewhere(asked)) == pytest.approx(here.confidence(asked), abs=0.02)


@many
@given(st.one_of(st.just(FIXED), companies))
def test_json_brings_it_back(calibration):
    assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration


def test_what_an_earlier_coach_measured_is_not_taken_for_a_scale():
    earlier = {"low": 0.4, "high": 0.5, "slope": 9.0, "intercept": -3.0, "covered": [0.5], "masked": [0.2]}
    assert Calibration.from_json(earlier) == FIXED
