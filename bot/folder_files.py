"""Owns which files of a company folder are read: what is passed over, what is refused and why, links that lead out."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coach.ingest import Rejection
from coach.reading import INVISIBLE, MAX_BYTES, Rejected

PASSED_OVER = (".", "~")
# What a file's name may have in SQL.
MOST_CHARACTERS = 1_000


class Contents(Mapping[str, bytes]):
    """What files hold, by name; each is read when it is asked for, so that a large folder needs no large memory.

    Of a file that is too large no more is read than shows it. Raises Rejected for one that cannot be opened.
    """

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def __getitem__(self, file: str) -> bytes:
        try:
            with self._paths[file].open("rb") as opened:
                return opened.read(MAX_BYTES + 1)
        except OSError as error:
            raise Rejected(f"cannot be opened ({error.strerror}). Correct its permissions.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@dataclass(frozen=True)
class Found:
    """The files of a folder, named relative to it with forward slashes.

    `unread` are of a kind that is not wanted; `mistakes` are sentences on folders whose files nobody knows.
    """

    contents: Contents
    rejected: tuple[Rejection, ...]
    unread: tuple[str, ...]
    mistakes: tuple[str, ...]


def files_in(folder: Path, root: Path, is_wanted: Callable[[str], bool]) -> Found:
    """Return the files of a folder below `root`, by name; hidden and temporary ones are passed over."""
    files, rejected, unread = {}, [], []
    paths, mistakes = _walked(folder)
    for path in paths:
        file = path.relative_to(folder).as_posix()
        if not _is_storable(file):
            rejected.append(Rejection(ascii(file), "has a name that is not UTF-8. Rename it."))
        elif INVISIBLE.search(file) or "\n" in file:
            rejected.append(Rejection(ascii(file), "has a name with characters that nobody sees. Rename it."))
        elif leads_outside(path, root):
            rejected.append(
                Rejection(file, f"is a link to outside the company folder. Copy the file itself into {folder.name}/.")
            )
        elif path.is_symlink() and path.is_dir():
            rejected.append(Rejection(file, f"is a link to a folder. Copy the files themselves into {folder.name}/."))
        elif path.is_file() and len(file) > MOST_CHARACTERS:
            rejected.append(
                Rejection(f"{file[:80]}…", f"has a path of more than {MOST_CHARACTERS:,} characters. Shorten it.")
            )
        elif path.is_file() and is_wanted(file):
            files[file] = path
        elif path.is_symlink():
            rejected.append(Rejection(file, f"is a link to nothing. Copy the file itself into {folder.name}/."))
        elif path.is_file():
            unread.append(file)
    return Found(Contents(files), tuple(rejected), tuple(unread), mistakes)


def leads_outside(path: Path, root: Path) -> bool:
    """Say whether a path is a link that ends outside a folder, given by its real path."""
    return path.is_symlink() and not real(path).is_relative_to(root)


def real(path: Path) -> Path:
    """Return a path without links in it."""
    # Unlike Path.resolve on Python 3.11, realpath bears a link that leads to itself.
    return Path(os.path.realpath(path))


def _walked(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    paths: list[Path] = []
    mistakes: list[str] = []

    def note(error: OSError) -> None:
        # Passed over in silence, its SOPs would be taken for deleted.
        closed = Path(error.filename).relative_to(folder.parent).as_posix()
        mistakes.append(f"{closed}/ cannot be opened ({error.strerror}). Correct its permissions.")

    for parent, folders, files in os.walk(folder, onerror=note) if folder.is_dir() else ():
        folders[:] = [name for name in folders if not name.startswith(PASSED_OVER)]
        paths += [Path(parent, name) for name in (*folders, *files) if not name.startswith(PASSED_OVER)]
    return sorted(paths), tuple(mistakes)


def _is_storable(file: str) -> bool:
    try:
        file.encode()
    except UnicodeEncodeError:
        return False
    return True
