import json
import logging
import subprocess
import sys

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.database import Database
from bot.logs import ROOT, ReducedHandler, log_bug
from tests.canary import MARK


def library_logs(words, *given, error=None):
    """Return what becomes of a line that a library logs."""
    record = logging.LogRecord("a.library", logging.ERROR, __file__, 42, words, given, error)
    with capture_logs() as lines:
        ReducedHandler().handle(record)
    (line,) = lines
    return line


def test_a_library_s_line_is_reduced_to_where_it_was_logged():
    assert library_logs("the card of %s", "Leila") == {
        "event": "library_logged",
        "log_level": "error",
        "logger": "a.library",
        "where": "tests/bot/test_logs.py:42",
    }


def test_a_library_s_error_keeps_its_type():
    error = ValueError("the name was Leila")
    line = library_logs("failed: %s", error, error=(ValueError, error, None))
    assert line["error"] == "ValueError"
    assert "Leila" not in json.dumps(line)


def test_a_line_that_cannot_be_formatted_does_no_harm(capsys):
    assert library_logs("%d cards", "Leila")["where"] == "tests/bot/test_logs.py:42"
    assert capsys.readouterr() == ("", "")


def test_a_bug_is_logged_by_type_and_frames():
    def inner():
        raise KeyError("Leila")

    def outer():
        try:
            inner()
        except KeyError as error:
            raise RuntimeError("no Leila") from error

    with capture_logs() as lines:
        try:
            outer()
        except RuntimeError as error:
            log_bug("handling_failed", error, "ab12")
    (line,) = lines
    assert (line["event"], line["reference"], line["log_level"]) == ("handling_failed", "ab12", "error")
    assert line["error"] == "RuntimeError from KeyError"
    assert [frame.rsplit(":", 1)[1] for frame in line["frames"]] == [
        "test_a_bug_is_logged_by_type_and_frames",
        "outer",
    ]
    assert line["frames"][1].startswith("tests/bot/test_logs.py:")
    assert "Leila" not in json.dumps(line)


def test_frames_of_libraries_name_the_library_and_no_machine(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'coach.db'}")
    with capture_logs() as lines, pytest.raises(OperationalError) as raised, database.session() as session:
        session.execute(text("SELECT 'Leila' FROM nowhere"))
    database.close()
    with capture_logs() as lines:
        log_bug("sql_failed", raised.value, "ab12")
    frames = lines[0]["frames"]
    assert any(frame.startswith("sqlalchemy/") for frame in frames)
    assert not any(frame.startswith("/") for frame in frames)
    assert "Leila" not in json.dumps(lines)


def test_an_error_that_was_never_raised_has_no_frames():
    with capture_logs() as lines:
        log_bug("handling_failed", ValueError("Leila"), "ab12")
    assert lines[0]["frames"] == []


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """What the canary printed, and what it logged line by line."""
    folder = tmp_path_factory.mktemp("canary")
    command = [sys.executable, "-m", "tests.canary", str(folder)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, timeout=120, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr.splitlines()


def test_no_line_of_any_failure_holds_what_people_wrote(canary):
    printed, lines = canary
    assert printed.count("happened") == 12
    assert [line for line in lines if MARK in line] == []


def test_every_failure_left_a_line(canary):
    lines = [json.loads(line) for line in canary[1]]
    events = {line["event"] for line in lines}
    assert events == {
        "canary_failed",
        "library_logged",
        "library_warned",
        "thread_died",
        "sql_failed",
        "slack_not_kept",
        "form_failed",
        "slack_form_not_opened",
        "slack_not_accepted",
    }
    loggers = {line["logger"] for line in lines if line["event"] == "library_logged"}
    assert {"some.library", "talkative", "asyncio", "bot.slack.bolt"} <= loggers
