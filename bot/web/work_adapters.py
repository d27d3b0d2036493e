"""Translates what a help desk, a CRM and a project board send into reports of the work, each by its own signature.

What each system must be set up to send is in docs/work_events.md.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from metrics.errors import Refusal
from metrics.work_intake import WorkReport, read_report

FRESH = timedelta(minutes=5)
TAG = re.compile(r"coach/(?P<workflow>[^/\s]+)(?:/(?P<step>[^/\s]+))?/(?P<outcome>done|missed|corrected|alone)")
BOARD_LABEL = "coach-"
CRM_PROPERTY = "coach_step"


Facts = Mapping[str, object]


@dataclass(frozen=True)
class Call:
    """One request as it came: header names in small letters, `url` the full address it was sent to."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    at: datetime


@dataclass(frozen=True)
class Adapter:
    """How one system signs, and what its body means: `is_genuine(call, secret)` and `facts(object)`.

    `facts` yields what read_report takes of one object of a body, or why one report of it cannot be read.
    """

    name: str
    is_genuine: Callable[[Call, bytes], bool]
    facts: Callable[[dict[str, Any]], Iterator[Facts | Refusal]]

    def read(self, said: Any) -> tuple[list[WorkReport], list[str]]:
        """Return the reports of a parsed body, and a sentence for each that cannot be read."""
        reports, refused = [], []
        for each in self._facts_of(said):
            try:
                if isinstance(each, Refusal):
                    raise each
                reports.append(read_report(each))
            except Refusal as refusal:
                refused.append(str(refusal))
        return reports, refused

    def _facts_of(self, said: Any) -> Iterator[Facts | Refusal]:
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                yield from self.facts(one)
            else:
                yield Refusal("The body must be a JSON object, or a list of them.")


def _own_is_genuine(call: Call, secret: bytes) -> bool:
    signed = dict(part.split("=", 1) for part in call.headers.get("coach-signature", "").split(",") if "=" in part)
    stamp = signed.get("t", "")
    expected = hmac.new(secret, stamp.encode() + b"." + call.body, hashlib.sha256).hexdigest()
    return _same(expected, signed.get("v1", "")) and _is_fresh(stamp, 1, call.at)


def _own_facts(report: dict[str, Any]) -> Iterator[Facts | Refusal]:
    yield report


def _help_desk_is_genuine(call: Call, secret: bytes) -> bool:
    """Zendesk: base64 of HMAC-SHA256 over timestamp and body."""
    stamp = call.headers.get("x-zendesk-webhook-signature-timestamp", "")
    expected = base64.b64encode(hmac.digest(secret, stamp.encode() + call.body, "sha256")).decode()
    return _same(expected, call.headers.get("x-zendesk-webhook-signature", "")) and _is_fresh_date(stamp, call.at)


def _help_desk_facts(ticket: dict[str, Any]) -> Iterator[Facts | Refusal]:
    """Read a ticket; each of its tags coach/WORKFLOW/STEP/OUTCOME is a report, once a ticket."""
    for tag in TAG.finditer(str(ticket.get("tags", ""))):
        facts = {"person": ticket.get("agent"), "at": ticket.get("at"), **tag.groupdict()}
        yield {**facts, "reference": f"{ticket.get('ticket')}/{tag[0]}"}


def _crm_is_genuine(call: Call, secret: bytes) -> bool:
    """HubSpot, signature v3: base64 of HMAC-SHA256 over method, address, body and timestamp in milliseconds."""
    stamp = call.headers.get("x-hubspot-request-timestamp", "")
    signed = call.method.encode() + call.url.encode() + call.body + stamp.encode()
    expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    return _same(expected, call.headers.get("x-hubspot-signature-v3", "")) and _is_fresh(stamp, 1000, call.at)


def _crm_facts(change: dict[str, Any]) -> Iterator[Facts | Refusal]:
    """Read a change of a deal; a new value "PERSON; WORKFLOW; STEP; OUTCOME" of the property coach_step is a report."""
    if change.get("propertyName") != CRM_PROPERTY or not change.get("propertyValue"):
        return
    parts = [part.strip() for part in str(change["propertyValue"]).split(";")]
    if len(parts) != 4:
        yield Refusal(f"{CRM_PROPERTY} must hold four parts: person; workflow; step; outcome.")
        return
    facts = dict(zip(("person", "workflow", "step", "outcome"), parts, strict=True))
    at, reference = _milliseconds(change.get("occurredAt")), f"{change.get('objectId')}/{change.get('eventId')}"
    yield {**facts, "at": at, "reference": reference}


def _board_is_genuine(call: Call, secret: bytes) -> bool:
    """Jira: sha256= and the hexadecimal HMAC-SHA256 of the body. It signs no time; a repeat is known by its id."""
    expected = f"sha256={hmac.new(secret, call.body, hashlib.sha256).hexdigest()}"
    return _same(expected, call.headers.get("x-hub-signature", ""))


def _board_facts(change: dict[str, Any]) -> Iterator[Facts | Refusal]:
    """Read a change of an issue labelled coach-WORKFLOW: leaving a status does that step, going back corrects it."""
    issue, log = _dict(change.get("issue")), _dict(change.get("changelog"))
    fields = _dict(issue.get("fields"))
    labels = [str(label) for label in _list(fields.get("labels")) if str(label).startswith(BOARD_LABEL)]
    moved = next((item for item in _list(log.get("items")) if _dict(item).get("field") == "status"), None)
    if not labels or moved is None:
        return
    who = _dict(fields.get("assignee")).get("emailAddress") or _dict(change.get("user")).get("emailAddress")
    is_back = _dict(_dict(fields.get("status")).get("statusCategory")).get("key") == "new"
    for label in labels:
        yield {
            "person": who,
            "workflow": label.removeprefix(BOARD_LABEL),
            "step": moved.get("fromString"),
            "outcome": "corrected" if is_back else "done",
            "at": _milliseconds(change.get("timestamp")),
            "reference": f"{issue.get('key')}/{log.get('id')}/{label}",
        }


ADAPTERS = {
    adapter.name: adapter
    for adapter in (
        Adapter("own", _own_is_genuine, _own_facts),
        Adapter("zendesk", _help_desk_is_genuine, _help_desk_facts),
        Adapter("hubspot", _crm_is_genuine, _crm_facts),
        Adapter("jira", _board_is_genuine, _board_facts),
    )
}


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode(errors="surrogatepass"))


def _is_fresh(stamp: str, ticks_a_second: int, at: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 16):
        return False
    return abs(at.timestamp() - int(stamp) / ticks_a_second) <= FRESH.total_seconds()


def _is_fresh_date(stamp: str, at: datetime) -> bool:
    try:
        sent_at = datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return sent_at.tzinfo is not None and abs(at - sent_at) <= FRESH


def _milliseconds(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**14:
        return datetime.fromtimestamp(value / 1000, UTC).isoformat()
    return str(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
