"""Two people who are new to the trial that a module runs."""

import pytest


@pytest.fixture
def cara(trial):
    return trial.newcomer()


@pytest.fixture
def dan(trial):
    return trial.newcomer()
