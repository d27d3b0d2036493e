"""Which addresses may stand behind a button."""

import pytest

from bot.links import can_be_opened


@pytest.mark.parametrize(
    "url",
    [
        "https://coach.example.test/in/0123",
        "https://coach.example.test:8443/a?b=c#d",
        "http://127.0.0.1:8080/in",
        "http://localhost/in",
        "http://[::1]:8080/",
    ],
)
def test_pages_of_coach_can_be_opened(url):
    assert can_be_opened(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "coach.example.test",
        "//coach.example.test",
        "http://coach.example.test/",
        "http://127.0.0.1.example.test/",
        "http://127.0.0.1@example.test/",
        "https://coach.example.test@evil.test/",
        "https://",
        "https://[::1",
        "https://a.test:99999/",
        "https://a.test/ b",
        "https://a.test/\n",
        "https://a.test/<script>",
        "https://еxample.test/",
        "javascript:alert(1)",
        "JAVASCRIPT://a.test/%0aalert(1)",
        "data:text/html,hi",
        "file:///etc/passwd",
        "https://a.test/" + "x" * 3_000,
    ],
)
def test_anything_else_cannot(url):
    assert not can_be_opened(url)
