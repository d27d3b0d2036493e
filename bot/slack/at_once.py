"""Owns what Slack shows right after the acknowledgement: a form, and the line saying that Coach is at work."""

from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.arrivals import Body, dict_of, text_of
from bot.messages import Form, Incoming
from bot.slack.faults import known_code
from bot.slack.render import view

STATUS = "is checking the SOPs"
STATUS_PAUSE = timedelta(hours=1)
NO_STATUS = ("missing_scope", "not_allowed_token_type", "unknown_method")
NETWORK_FAULTS = (aiohttp.ClientError, TimeoutError, OSError)

log = structlog.get_logger()


class AtOnce:
    """Calls that nothing waits for: when they fail, nothing is lost."""

    def __init__(self, client: AsyncWebClient, now: Callable[[], datetime]) -> None:
        self._client = client
        self._now = now
        self._no_status_until: datetime | None = None

    async def open(self, form: Form, body: Body) -> bool:
        """Show a form to whoever pressed or typed, within Slack's 3 seconds; False when it did not open."""
        show = self._client.views_push if dict_of(body, "view").get("type") == "modal" else self._client.views_open
        try:
            await show(trigger_id=text_of(body, "trigger_id"), view=view(form))
        except (SlackApiError, *NETWORK_FAULTS) as error:
            log.warning("slack_form_not_opened", error=error_code(error))
            return False
        return True

    async def show_status(self, incoming: Incoming) -> None:
        """Say that Coach is at work, where the workspace allows it; asked again an hour after it was refused."""
        if self._no_status_until is not None and self._now() < self._no_status_until:
            return
        try:
            await self._client.assistant_threads_setStatus(
                channel_id=incoming.channel or "",
                thread_ts=incoming.thread_id or incoming.message_id or "",
                status=STATUS,
            )
        except (SlackApiError, *NETWORK_FAULTS) as error:
            if error_code(error) in NO_STATUS:
                self._no_status_until = self._now() + STATUS_PAUSE


def error_code(error: Exception) -> str:
    """Return Slack's code for a refusal, else the type of the error; never words."""
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    try:
        return known_code(error.response["error"]) or "no_reason_given"
    except (KeyError, TypeError):
        return "no_reason_given"
