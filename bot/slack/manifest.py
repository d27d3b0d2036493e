"""Owns the manifest a Slack app for Coach is created from: what the app shows, may do and is told."""

from typing import Any
from urllib.parse import urlsplit

from bot.settings import LOOPBACK
from metrics.errors import Refusal

EVENTS_PATH = "/slack/events"
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "commands",
    "dnd:read",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "users:read",
    "users:read.email",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)
DESCRIPTION = "Answers how your company does things, in quotes from its own SOPs."
AGENT_DESCRIPTION = (
    "Ask how your company does things. Answers are quotes from its own SOPs, each with its place; what none covers is "
    "said so, with somebody to ask. There are short lessons too. Not for pay, discipline or promotion."
)
# Pairs of title and message; each message means something to bot/grammar.py.
PROMPTS = (
    ("Ask About an SOP", "How do I call in sick?"),
    ("Today's Lesson", "Today's lesson"),
    ("My Progress", "My progress"),
    ("What Coach Can Do", "What can you do?"),
)
COMMANDS = (
    ("/coach", "Ask Coach, for your eyes only", "[question | lesson | practice | about | help]"),
    ("/progress", "See how your learning goes", "[me | team | @person | skill refunds | help]"),
)


def manifest(base_url: str | None) -> dict[str, Any]:
    """Return the manifest as JSON values; `base_url` is where Slack reaches Coach, None for Socket Mode.

    Raises Refusal for an address Slack could not use safely.
    """
    address = {} if base_url is None else {"url": events_url(base_url)}
    request = {} if base_url is None else {"request_url": events_url(base_url)}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": "Coach", "description": DESCRIPTION, "background_color": "#1d3557"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Coach", "always_online": True},
            "agent_view": {
                "agent_description": AGENT_DESCRIPTION,
                "suggested_prompts": [{"title": title, "message": message} for title, message in PROMPTS],
            },
            "slash_commands": [
                # Escaped, a mention arrives as an id and not as a name anybody can choose.
                {"command": command, "description": description, "usage_hint": hint, "should_escape": True, **address}
                for command, description, hint in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": base_url is None,
            "token_rotation_enabled": False,
        },
    }


def events_url(base_url: str) -> str:
    """Return where Slack posts, for the address Coach has on the internet. Raises Refusal."""
    try:
        parts = urlsplit(base_url.strip())
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_web = False
    if not is_web or parts.query or parts.fragment or parts.username is not None:
        raise Refusal("--http takes the address where Slack reaches Coach, such as https://coach.example.com")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise Refusal(
            "--http takes an address that begins with https://, since what people ask travels there. Coach itself "
            "speaks HTTP: put it behind a proxy with a certificate, or use --socket, which needs no address."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix(EVENTS_PATH)}{EVENTS_PATH}"
