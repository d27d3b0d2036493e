"""Nothing that people wrote to Coach in Teams, and none of their names, is in any log, whatever fails."""

import json
import subprocess
import sys

import pytest

from bot.logs import ROOT
from tests.teams_canary import MARK

FAILURES = 10


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """What the canary printed, and what it logged line by line."""
    command = [sys.executable, "-m", "tests.teams_canary", str(tmp_path_factory.mktemp("canary"))]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout, done.stderr.splitlines()


def test_no_line_of_any_failure_holds_what_people_wrote(canary):
    printed, lines = canary
    assert printed.count("happened") == FAILURES
    assert [line for line in lines if MARK in line] == []
    assert MARK not in printed


def test_every_failure_left_a_line(canary):
    lines = [json.loads(line) for line in canary[1]]
    expected = {
        "teams_not_kept",
        "form_failed",
        "teams_background_failed",
        "teams_form_not_opened",
        "teams_not_accepted",
        "teams_unknown_invoke",
        "teams_keys_not_fetched",
        "teams_card_refused",
        "undeliverable",
        "platform_disconnected",
        "handling_failed",
        "interaction",
    }
    assert expected <= {line["event"] for line in lines}
