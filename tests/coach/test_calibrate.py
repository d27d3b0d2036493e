"""Thresholds measured on a company's own sections: ordered bands, a rising confidence, plain JSON."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.calibrate import FIXED, FIXED_HIGH, FIXED_LOW, MIN_SECTIONS, Band, Calibration, calibrate

signals = st.floats(0, 1)
samples = st.integers(MIN_SECTIONS, 80).flatmap(
    lambda size: st.tuples(
        st.lists(signals, min_size=size, max_size=size), st.lists(signals, min_size=size, max_size=size)
    )
)
ORDER = [Band.NOT_COVERED, Band.UNCERTAIN, Band.ANSWERED]


@pytest.mark.parametrize("size", [0, 1, MIN_SECTIONS - 1])
def test_few_sections_take_the_fixed_thresholds_and_no_confidence(size):
    calibration = calibrate([0.9] * size, [0.1] * size)
    assert calibration == FIXED
    assert calibration.confidence(0.9) is None


def test_thirty_sections_are_measured():
    calibration = calibrate([0.5 + place / 100 for place in range(30)], [0.2] * 30)
    assert calibration.low == pytest.approx(0.529)
    assert calibration.high == pytest.approx(0.5725)
    assert calibration.confidence(0.9) > 0.9
    assert calibration.confidence(0.1) < 0.1


def test_masked_neighbours_that_look_alike_raise_the_upper_threshold():
    assert calibrate([0.6] * 40, [0.8] * 40).high == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("signal", "band"),
    [
        (FIXED_HIGH, Band.ANSWERED),
        (FIXED_HIGH - 1e-06, Band.UNCERTAIN),
        (FIXED_LOW, Band.UNCERTAIN),
        (FIXED_LOW - 1e-06, Band.NOT_COVERED),
        (0.0, Band.NOT_COVERED),
    ],
)
def test_bands_begin_at_their_threshold(signal, band):
    assert FIXED.band(signal) is band


@settings(max_examples=100, deadline=None)
@given(samples, signals, signals)
def test_a_higher_signal_is_never_a_lower_band_or_confidence(sample, one, other):
    calibration = calibrate(*sample)
    low, high = sorted([one, other])
    assert calibration.low <= calibration.high
    assert ORDER.index(calibration.band(low)) <= ORDER.index(calibration.band(high))
    assert 0 <= calibration.confidence(low) <= calibration.confidence(high) <= 1


@settings(max_examples=50, deadline=None)
@given(samples)
def test_json_brings_it_back(sample):
    for calibration in (calibrate(*sample), FIXED):
        assert Calibration.from_json(json.loads(json.dumps(calibration.to_json()))) == calibration
