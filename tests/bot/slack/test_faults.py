"""What an answer of Slack's means when it is not ok."""

import http.client
import socket
import urllib.error

import pytest

from bot.messages import Disconnected, NotSent, Undeliverable, Unsure
from bot.slack.faults import answer_fault, fault_of, known_code


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("-4", 0.0),
        ("99999", 3_600.0),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        (None, None),
    ],
)
def test_how_long_to_wait_is_believed_within_reason(header, seconds):
    fault = answer_fault(429, {"retry-after": header}, "ratelimited", may_double=True)
    assert (type(fault), fault.after_seconds) == (NotSent, seconds)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (503, None, NotSent),
        (500, None, Unsure),
        (502, None, Unsure),
        (200, "internal_error", Unsure),
        (200, None, Unsure),
        (200, "request_timeout", NotSent),
        (200, "some_code_of_tomorrow", Undeliverable),
        (403, "token_revoked", Disconnected),
    ],
)
def test_what_an_answer_means(status, code, kind):
    assert type(answer_fault(status, {}, code, may_double=True)) is kind


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (urllib.error.URLError(ConnectionRefusedError()), NotSent, "not_reached"),
        (urllib.error.URLError(socket.gaierror()), NotSent, "not_reached"),
        (urllib.error.URLError(TimeoutError()), Unsure, "timeout"),
        (TimeoutError(), Unsure, "timeout"),
        (ConnectionResetError(), Unsure, "connection_lost"),
        (urllib.error.URLError(BrokenPipeError()), Unsure, "connection_lost"),
        (http.client.RemoteDisconnected(), Unsure, "connection_lost"),
        (http.client.IncompleteRead(b""), Unsure, "connection_lost"),
        (http.client.BadStatusLine("x"), Unsure, "malformed"),
        (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), Unsure, "malformed"),
    ],
)
def test_what_a_failed_connection_means(error, kind, code):
    fault = fault_of(error, may_double=True)
    assert (type(fault), fault.code) == (kind, code)
    assert type(fault_of(error, may_double=False)) is NotSent


@pytest.mark.parametrize("text", ["Received a response in a non-JSON format: <html>", "", None, 7, {"a": 1}, "x" * 200])
def test_only_a_code_is_taken_for_a_code(text):
    assert known_code(text) is None
