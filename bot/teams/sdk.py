"""Owns what Coach asks of Microsoft's SDK: whether Teams really sent a request, and the turn it becomes.

The one file that imports botbuilder and botframework (docs/decisions/0009-teams-on-a-frozen-sdk.md).
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import requests
import structlog
from botbuilder.core import CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity, ActivityTypes
from botframework.connector import HttpClientFactory
from botframework.connector.auth import (
    AuthenticateRequestResult,
    AuthenticationConfiguration,
    ClaimsIdentity,
    ConnectorFactory,
    PasswordServiceClientCredentialFactory,
)
from botframework.connector.auth._parameterized_bot_framework_authentication import (
    _ParameterizedBotFrameworkAuthentication,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor, _OpenIdMetadata

from bot.teams.calls import LOGIN, SERVICE

ISSUER = SERVICE
CHANNEL = "msteams"
KEYS_TIMEOUT_SECONDS, KEYS_PAUSE_SECONDS = 5, 5
# What asks for readiness before it sends would else never send again what has the keys fetched.
KEYS_MISSING_SECONDS = 300
KEYS_COUNT_FOR = timedelta(days=1)

Answer = tuple[int, dict[str, Any] | None]
log = structlog.get_logger()


class NotAuthentic(Exception):
    """The request does not prove that Teams sent it; `reason` is a constant."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Doorkeeper:
    """Verifies what is sent to one bot, and passes it through the SDK's adapter.

    Without `app_id` it believes everybody: for a simulator on this machine only.
    """

    def __init__(self, app_id: str | None, tenant: str | None, openid_url: str) -> None:
        self._app_id = app_id
        JwtTokenExtractor.metadataCache[openid_url] = self._keys = _Keys(openid_url)
        self._authentication = _Authentication(app_id or "", tenant, openid_url)
        self._adapter = _Adapter(self._authentication)

    @property
    def are_keys_missing(self) -> bool:
        """Whether Microsoft's keys could not be fetched when they were needed, within the last minutes."""
        return self._keys.is_missing and self._keys.seconds_since_failure() < KEYS_MISSING_SECONDS

    async def admit(self, authorization: str | None, service_url: str) -> AuthenticateRequestResult:
        """Return the proof that Teams sent a request for `service_url`. Raises NotAuthentic, whatever is wrong."""
        if self._app_id is None:
            return _proof(ClaimsIdentity({}, True, "anonymous"))
        if not authorization:
            raise NotAuthentic("no_token")
        claimed = Activity(type=ActivityTypes.message, channel_id=CHANNEL, service_url=service_url)
        try:
            admitted = await self._authentication.authenticate_request(claimed, authorization)
            # The SDK also takes tokens of its emulator, of other bots, and such as never end.
            claims = admitted.claims_identity.claims
            is_channel = claims.get("iss") == ISSUER and claims.get("aud") == self._app_id and "exp" in claims
        except NotAuthentic:
            raise
        except Exception as error:
            # The SDK tells a bad token in a dozen ways, of which one is PermissionError.
            raise NotAuthentic(type(error).__name__) from None
        if not is_channel:
            raise NotAuthentic("not_the_channel")
        return _proof(admitted.claims_identity)

    async def turn(
        self, proof: AuthenticateRequestResult, is_invoke: bool, logic: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Return what `logic` answers, run as a turn of the SDK's adapter: status, and the body of an invoke."""
        answered: list[Answer] = []

        async def run(context: TurnContext) -> None:
            status, body = await logic()
            answered.append((status, body))
            if is_invoke:
                value = InvokeResponse(status=status, body=body)
                await context.send_activity(Activity(type=ActivityTypes.invoke_response, value=value))

        kind = ActivityTypes.invoke if is_invoke else ActivityTypes.message
        response = await self._adapter.process_activity(proof, Activity(type=kind, channel_id=CHANNEL), run)
        return (response.status, response.body) if response is not None else answered[0]


class _Adapter(CloudAdapterBase):
    """The SDK's adapter, without the clients it would build for each turn: Coach sends by itself."""


class _Clients(ConnectorFactory):
    """Stands where the SDK would build a client of its own."""

    async def create(self, service_url: str, audience: str) -> Any:
        return self


class _Authentication(_ParameterizedBotFrameworkAuthentication):
    """The SDK's verification of tokens for one bot."""

    def __init__(self, app_id: str, tenant: str | None, openid_url: str) -> None:
        super().__init__(
            validate_authority=True,
            to_channel_from_bot_login_url=LOGIN + (tenant or ""),
            to_channel_from_bot_oauth_scope=SERVICE,
            to_bot_from_channel_token_issuer=ISSUER,
            oauth_url=ISSUER,
            to_bot_from_channel_open_id_metadata_url=openid_url,
            to_bot_from_emulator_open_id_metadata_url=openid_url,
            caller_id="",
            # Coach sends by itself, so the password stays out of here.
            credentials_factory=PasswordServiceClientCredentialFactory(app_id, "", tenant),
            auth_configuration=AuthenticationConfiguration(),
            http_client_factory=HttpClientFactory(),
        )

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> Any:
        return None


class _Keys(_OpenIdMetadata):
    """Microsoft's published keys, fetched off the loop, within a time limit, once for all who wait.

    The SDK fetches them on the loop without a limit, and for a day takes no key it has not seen.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.keys: list[dict[str, Any]] = []
        self.last_updated = datetime.min  # noqa: DTZ901 (the SDK compares it with naive instants)
        self.is_missing = False
        self._fetching = asyncio.Lock()
        self._failed_at = -math.inf

    def seconds_since_failure(self) -> float:
        """Return how long ago the keys could not be fetched."""
        return time.monotonic() - self._failed_at

    async def _refresh(self) -> None:
        asked_at = self.last_updated
        async with self._fetching:
            if self.last_updated != asked_at:
                return
            if self.seconds_since_failure() < KEYS_PAUSE_SECONDS:
                raise NotAuthentic("no_keys")
            try:
                self.keys = await asyncio.to_thread(self._fetch)
            except Exception:
                # Keys that still count are enough for what Microsoft signs; anybody can name one that nobody knows.
                self.is_missing, self._failed_at = asked_at < datetime.now() - KEYS_COUNT_FOR, time.monotonic()  # noqa: DTZ005
                log.error("teams_keys_not_fetched")
                raise
            self.is_missing = False
            self.last_updated = datetime.now()  # noqa: DTZ005 (the SDK compares it with the same)

    def _fetch(self) -> list[dict[str, Any]]:
        keys: list[dict[str, Any]] = _fetched(_fetched(self.url)["jwks_uri"])["keys"]
        return keys

    def _find(self, key_id: str) -> Any:
        is_known = any(key.get("kid") == key_id for key in self.keys)
        return super()._find(key_id) if is_known else None


def _fetched(url: str) -> dict[str, Any]:
    response = requests.get(url, timeout=KEYS_TIMEOUT_SECONDS)
    response.raise_for_status()
    held: dict[str, Any] = response.json()
    return held


def _proof(identity: ClaimsIdentity) -> AuthenticateRequestResult:
    result = AuthenticateRequestResult()
    result.claims_identity, result.connector_factory, result.caller_id = identity, _Clients(), None
    result.audience = SERVICE
    return result
