"""Nothing put into sops/ hangs Coach, fills its memory or leads it outside; its owner is told one thing to do."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.coach.bombs import BOMBS, READ, many_rules
from tests.support import SHARED, skip_or_fail

ROOT = Path(__file__).parents[2]
MOST_MEGABYTES = 512
QUICK_CPU_SECONDS, REAL_CPU_SECONDS = 4, 20


def read_in_a_process_of_its_own(folder, cpu_seconds):
    command = [sys.executable, "-m", "tests.coach.reading_run", str(folder), str(cpu_seconds)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT, timeout=600).stdout)


def is_one_clear_message(said):
    return said.endswith(".") and len(said) < 250 and "Traceback" not in said and "\n" not in said


@pytest.mark.parametrize(
    ("cpu_seconds", "bombs"),
    [
        (REAL_CPU_SECONDS, [bomb for bomb in BOMBS if bomb[1] is not many_rules]),
        (QUICK_CPU_SECONDS, [bomb for bomb in BOMBS if bomb[1] is many_rules]),
    ],
    ids=["real limits", "less time"],
)
def test_every_bomb_is_defused(tmp_path, cpu_seconds, bombs):
    for ending, make, _ in bombs:
        (tmp_path / f"{make.__name__}{ending}").write_bytes(make())
    outcome = read_in_a_process_of_its_own(tmp_path, cpu_seconds)
    expected = {f"{make.__name__}{ending}": said for ending, make, said in bombs}
    assert {name for name, said in expected.items() if said is READ} == outcome["read"].keys()
    assert [name for name, said in outcome["said"].items() if not said.startswith(expected[name])] == []
    assert [said for said in outcome["said"].values() if not is_one_clear_message(said)] == []
    assert outcome["children"]["megabytes"] <= MOST_MEGABYTES
    assert outcome["own_megabytes"] <= MOST_MEGABYTES
    assert not Path("/tmp/written").exists()


def test_the_hard_files_of_five_libraries_are_read_or_explained():
    folder = SHARED / "attacks" / "docs"
    if not folder.is_dir():
        skip_or_fail("../shared/attacks/docs is missing")
    outcome = read_in_a_process_of_its_own(folder, REAL_CPU_SECONDS)
    assert len(outcome["read"]) + len(outcome["said"]) == sum(
        file.suffix in (".docx", ".pdf") for file in folder.iterdir()
    )
    assert sum(name.endswith(".docx") for name in outcome["read"]) == 19
    assert {said for name, said in outcome["said"].items() if name.endswith(".docx")} == {
        "has no text to quote. Write the procedure or take the file out."
    }
    assert [said for said in outcome["said"].values() if not is_one_clear_message(said)] == []
    assert outcome["children"]["megabytes"] <= MOST_MEGABYTES
