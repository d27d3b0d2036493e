"""Kills an apply at named points, applies again, and sees that SQL and index agree.

`python -m tests.faults.kill_apply --times 20` runs every point 20 times on SQLite and writes
benchmarks/faults.json; the test suite runs each point once on each database.
"""

import argparse
import json
import multiprocessing
import os
import random
import signal
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import chromadb
import numpy as np
from chromadb.api.client import Client
from chromadb.config import Settings as ChromaSettings
from sqlalchemy import func, select

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.database import Database
from bot.settings import Settings
from coach.embed import WordHashEmbedder
from coach.index.chroma import ChromaIndex
from coach.index.held import finds_itself
from coach.index.port import OnStep, Step, ignore
from coach.loaded import Newest
from coach.tables import PassageVector, SopDocument, SopPassage

POINTS = (
    "embedded",
    "written",
    "pruned",
    "measured",
    "committing",
    "committed",
    "index_opened",
    "index_removed",
    "index_added",
    "index_stamped",
    "tokens_written",
)
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
WORDS = (
    "refund till alarm delivery invoice demo customer grinder receipt shift lead stockroom allergen machine "
    "warranty repair quote discount complaint rota holiday key safe note label order return call handoff"
).split()
CHILDREN = multiprocessing.get_context("forkserver")
CHILDREN.set_forkserver_preload(["chromadb", "bot.app", "bot.company", "coach.index.chroma", "coach.lexical"])


@dataclass
class Tally:
    """What a series of kills showed."""

    kills: int = 0
    recovered: int = 0
    old_state: int = 0
    new_state: int = 0


def kill_at(point: str, occurrence: int) -> OnStep:
    """Return a follower that ends its own process with SIGKILL at the nth step of a name."""
    seen = Counter[str]()

    def follow(step: Step) -> None:
        seen[step.name] += 1
        if step.name == point and seen[point] == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    return follow


def apply_in_child(home: Path, url: str, folder: Path, point: str | None, occurrence: int) -> int | None:
    """Apply a folder in a process of its own; return its exit code (-9 when killed, None never)."""
    child = CHILDREN.Process(target=_apply, args=(str(home), url, str(folder), point, occurrence))
    child.start()
    child.join()
    return child.exitcode


def agreement_in_child(home: Path, url: str) -> int | None:
    """Open the index in a process of its own; return 0 when every passage finds itself there, as it ends."""
    child = CHILDREN.Process(target=_agree, args=(str(home), url))
    child.start()
    child.join()
    return child.exitcode


def kill_and_recover(home: Path, url: str, folder: Path, point: str, source: random.Random, tally: Tally) -> None:
    """Change a folder, kill its apply at `point`, apply again, and check SQL and index after each."""
    before = stored_files(url)
    change_folder(folder, source)
    after = {path.name for path in (folder / "sops").iterdir()}
    occurrence = source.choice((1, 1, 2)) if point in ("embedded", "written") else 1
    exit_code = apply_in_child(home, url, folder, point, occurrence)
    assert exit_code == -signal.SIGKILL, f"{point}: the apply ended with {exit_code} before the kill"
    found = stored_files(url)
    assert found in (before, after), f"{point}: half-ingested, {found} is neither {before} nor {after}"
    tally.kills += 1
    tally.old_state += found == before
    tally.new_state += found == after
    assert apply_in_child(home, url, folder, None, 0) == 0, f"{point}: the next apply failed"
    assert stored_files(url) == after, f"{point}: the next apply did not complete"
    ended = agreement_in_child(home, url)
    assert ended == 0, f"{point}: SQL and index disagree after the next apply (the check ended with {ended})"
    tally.recovered += 1


def start(home: Path, url: str, folder: Path, source: random.Random) -> None:
    """Fill a folder with SOPs and apply it once."""
    for number in range(12):
        write_sop(folder, f"sop-{number:03}.md", source)
    assert apply_in_child(home, url, folder, None, 0) == 0


