"""Owns the connection to Slack: what Slack must confirm before Coach is ready, and Socket Mode."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from aiohttp import WSMessage
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.at_once import NETWORK_FAULTS, error_code
from bot.slack.faults import DISCONNECTED
from metrics.errors import NotReady, Refusal

API_TIMEOUT_SECONDS = 5
BAD_TOKEN = {*DISCONNECTED, "not_allowed_token_type", "org_login_required"}
UNREACHABLE = "Slack cannot be reached. Check the network, or SLACK_API_URL, and start Coach again."


class Socket:
    """The socket on which Slack sends what happens, when Slack cannot call us."""

    def __init__(self, settings: Settings, bolt: AsyncApp, now: Callable[[], datetime]) -> None:
        self._now = now
        self._heard_at = now()
        client = AsyncWebClient(base_url=settings.slack_api_url, timeout=API_TIMEOUT_SECONDS)
        self._handler = AsyncSocketModeHandler(bolt, secret(settings.slack_app_token), web_client=client)
        self._client: Any = self._handler.client
        self._client.on_message_listeners.append(self._hear)

    async def connect(self) -> None:
        """Open the socket; it opens itself again when it breaks. Raises Refusal, or NotReady."""
        try:
            # The SDK would ask for the address for ever, whatever Slack answers.
            self._client.wss_uri = await confirmed(self._client.issue_new_wss_url(), "SLACK_APP_TOKEN")
            await asyncio.wait_for(self._client.connect(), API_TIMEOUT_SECONDS)
        except (Refusal, TimeoutError) as error:
            await self.close()
            if isinstance(error, Refusal):
                raise
            raise NotReady(UNREACHABLE) from None

    async def close(self) -> None:
        """Close the socket for good."""
        await self._client.close()

    def silent_seconds(self) -> float:
        """Return the seconds since anything was heard, pongs included."""
        heard = max(self._heard_at.timestamp(), self._client.last_ping_pong_time or 0.0)
        return max(0.0, self._now().timestamp() - heard)

    async def _hear(self, _: WSMessage) -> None:
        self._heard_at = self._now()


async def confirmed(call: Coroutine[Any, Any, Any], variable: str) -> Any:
    """Return what Slack answers. Raises Refusal when it does not accept the token, else NotReady."""
    try:
        return await call
    except SlackApiError as error:
        code = error_code(error)
        if code in BAD_TOKEN:
            raise Refusal(f"Slack does not accept {variable} ({code}). Copy it again from the app's page.") from None
        raise NotReady(f"Slack did not confirm {variable} ({code}). Start Coach again in a minute.") from None
    except NETWORK_FAULTS:
        raise NotReady(UNREACHABLE) from None


def secret(value: SecretStr | None) -> str | None:
    """Return a secret as Slack's SDK wants it."""
    return None if value is None else value.get_secret_value()
