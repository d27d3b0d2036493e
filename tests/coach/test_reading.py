"""Bytes become composed UTF-8 text without invisible marks, or a sentence that says what to do."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.reading import INVISIBLE, MAX_BYTES, Rejected, decode


def test_newlines_become_unix_and_a_byte_order_mark_goes():
    assert decode(b"\xef\xbb\xbfone\r\ntwo\rthree\n") == "one\ntwo\nthree\n"


def test_characters_are_composed():
    assert decode("cafe\u0301".encode()) == "caf\u00e9"


@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u202e", "\u2066", "\u00ad", "\ufeff", "\U000e0041", "\x1b"])
def test_invisible_marks_go(mark):
    assert decode(f"re{mark}fund".encode()) == "refund"


def test_tabs_and_spaces_stay():
    assert decode("a\tb\u00a0c".encode()) == "a\tb\u00a0c"


def test_another_encoding_is_rejected_with_its_line():
    with pytest.raises(Rejected, match=r"is not UTF-8: line 3 holds the byte 0xE9\. Save it as UTF-8"):
        decode(b"one\ntwo\ncaf\xe9")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_what_windows_calls_unicode_is_read(encoding):
    assert decode("\ufeffcafé\r\n".encode(encoding)) == "café\n"


def test_a_file_that_only_begins_like_utf_16_is_rejected():
    with pytest.raises(Rejected, match="is not a text file"):
        decode("\ufeffcafé".encode("utf-32-le"))


def test_a_binary_file_is_rejected():
    with pytest.raises(Rejected, match="is not a text file"):
        decode(b"PK\x00\x03")


def test_ten_megabytes_are_read_and_one_byte_more_is_not():
    assert len(decode(b"a" * MAX_BYTES)) == MAX_BYTES
    with pytest.raises(Rejected, match="larger than 10 MB"):
        decode(b"a" * (MAX_BYTES + 1))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_rejected(data):
    try:
        text = decode(data)
    except Rejected:
        return
    assert "\r" not in text
    assert not INVISIBLE.search(text)
    assert unicodedata.is_normalized("NFC", text)
