"""The README says what is true: its commands, its settings, and its sample exchange."""

import os
import re
import subprocess
import sys
from pathlib import Path

from bot.__main__ import cli
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_command_is_in_the_table_and_no_other():
    listed = set(re.findall(r"^\| `coach ([\w-]+)` \|", README, re.MULTILINE))
    assert listed == {command.name for command in cli.registered_commands}


def test_every_setting_is_in_the_table_and_no_other():
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert listed == {_variable(name) for name in Settings.model_fields}


def _variable(name: str) -> str:
    return name.upper() if name.startswith(("slack_", "teams_")) else f"COACH_{name.upper()}"


def test_every_make_target_has_help():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):(?!=)", makefile, re.MULTILINE))
    assert {"setup", "trial", "test", "check", "bench", "faults", "clean"} <= targets
    assert targets == set(re.findall(r"^([a-z]+):.*## \S", makefile, re.MULTILINE))


def test_links_lead_somewhere():
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not (ROOT / link).exists()] == []


def test_the_sample_exchange_is_what_the_trial_prints(tmp_path):
    command = [sys.executable, "-m", "bot", "trial", "--once"]
    environment = {**os.environ, "COACH_HOME": str(tmp_path)}
    printed = subprocess.run(command, capture_output=True, text=True, env=environment, check=True).stdout
    samples = re.findall(r"```text\n(.*?)```", README, re.DOTALL)[:2]
    for block in (block.strip() for sample in samples for block in sample.split("\n\n")):
        assert block in printed