def change_folder(folder: Path, source: random.Random) -> None:
    """Add two SOPs, change two and remove one, so that every kind of step occurs."""
    names = sorted(path.name for path in (folder / "sops").iterdir())
    removed, *changed = source.sample(names, 3)
    (folder / "sops" / removed).unlink()
    newest = max(int(name[4:7]) for name in names)
    for name in (*changed, f"sop-{newest + 1:03}.md", f"sop-{newest + 2:03}.md"):
        write_sop(folder, name, source)


def write_sop(folder: Path, name: str, source: random.Random) -> None:
    """Write an SOP of 60 sections of random words, enough for several embedding batches."""
    sections = [
        f"## {' '.join(source.choices(WORDS, k=3))} {number}\n\n{' '.join(source.choices(WORDS, k=40))}.\n"
        for number in range(24)
    ]
    path = folder / "sops" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\nowner: owner@example.com\n---\n# {name}\n\n" + "\n".join(sections))


def stored_files(url: str) -> set[str]:
    """Return the SOPs in SQL, after checking that each passage has its vectors."""
    database = Database(url)
    with database.session() as session:
        passages = session.scalar(select(func.count()).select_from(SopPassage))
        with_vectors = session.scalar(
            select(func.count())
            .select_from(SopPassage)
            .join(PassageVector, PassageVector.text_hash == SopPassage.text_hash)
        )
        assert passages == with_vectors
        files = set(session.scalars(select(SopDocument.file)))
    database.close()
    return files


def _app(home: str, url: str) -> App:
    return App(Settings(home=Path(home), database_url=url), embedder=WordHashEmbedder())


def _apply(home: str, url: str, folder: str, point: str | None, occurrence: int) -> None:
    app = _app(home, url)
    on_step = kill_at(point, occurrence) if point else ignore
    read = read_folder(Path(folder), on_step=on_step)
    app.database.upgrade()
    apply_folder(read, app.database, app.embedder, NOW, on_step)
    assert app.bring_index_up(on_step)
    app.close()


def _agree(home: str, url: str) -> None:
    app = _app(home, url)
    client = chromadb.PersistentClient(str(Path(home) / "chroma"), settings=ChromaSettings(anonymized_telemetry=False))
    index = ChromaIndex(client, app.index_version())
    with closing(cast("Client", client)), app.database.session() as session:
        loaded = Newest(app.embedder, None, Path(home) / "tokens").get(session, ignore, None)
        content, rows = loaded.snapshot.content, np.arange(loaded.snapshot.ids.size)
        assert index.stamp() == content.stamp, "the index holds another state"
        assert finds_itself(index, content), "a passage does not find itself"
        from_sql = replace(loaded, token_file=None).states(session, rows)
        assert loaded.token_file is not None, "there is no token file"
        for kept, wanted in zip(loaded.states(session, rows), from_sql, strict=True):
            assert np.array_equal(kept, wanted), "the token file holds other states"
        assert len(list((Path(home) / "tokens").iterdir())) == 2, "half a token file was left behind"
    app.close()


def _series(point: str, times: int, on_kill: Callable[[], None]) -> Tally:
    tally, source = Tally(), random.Random(f"{point} 2026")
    with tempfile.TemporaryDirectory(prefix="coach-faults-") as scratch:
        home, folder = Path(scratch) / "home", Path(scratch) / "company"
        home.mkdir()
        url = f"sqlite:///{home / 'coach.db'}"
        start(home, url, folder, source)
        for _ in range(times):
            kill_and_recover(home, url, folder, point, source, tally)
            on_kill()
    return tally


def main() -> None:
    """Run every point and write what was seen."""
    from rich.progress import Progress

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    times = parser.parse_args().times
    with Progress() as bars:
        bar = bars.add_task("Killing applies", total=times * len(POINTS))
        # One after the other: multiprocessing mixes up exit codes when threads share it.
        tallies = {point: _series(point, times, lambda: bars.advance(bar)) for point in POINTS}
    result = {point: vars(tally) for point, tally in tallies.items()}
    Path("benchmarks/faults.json").write_text(json.dumps(result, indent=2) + "\n")
    print(f"{'killed at':16} kills  recovered  old state  new state")
    for point, tally in tallies.items():
        print(f"{point:16} {tally.kills:5} {tally.recovered:10} {tally.old_state:10} {tally.new_state:10}")


if __name__ == "__main__":
    main()
