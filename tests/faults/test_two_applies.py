"""Two people apply at once: one waits for the other, and what is stored is one folder whole."""

import random
from pathlib import Path

import pytest

from bot.app import App
from bot.commands.folder import load
from bot.settings import Settings
from coach.embed import WordHashEmbedder
from tests.faults.kill_apply import CHILDREN, agreement_in_child, stored_files, write_sop


def apply_as_command(home: str, url: str, folder: str) -> None:
    app = App(Settings(home=Path(home), database_url=url), embedder=WordHashEmbedder())
    load(app, Path(folder))
    app.close()


@pytest.mark.parametrize("times", [3])
def test_the_last_to_finish_is_stored_whole(database_url, tmp_path, times):
    home = tmp_path / "home"
    home.mkdir()
    source = random.Random(5)
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for number, folder in enumerate(folders):
        for sop in range(4):
            write_sop(folder, f"sop-{100 * number + sop:03}.md", source)
    for _ in range(times):
        children = [
            CHILDREN.Process(target=apply_as_command, args=(str(home), database_url, str(folder))) for folder in folders
        ]
        for child in children:
            child.start()
        for child in children:
            child.join()
        assert [child.exitcode for child in children] == [0, 0, 0]
        assert stored_files(database_url) in [{path.name for path in (f / "sops").iterdir()} for f in folders]
        assert agreement_in_child(home, database_url) == 0
