"""Owns the token store: the states of every passage in one memory-mapped file, a copy of SQL that can be rebuilt."""

import fcntl
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from coach.embed import Vectors

FULL_SCALE = 127
FORMAT = "tokens-1"
ENDING = ".tokens"
UNFINISHED = ".unfinished"
LOCK = "lock"
States = NDArray[np.int8]

log = structlog.get_logger()


def packed(states: Vectors) -> States:
    """Return states [t, d] of length 1 in a byte a number: rows scaled so that their largest number is 127.

    A row keeps its direction (cosine .9998 or more on MiniLM); its length is 1 again once divided by what it has.
    """
    largest = np.abs(states).max(axis=1, keepdims=True, initial=0)
    scaled = np.divide(states * FULL_SCALE, largest, out=np.zeros_like(states), where=largest > 0)
    return np.asarray(np.round(scaled), dtype=np.int8)


@dataclass(frozen=True, eq=False)
class Tokens:
    """What a store must hold: `stamp` names the state, `counts` [n] are the tokens of each passage, in row order."""

    stamp: str
    counts: NDArray[np.int64]
    dimensions: int

    @property
    def header(self) -> bytes:
        """What a file of these begins with."""
        return f"{FORMAT} {self.stamp} {len(self.counts)} {self.counts.sum()} {self.dimensions}\n".encode()

    @property
    def file_bytes(self) -> int:
        """The size of a whole file: header, a checksum a passage, and the states."""
        return len(self.header) + 4 * len(self.counts) + int(self.counts.sum()) * self.dimensions


class TokenFile:
    """The states of all passages, mapped from a file that several processes may share; only what is asked is read.

    Each passage has a checksum of its own, looked at once when it is first read: checking the whole file would mean
    reading a gigabyte before the first answer.
    """

    def __init__(self, path: Path, tokens: Tokens) -> None:
        self._path = path
        mapped = np.memmap(path, dtype=np.uint8, mode="r")
        checksums_start = len(tokens.header)
        states_start = checksums_start + 4 * len(tokens.counts)
        self._checksums = mapped[checksums_start:states_start].view("<u4")
        self._states = mapped[states_start:].view(np.int8).reshape(-1, tokens.dimensions)
        self._ends = np.append(0, np.cumsum(tokens.counts))
        self._is_checked = np.zeros(len(tokens.counts), dtype=bool)

    def read(self, row: int) -> States | None:
        """Return the states [t, d] of a passage; None where the file was damaged, and then it is taken away."""
        states = self._states[self._ends[row] : self._ends[row + 1]]
        if not self._is_checked[row]:
            if zlib.crc32(states.data) != self._checksums[row]:
                log.warning("token_file_damaged", row=row)
                self._path.unlink(missing_ok=True)
                return None
            self._is_checked[row] = True
        return np.asarray(states)


def open_token_file(folder: Path, tokens: Tokens, read_all: Callable[[], Iterable[bytes]]) -> TokenFile | None:
    """Return the file of these tokens, written first where it is missing, truncated or of another state.

    `read_all` yields the packed states of each passage in row order. One process writes at a time; files of other
    states go. None where the folder cannot be written.
    """
    path = folder / f"{tokens.stamp}{ENDING}"
    try:
        if not _is_whole(path, tokens):
            folder.mkdir(parents=True, exist_ok=True)
            with _locked(folder):
                if not _is_whole(path, tokens):
                    _remove_others(folder, path.name)
                    _write(path, tokens, read_all())
        return TokenFile(path, tokens)
    except OSError as reason:
        log.warning("token_file_unavailable", reason=type(reason).__name__)
        return None


def _is_whole(path: Path, tokens: Tokens) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(tokens.header)) == tokens.header and path.stat().st_size == tokens.file_bytes
    except FileNotFoundError:
        return False


def _write(path: Path, tokens: Tokens, passages: Iterable[bytes]) -> None:
    handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
    with os.fdopen(handle, "wb") as file:
        file.write(tokens.header)
        file.write(bytes(4 * len(tokens.counts)))
        checksums = np.zeros(len(tokens.counts), dtype="<u4")
        for row, states in enumerate(passages):
            checksums[row] = zlib.crc32(states)
            file.write(states)
        file.seek(len(tokens.header))
        file.write(checksums.tobytes())
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def _remove_others(folder: Path, name: str) -> None:
    for path in (*folder.glob(f"*{ENDING}"), *folder.glob(f"*{UNFINISHED}")):
        if path.name != name:
            path.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
