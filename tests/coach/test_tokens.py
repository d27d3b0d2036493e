"""The token file is whole or made anew, shared by processes, and never an error for whoever asks."""

import os
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.tokens import ENDING, UNFINISHED, Tokens, open_token_file, packed

DIMENSIONS = 8


def states(*counts, seed=0):
    drawn = np.random.default_rng(seed).normal(size=(sum(counts), DIMENSIONS)).astype(np.float32)
    return np.split(packed(drawn / np.linalg.norm(drawn, axis=1, keepdims=True)), np.cumsum(counts)[:-1])


def tokens(stamp, *counts):
    return Tokens(stamp, np.array(counts, dtype=np.int64), DIMENSIONS)


HELD, WANTED = states(3, 0, 5), tokens("a" * 64, 3, 0, 5)


class Reads:
    """What SQL yields, and how often it was asked."""

    def __init__(self, passages):
        self.passages, self.times = passages, 0

    def __call__(self):
        self.times += 1
        return [each.tobytes() for each in self.passages]


def open_file(folder, wanted=WANTED, passages=HELD):
    reads = Reads(passages)
    return open_token_file(folder, wanted, reads), reads.times


def holds(file, passages):
    return all((file.read(row) == each).all() for row, each in enumerate(passages))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_byte_a_number_keeps_the_direction_of_a_state(seed):
    drawn = np.random.default_rng(seed).normal(size=(5, 384)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    small = packed(drawn).astype(np.float32)
    assert ((small * drawn).sum(axis=1) / np.linalg.norm(small, axis=1) > 0.9995).all()
    assert np.abs(small).max(axis=1).tolist() == [127] * 5


def test_a_state_of_nothing_stays_nothing():
    assert not packed(np.zeros((2, DIMENSIONS), dtype=np.float32)).any()
    assert packed(np.zeros((0, DIMENSIONS), dtype=np.float32)).shape == (0, DIMENSIONS)


def test_it_is_written_once_and_then_only_mapped(tmp_path):
    file, times = open_file(tmp_path / "tokens")
    assert times == 1
    assert holds(file, HELD)
    again, times = open_file(tmp_path / "tokens")
    assert times == 0
    assert holds(again, HELD)


def test_the_file_of_another_state_is_replaced_while_whoever_reads_it_goes_on(tmp_path):
    old, _ = open_file(tmp_path)
    after = states(2, 2, seed=1)
    new, times = open_file(tmp_path, tokens("b" * 64, 2, 2), after)
    assert times == 1
    assert holds(new, after)
    assert holds(old, HELD)
    assert {path.name for path in tmp_path.iterdir()} == {f"{'b' * 64}{ENDING}", "lock"}


@pytest.mark.parametrize("spoil", ["truncated", "other header", "longer", "missing"])
def test_a_file_that_is_not_whole_is_made_anew(tmp_path, spoil):
    path = tmp_path / f"{WANTED.stamp}{ENDING}"
    open_file(tmp_path)
    data = path.read_bytes()
    match spoil:
        case "truncated":
            path.write_bytes(data[:-1])
        case "other header":
            path.write_bytes(data.replace(b"a" * 64, b"c" * 64))
        case "longer":
            path.write_bytes(data + b"x")
        case "missing":
            path.unlink()
    file, times = open_file(tmp_path)
    assert times == 1
    assert holds(file, HELD)


def test_a_damaged_passage_is_noticed_and_the_file_goes(tmp_path):
    path = tmp_path / f"{WANTED.stamp}{ENDING}"
    open_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    file, times = open_file(tmp_path)
    assert times == 0
    assert (file.read(0) == HELD[0]).all()
    assert file.read(2) is None
    assert not path.exists()
    assert open_file(tmp_path)[1] == 1


def test_what_a_killed_process_left_is_cleared_away_and_nothing_else(tmp_path):
    (tmp_path / f"left{UNFINISHED}").write_bytes(b"half")
    (tmp_path / "notes.txt").write_text("somebody else's")
    open_file(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"{WANTED.stamp}{ENDING}", "lock", "notes.txt"}


def test_where_it_cannot_be_written_there_is_none(tmp_path):
    (tmp_path / "tokens").write_text("a file, not a folder")
    assert open_file(tmp_path / "tokens")[0] is None


def test_a_write_that_fails_leaves_no_file_that_looks_whole(tmp_path):
    def full_disk():
        yield HELD[0].tobytes()
        raise OSError("no space left")

    assert open_token_file(tmp_path, WANTED, full_disk) is None
    assert not (tmp_path / f"{WANTED.stamp}{ENDING}").exists()
    assert open_file(tmp_path)[1] == 1


def test_of_several_at_once_one_writes(tmp_path):
    reads, opened = Reads(HELD), []
    threads = [
        threading.Thread(target=lambda: opened.append(open_token_file(tmp_path, WANTED, reads))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reads.times == 1
    assert all(holds(file, HELD) for file in opened)


def test_a_company_without_passages_has_an_empty_file(tmp_path):
    file, _ = open_file(tmp_path, tokens("e" * 64), [])
    assert file is not None
    assert os.path.getsize(tmp_path / f"{'e' * 64}{ENDING}") == tokens("e" * 64).file_bytes
