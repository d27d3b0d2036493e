import hmac
from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.body import FORM, JSON, is_signed, parsed

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
RAW = b'{"a": "\xff"}'


def headers(secret, at=NOW):
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + RAW, "sha256").hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


@pytest.mark.parametrize(
    ("age_seconds", "is_taken"), [(0, True), (300, True), (301, False), (-300, True), (-301, False)]
)
def test_a_signature_counts_for_five_minutes(age_seconds, is_taken):
    assert is_signed(RAW, headers("abc", NOW - timedelta(seconds=age_seconds)), "abc", NOW) is is_taken


@pytest.mark.parametrize("secret", ["", " "])
def test_a_secret_everybody_could_guess_signs_nothing(secret):
    assert not is_signed(RAW, headers(secret), secret, NOW)


@pytest.mark.parametrize(
    ("raw", "content_type", "body"),
    [
        (b'{"a": 1}', JSON, {"a": 1}),
        (b'{"a": 1}', FORM, {"a": 1}),
        (b"payload=%7B%22a%22%3A+1%7D", FORM, {"a": 1}),
        (b"text=payload&empty=", FORM, {"text": "payload", "empty": ""}),
        (b"", FORM, {}),
    ],
)
def test_what_slack_posts_is_parsed(raw, content_type, body):
    assert parsed(raw, content_type) == body
