"""A clock in a file: every process reads the same instant, and what is no instant is refused in one sentence."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.clock_file import FileClock, set_clock
from bot.settings import Settings
from metrics.errors import Refusal

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path, now):
    set_clock(tmp_path / "clock", now)
    return tmp_path / "clock"


def test_an_application_goes_by_the_clock_it_is_given(file, tmp_path, now):
    app = App(Settings(home=tmp_path / "home"), now=FileClock(file))
    assert app.now() == now
    set_clock(file, now + timedelta(hours=24))
    assert app.now() == now + timedelta(hours=24)
    app.close()


def test_without_one_it_goes_by_the_machines(tmp_path):
    app = App(Settings(home=tmp_path / "home"))
    assert abs(app.now() - datetime.now(UTC)) < timedelta(minutes=1)
    app.close()


def test_another_process_reads_the_same_instant(file, now):
    code = "import sys, pathlib, bot.clock_file as clock; print(clock.FileClock(pathlib.Path(sys.argv[1]))())"
    command = [sys.executable, "-c", code, str(file)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert datetime.fromisoformat(said) == now


def test_an_instant_of_another_zone_is_read_in_utc(file):
    file.write_text("2026-11-23T21:30:00+13:00\n")
    assert FileClock(file)() == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
    assert FileClock(file)().tzinfo is UTC


def test_one_that_runs_goes_on_from_when_it_was_written(file, now):
    an_hour_ago = file.stat().st_mtime - 3_600
    os.utime(file, (an_hour_ago, an_hour_ago))
    assert FileClock(file)() == now
    assert now + timedelta(hours=1) <= FileClock(file, runs=True)() < now + timedelta(hours=2)


@pytest.mark.parametrize("content", [None, "", "soon", "08:30", "2026-11-23T08:30:00", "\x00"])
def test_what_is_no_instant_is_refused(tmp_path, content):
    file = tmp_path / "clock"
    if content is not None:
        file.write_text(content)
    with pytest.raises(Refusal, match=r"holds no instant\. Write one such as 2026-11-23T08:30:00"):
        FileClock(file)
