"""The prediction of recall starts as the memory model's, learns answer by answer, and never from what it predicts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.recalibration import (
    FEATURES,
    RECALIBRATION,
    Histories,
    History,
    Recalibration,
    learn,
    predict,
    predict_all,
)

histories = st.builds(
    History,
    recall=st.floats(0.01, 1),
    right=st.integers(0, 50),
    wrong=st.integers(0, 50),
    was_right=st.booleans(),
    gap_days=st.floats(0, 400),
)
USUAL = History(recall=0.8, right=2, wrong=1, was_right=True, gap_days=3)


def test_before_any_answer_the_memory_model_speaks_alone():
    assert predict(Recalibration(), USUAL) == pytest.approx(0.8)
    assert len(FEATURES) == len(Recalibration().weights) == len(Recalibration().covariance)


def test_somebody_who_forgets_more_than_the_model_thinks_is_predicted_so_after_some_answers():
    model = Recalibration()
    for number in range(60):
        model = learn(model, USUAL, is_right=number % 2 == 0)
    assert predict(model, USUAL) == pytest.approx(0.5, abs=0.1)
    assert (model.answered, model.right) == (60, 30)


def test_what_is_repeated_the_same_morning_teaches_nothing():
    soon = replace(USUAL, gap_days=0.1)
    assert learn(Recalibration(), soon, is_right=False) == Recalibration()
    assert predict(learn(Recalibration(), USUAL, is_right=False), soon) == soon.recall


@given(st.lists(st.tuples(histories, st.booleans()), max_size=30), histories)
def test_a_prediction_is_always_a_chance_and_survives_storage(log, history):
    model = Recalibration()
    for each, is_right in log:
        model = learn(model, each, is_right)
    assert 0 <= predict(model, history) <= 1
    stored = RECALIBRATION.validate_python(RECALIBRATION.dump_python(model, mode="json"))
    assert predict(stored, history) == predict(model, history)


@given(st.lists(st.tuples(histories, st.booleans()), max_size=10), histories)
def test_a_right_answer_never_lowers_the_next_prediction_for_the_same_history(log, history):
    model = Recalibration()
    for each, is_right in log:
        model = learn(model, each, is_right)
    right, wrong = (learn(model, history, is_right) for is_right in (True, False))
    # The usual share right is a feature too; it is held here, so that only the weights differ.
    held = {"answered": model.answered, "right": model.right}
    before = predict(model, history)
    assert predict(replace(wrong, **held), history) - 1e-9 <= before <= predict(replace(right, **held), history) + 1e-9


@given(st.lists(st.tuples(histories, st.booleans(), histories), max_size=12))
def test_many_predictions_at_once_are_each_the_one_alone(log):
    models, model = [], Recalibration()
    for each, is_right, _ in log:
        model = learn(model, each, is_right)
        models.append(model)
    asked = [history for _, _, history in log]
    fields = ("recall", "right", "wrong", "was_right", "gap_days")
    together = Histories(*(np.array([getattr(history, name) for history in asked]) for name in fields))
    alone = [predict(model, history) for model, history in zip(models, asked, strict=True)]
    assert predict_all(models, range(len(asked)), together).tolist() == pytest.approx(alone, abs=1e-12)
