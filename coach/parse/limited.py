"""Owns the reading of documents in a child process without network and files, which dies at its limits."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import Signals
from threading import Timer
from types import TracebackType
from typing import IO, Any, Self, cast

from coach.reading import Heading, Hidden, Reading, Rejected, refuse_large

# What is read nowhere else, however short.
ENDINGS = frozenset({".docx", ".htm", ".html", ".pdf", ".xlsx"})
IMPORT_ROOT = Path(__file__).parents[2]
# Ten megabytes of text, and headings, notes and JSON's own marks beside it.
MAX_REPLY_BYTES = 40 * 1024 * 1024
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """What one document may take: memory of the whole child, CPU and wall time from its first byte to its reading.

    `reply_bytes` is how much the child may say of it.
    """

    memory_bytes: int = 512 * MEGABYTE
    cpu_seconds: int = 20
    wall_seconds: float = 30
    reply_bytes: int = MAX_REPLY_BYTES


class _Child:
    """One child and whether it was stopped for the time it took; `files_read` counts what it has behind it."""

    def __init__(self, limits: Limits, import_root: Path) -> None:
        self._limits = limits
        command = [sys.executable, "-E", "-s", "-m", "coach.parse.child"]
        self.process = subprocess.Popen(
            [*command, str(limits.memory_bytes), str(limits.cpu_seconds)],
            cwd=import_root,
            # No token of ours is in the reach of a document. Threads of a linear algebra library take address space.
            env={"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.files_read = 0
        self.is_overdue = False

    def ask(self, ending: str, data: bytes) -> bytes:
        """Return the line it replies with, b"" when it died."""
        asked, replies = cast("IO[bytes]", self.process.stdin), cast("IO[bytes]", self.process.stdout)
        with self._killed_after(self._limits.wall_seconds):
            # A child without memory for the document says so before it has taken it in.
            with suppress(BrokenPipeError):
                asked.write(json.dumps({"ending": ending, "size": len(data)}).encode() + b"\n" + data)
                asked.flush()
            return replies.readline(self._limits.reply_bytes + 1)

    def end(self) -> int:
        """Make sure that it is gone and return its exit code, negative for a signal."""
        self.process.kill()
        with self.process:
            return self.process.wait()

    @contextmanager
    def _killed_after(self, seconds: float) -> Iterator[None]:
        def kill() -> None:
            self.is_overdue = True
            self.process.kill()

        timer = Timer(seconds, kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


class LimitedReader:
    """Reads documents one after another in one child, begun when first needed and anew after a death."""

    def __init__(self, limits: Limits | None = None, import_root: Path = IMPORT_ROOT) -> None:
        """`import_root` is the folder the child finds its program in."""
        self._limits, self._import_root = limits or Limits(), import_root
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end_child()

    def read(self, ending: str, data: bytes) -> Reading:
        """Return what a document says; `ending` is one the child knows. Raises Rejected for what cannot be read."""
        refuse_large(data)
        child = self._child = self._child or _Child(self._limits, self._import_root)
        is_fresh = child.files_read == 0
        child.files_read += 1
        line = child.ask(ending, data)
        if line.endswith(b"\n"):
            reply = json.loads(line)
            if "reading" in reply:
                return _reading(reply["reading"])
            if not reply["is_out_of_memory"]:
                raise Rejected(reply["rejected"])
        code = self._end_child()
        if not (is_fresh or child.is_overdue or code == -Signals.SIGXCPU):
            # Memory left in pieces by earlier documents is not the fault of this one.
            return self.read(ending, data)
        raise Rejected(self._reason_of_death(child, code, line))

    def _reason_of_death(self, child: _Child, code: int, line: bytes) -> str:
        limits = self._limits
        if len(line) > limits.reply_bytes:
            return "holds more text than Coach reads of one file. Split it into one file a procedure."
        if child.is_overdue:
            return f"takes too long to read (more than {limits.wall_seconds:.0f} seconds). Split it or export it anew."
        if code == -Signals.SIGXCPU:
            return (
                f"takes too long to read (more than {limits.cpu_seconds} seconds of work). Split it or export it anew."
            )
        if line:
            return f"needs more memory than the {limits.memory_bytes // MEGABYTE} MB one document may take. Split it."
        return "stops its reader, as damaged files do. Open it, save a copy and put that into the folder."

    def _end_child(self) -> int:
        child, self._child = self._child, None
        return child.end() if child else 0


def read_once(ending: str, data: bytes) -> Reading:
    """Read a single document in a child of its own. Raises Rejected for what cannot be read."""
    with LimitedReader() as reader:
        return reader.read(ending, data)


def _reading(stated: dict[str, Any]) -> Reading:
    return Reading(
        **{
            **stated,
            "headings": tuple(Heading(**heading) for heading in stated["headings"]),
            "section_facts": tuple(stated["section_facts"]),
            "hidden": tuple(Hidden(**hidden) for hidden in stated["hidden"]),
            "notes": tuple(stated["notes"]),
        }
    )
