"""Owns the processes of a journey: started, waited for, killed and ended."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COACH = (sys.executable, "-m", "bot")
START_SECONDS = 90
END_SECONDS = 15
OURS = ("COACH_", "SLACK_", "TEAMS_")


@dataclass
class Process:
    """A process in a folder that is ready once `ready_url` answers; what it prints is added to `printed`."""

    command: Sequence[str]
    folder: Path
    ready_url: str
    environment: Mapping[str, str]
    child: subprocess.Popen | None = None

    @property
    def printed(self) -> Path:
        return self.folder / "printed.log"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self.printed.open("a") as file:
            self.child = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        until = time.monotonic() + START_SECONDS
        while not _answers(self.ready_url):
            if self.child.poll() is not None or time.monotonic() > until:
                # The Teams client says why it ended in a file of its own.
                logs = "\n".join(path.read_text() for path in sorted(self.folder.rglob("*.log")))
                raise AssertionError(f"{self.ready_url} does not answer:\n{logs}")
            time.sleep(0.2)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.child.kill()
        self.child.wait()

    def end(self) -> None:
        """Ask it to end, and see to it that it does."""
        if self.child is not None:
            end(self.child)


@contextmanager
def running(command: Sequence[str], folder: Path, ready_url: str, environment: Mapping[str, str]) -> Iterator[Process]:
    """Run a process in a folder until leaving, once it answers."""
    process = Process(command, folder, ready_url, environment)
    try:
        process.start()
        yield process
    finally:
        process.end()


def running_coach(
    folder: Path, company: Path, port: int, settings: Mapping[str, str]
) -> AbstractContextManager[Process]:
    """Run Coach with a company, as `coach serve` runs it, its data below the folder; `settings` are its platform's."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
        "PYTHONPATH": str(ROOT),
        "COACH_HOME": str(folder / "home"),
        "COACH_PORT": str(port),
        **settings,
    }
    subprocess.run([*COACH, "apply", str(company)], env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return running([*COACH, "serve"], folder, f"http://127.0.0.1:{port}/readyz", environment)


def end(child: subprocess.Popen) -> None:
    """Ask a child to end, and kill it where it does not."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
