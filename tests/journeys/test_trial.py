"""The newcomer's first minute: the sample company and the first conversation, as `make trial` plays it."""

import os
import re
import subprocess
import sys

from bot.company import read_folder
from bot.trial.conversation import FIRST_CONVERSATION, SAMPLE_COMPANY


def test_the_sample_company_is_clean():
    folder = read_folder(SAMPLE_COMPANY)
    assert folder.mistakes == ()
    assert folder.sops.rejected == ()
    assert folder.sops.notes == ()
    assert len(folder.sops.documents) >= 15
    assert len(folder.people or ()) == 25
    assert folder.shelf.rejected == ()
    assert len(folder.shelf.modules) >= 12


def test_the_conversation_comes_out_as_expected_twice(tmp_path):
    environment = {**os.environ, "COACH_HOME": str(tmp_path)}
    for _ in range(2):
        command = [sys.executable, "-m", "bot", "trial", "--once"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.count("── ") == len(FIRST_CONVERSATION) + 5
        assert "Unexpected" not in done.stderr
        assert "How do I handle a refund exception?" in done.stdout
        assert "What's the best next step after a no-show demo?" in done.stdout
        assert "It comes back on" in done.stdout
        assert re.search(r"You answered (\d+) of \1 right in the last 30 days\.", done.stdout)
        assert "2 of 3 need help: Jonah (not started) and Sofia (not started)." in done.stdout
    assert "0 SOPs added, 0 changed, 20 unchanged" in done.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("trial", "models")] == []
