"""What an answer of the Bot Connector means when it is no success, and what a call without an answer does."""

import socket

import pytest
import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from bot.messages import Disconnected, NotSent, Undeliverable, Unreachable, Unsure
from bot.teams.faults import answer_fault, code_in, fault_of

ADDRESS = "/v3/conversations"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        (" 7 ", 7.0),
        ("-4", 0.0),
        ("0", 0.0),
        ("99999", 3_600.0),
        ("1e9", 3_600.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("Mon, 23 Nov 2026 08:31:00 GMT", None),
        ("1;2", None),
    ],
)
@pytest.mark.parametrize("status", [412, 429, 503])
def test_how_long_to_wait_is_believed_within_reason(status, header, seconds):
    fault = answer_fault(status, {"Retry-After": header}, None, may_double=True)
    assert (type(fault), fault.after_seconds) == (NotSent, seconds)
    assert answer_fault(status, {}, None, may_double=True).after_seconds is None


@pytest.mark.parametrize(
    ("status", "code", "kind", "told"),
    [
        (401, None, Disconnected, "unauthorized"),
        (401, "Unauthorized", Disconnected, "unauthorized"),
        (412, "PreconditionFailed", NotSent, "PreconditionFailed"),
        (412, None, NotSent, "http_412"),
        (429, "Throttled", NotSent, "ratelimited"),
        (503, None, NotSent, "http_503"),
        (500, "ServiceError", Unsure, "ServiceError"),
        (502, None, Unsure, "http_502"),
        (504, None, Unsure, "http_504"),
        (599, None, Unsure, "http_599"),
        (501, None, Undeliverable, "not_implemented"),
        (413, "MessageSizeTooBig", Undeliverable, "message_too_large"),
        (400, "BadArgument", Undeliverable, "bad_request"),
        (403, "MessageWritesBlocked", Unreachable, "MessageWritesBlocked"),
        (403, "BotNotInConversationRoster", Unreachable, "BotNotInConversationRoster"),
        (403, None, Undeliverable, "http_403"),
        (404, "ConversationNotFound", Unreachable, "ConversationNotFound"),
        (404, None, Undeliverable, "http_404"),
        (405, None, Undeliverable, "http_405"),
    ],
)
def test_what_an_answer_means(status, code, kind, told):
    fault = answer_fault(status, {}, code, may_double=True)
    assert (isinstance(fault, kind), fault.code) == (True, told)
    assert isinstance(fault, Disconnected) is (kind is Disconnected)
    again = answer_fault(status, {}, code, may_double=False)
    assert (isinstance(again, NotSent if kind is Unsure else kind), again.code) == (True, told)


@pytest.mark.parametrize("status", [412, 429, 502, 504])
def test_what_teams_says_to_try_again_is_tried_again(status):
    assert type(answer_fault(status, {}, None, may_double=False)) is NotSent
    assert isinstance(answer_fault(status, {}, None, may_double=True), NotSent | Unsure)


def test_a_pause_asked_for_is_kept_also_where_the_service_failed():
    fault = answer_fault(502, {"Retry-After": "9"}, None, may_double=False)
    assert (type(fault), fault.after_seconds) == (NotSent, 9)


def cut_off(*given):
    return requests.ConnectionError(*given)


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (requests.ConnectTimeout(), NotSent, "not_reached"),
        (requests.exceptions.SSLError(), NotSent, "not_reached"),
        (cut_off(MaxRetryError(None, ADDRESS, NewConnectionError(None, "refused"))), NotSent, "not_reached"),
        (cut_off(MaxRetryError(None, ADDRESS, NameResolutionError("a.test", None, socket.gaierror()))), NotSent,
         "not_reached"),
        (cut_off(MaxRetryError(None, ADDRESS, ConnectTimeoutError())), Unsure, "connection_lost"),
        (requests.ReadTimeout(ReadTimeoutError(None, ADDRESS, "late")), Unsure, "timeout"),
        (cut_off(ProtocolError("Connection aborted.", ConnectionResetError())), Unsure, "connection_lost"),
        (cut_off(), Unsure, "connection_lost"),
        (requests.exceptions.ChunkedEncodingError(), Unsure, "connection_lost"),
        (requests.exceptions.ContentDecodingError(), Unsure, "connection_lost"),
    ],
)  # fmt: skip
def test_what_a_failed_connection_means(error, kind, code):
    fault = fault_of(error, may_double=True)
    assert (type(fault), fault.code) == (kind, code)
    assert (type(fault_of(error, may_double=False)), fault_of(error, may_double=False).code) == (NotSent, code)


def test_a_code_is_found_where_the_service_puts_it():
    assert code_in({"error": {"code": "MessageWritesBlocked", "message": "The bot is blocked."}}) == (
        "MessageWritesBlocked"
    )


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "Throttled",
        {},
        {"error": None},
        {"error": "Throttled"},
        {"error": []},
        {"error": {}},
        {"error": {"code": None}},
        {"error": {"code": 7}},
        {"error": {"code": ""}},
        {"error": {"code": "x" * 200}},
        {"error": {"code": "what Ana wrote about refunds"}},
        {"error": {"code": "<html>"}},
        {"error": {"code": "7up"}},
        {"code": "Throttled"},
    ],
)
def test_only_a_code_is_taken_for_a_code(body):
    assert code_in(body) is None
