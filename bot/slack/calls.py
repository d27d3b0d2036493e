"""Owns calling Slack: its Web API and the addresses that answer a click, with every failure as a fault of the port."""

import http.client
import json
import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.messages import PlatformFault, Undeliverable
from bot.slack.faults import FAILURES, answer_fault, fault_of, known_code

Json = dict[str, Any]

BYTES = {"Content-Type": "application/octet-stream"}
TIMEOUT_SECONDS = 10
RESPONSE_HOST, UPLOAD_HOST = "hooks.slack.com", "files.slack.com"
FOREIGN, FOREIGN_UPLOAD = "foreign_response_url", "foreign_upload_url"
# Slack reads the arguments of its other methods from a form only.
TAKE_JSON = {
    "assistant.threads.setStatus",
    "chat.postEphemeral",
    "chat.postMessage",
    "chat.update",
    "views.publish",
}
# The SDK would log answers and addresses; what went wrong is told by the fault raised instead.
SILENT = logging.getLogger("bot.slack.sdk")
SILENT.setLevel(logging.CRITICAL + 1)


class SlackCalls:
    """Slack's Web API at `api_url` with one token; any number of threads may use it."""

    def __init__(self, token: str, api_url: str, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        self._client = WebClient(token, api_url, timeout_seconds, logger=SILENT, retry_handlers=[])
        self._timeout_seconds = timeout_seconds

    def call(self, method: str, arguments: Json, may_double: bool = False) -> Json:
        """Return the answer of a method of the Web API. Raises what the port raises.

        `may_double` says that doing it twice would be seen: then a lost answer is Unsure, else NotSent.
        """
        sent = {"json": arguments} if method in TAKE_JSON else {"params": arguments}
        try:
            answer = self._client.api_call(method, **sent).data  # type: ignore[arg-type]
        except FAILURES as error:
            raise fault_of(error, may_double) from None
        return answer if isinstance(answer, dict) else {}

    def respond(self, response_url: str, body: Json) -> None:
        """Post to the address that came with a click or command. Raises what the port raises.

        Only Slack's own host, or the host of the Web API in use, is ever written to.
        """
        if not self._is_slack(response_url, RESPONSE_HOST):
            raise Undeliverable(FOREIGN)
        webhook = WebhookClient(response_url, self._timeout_seconds, logger=SILENT, retry_handlers=[])
        try:
            answer = webhook.send_dict(body)
        except FAILURES as error:
            raise fault_of(error, may_double=True) from None
        if fault := _fault_in(answer):
            raise fault

    def upload(self, upload_url: str, content: bytes) -> None:
        """Post a file to the address Slack gave for it; twice is as good as once. Raises what the port raises.

        Only Slack's own host for files, or the host of the Web API in use, is ever written to.
        """
        if not self._is_slack(upload_url, UPLOAD_HOST):
            raise Undeliverable(FOREIGN_UPLOAD)
        try:
            answer = requests.post(
                upload_url, content, headers=BYTES, timeout=self._timeout_seconds, allow_redirects=False
            )
        except (requests.RequestException, *FAILURES) as error:
            raise fault_of(error, may_double=False) from None
        if answer.status_code != http.client.OK:
            raise answer_fault(answer.status_code, answer.headers, None, may_double=False)

    def _is_slack(self, url: str, host: str) -> bool:
        try:
            address, api = urlsplit(url), urlsplit(self._client.base_url)
        except ValueError:
            return False
        is_api = (address.scheme, address.netloc) == (api.scheme, api.netloc)
        return is_api or (address.scheme, address.netloc) == ("https", host)


def _fault_in(answer: WebhookResponse) -> PlatformFault | None:
    try:
        said = json.loads(answer.body)
    except ValueError:
        said = answer.body.strip()
    is_ok = said in ("ok", "") or (isinstance(said, dict) and said.get("ok") is True)
    if answer.status_code == http.client.OK and is_ok:
        return None
    code = known_code(said.get("error") if isinstance(said, dict) else said)
    if code is None and answer.status_code in (http.client.NOT_FOUND, http.client.GONE):
        code = "expired_url"
    return answer_fault(answer.status_code, answer.headers, code, may_double=True)
