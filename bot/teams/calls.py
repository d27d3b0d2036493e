"""Owns calling the Bot Connector: its REST service with a token, and every failure as a fault of the port."""

import http.client
import json
import os
import re
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.request import getproxies

import msal
import requests

from bot.messages import Disconnected, NotSent, Undeliverable, Unsure
from bot.settings import LOOPBACK
from bot.teams.faults import answer_fault, code_in, fault_of

Json = dict[str, Any]
# Returns a token; asked `anew`, one that was not handed out before. Raises what the port raises.
TokenSource = Callable[[bool], str | None]
Timeout = float | tuple[float, float]

# To connect, and to be answered: a message may take four calls, within the lease of its outbox row.
TIMEOUT_SECONDS: tuple[float, float] = (3, 8)
TOKEN_TIMEOUT_SECONDS = 8
SERVICE = "https://api.botframework.com"
SCOPE = f"{SERVICE}/.default"
LOGIN = "https://login.microsoftonline.com/"
# Where Teams asks to be answered; the token goes there.
SERVICE_HOSTS = ("smba.trafficmanager.net",)
SERVICE_DOMAINS = (".botframework.com", ".teams.microsoft.com", ".teams.microsoft.us")
FOREIGN = "foreign_service_url"
FOR_NOW = ("temporarily_unavailable", "server_error")
# Nothing that two readers of addresses could read in two ways.
ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[::1\])(?::(?P<port>\d{1,5}))?(?:/[A-Za-z0-9._~/-]*)?",
    re.ASCII | re.IGNORECASE,
)


def is_of_teams(service_url: str, is_anonymous: bool) -> bool:
    """Say whether an address is one of Teams', or, for a simulator, of this machine."""
    found = ADDRESS.fullmatch(service_url)
    if found is None:
        return False
    scheme, host, port = found["scheme"].lower(), found["host"].lower(), found["port"]
    if is_anonymous:
        return host.strip("[]") in LOOPBACK
    is_known = host in SERVICE_HOSTS or host.endswith(SERVICE_DOMAINS)
    return scheme == "https" and is_known and port in (None, "443")


class Tokens:
    """Access tokens for a bot of one tenant; MSAL keeps them until they end."""

    def __init__(self, app_id: str, password: str, tenant: str) -> None:
        self._asked = (app_id, password, tenant)
        self._msal: Any = None

    def __call__(self, anew: bool) -> str:
        """Return a token. Raises Disconnected when Microsoft refuses one, NotSent while it cannot be reached."""
        try:
            source = self._source()
            if anew:
                source.remove_tokens_for_client()
            answer = source.acquire_token_for_client(scopes=[SCOPE])
        except (requests.RequestException, ValueError):
            raise NotSent("no_token") from None
        if "access_token" in answer:
            return str(answer["access_token"])
        code = str(answer.get("error", "no_token"))[:80]
        raise NotSent(code) if code in FOR_NOW else Disconnected(code)

    def _source(self) -> Any:
        if self._msal is None:
            app_id, password, tenant = self._asked
            try:
                self._msal = msal.ConfidentialClientApplication(
                    app_id, client_credential=password, authority=LOGIN + tenant, timeout=TOKEN_TIMEOUT_SECONDS
                )
            except ValueError:
                # Microsoft answered, and knows no such tenant.
                raise Disconnected("unknown_tenant") from None
        return self._msal


def no_token(anew: bool) -> None:
    """Return no token: a simulator on this machine wants none."""


class ConnectorCalls:
    """The Bot Connector; any number of threads may use it."""

    def __init__(self, token: TokenSource, is_anonymous: bool, timeout_seconds: Timeout = TIMEOUT_SECONDS) -> None:
        self._token = token
        self._is_anonymous = is_anonymous
        self._timeout_seconds = timeout_seconds
        self._session = requests.Session()
        # Whatever the environment says of netrc is not for these addresses; its proxy and certificates are.
        self._session.trust_env = False
        if not is_anonymous:
            self._session.proxies.update(getproxies())
            self._session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def check(self) -> None:
        """Ask for a token. Raises what the port raises."""
        self._token(False)

    def call(
        self, method: str, service_url: str, path: str, body: Json | None = None, may_double: bool = False
    ) -> Json:
        """Return what the service answers. Raises what the port raises.

        `may_double` says that doing it twice would be seen: then a lost answer is Unsure, else NotSent.
        """
        if not is_of_teams(service_url, self._is_anonymous):
            raise Undeliverable(FOREIGN)
        url = f"{service_url.rstrip('/')}/{path}"
        answer = self._sent(method, url, body, may_double, anew=False)
        if answer.status_code == http.client.UNAUTHORIZED and not self._is_anonymous:
            answer = self._sent(method, url, body, may_double, anew=True)
        held = _json(answer)
        if answer.status_code >= http.client.BAD_REQUEST:
            raise answer_fault(answer.status_code, answer.headers, code_in(held), may_double)
        if held is None:
            raise Unsure("malformed") if may_double else NotSent("malformed")
        return held

    def close(self) -> None:
        """Give back every connection."""
        self._session.close()

    def _sent(self, method: str, url: str, body: Json | None, may_double: bool, anew: bool) -> requests.Response:
        token = self._token(anew)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Teams counts a message's bytes; all in ASCII, other letters would take three times as many.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        if content is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        try:
            return self._session.request(
                method, url, data=content, headers=headers, timeout=self._timeout_seconds, allow_redirects=False
            )
        except requests.RequestException as error:
            raise fault_of(error, may_double) from None


def _json(answer: requests.Response) -> Json | None:
    if answer.status_code < http.client.MULTIPLE_CHOICES and not answer.content:
        return {}
    try:
        held = answer.json()
    except ValueError:
        return None
    return held if isinstance(held, dict) else None
