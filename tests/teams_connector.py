"""The service a Teams bot calls, on this machine: it takes what the real one would take, and objects to the rest."""

import base64
import json
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from tests.teams_cards import findings
from tests.teams_loopback import Reply, json_reply, served
from tests.teams_values import Call, Fault, Rates, Refused, Rejection, Seen

__all__ = ["Call", "Connector", "Fault", "Rejection", "Seen", "running_connector"]

MOST_UTF16_BYTES = 100 * 1024
# Calls a window of seconds: for each conversation, and for all of the app in this tenant.
SENDS = {1: 7, 2: 8, 30: 60, 3600: 1800}
READS = {1: 14, 2: 16, 30: 120, 3600: 3600}
ALL = {1: 50}
WRITES = ("send", "reply", "update", "delete")
PAGE = 200
TAKEN_BUT = ("reset_after", "timeout_after", "malformed")
CODES = {
    400: "BadArgument",
    403: "ForbiddenOperation",
    404: "ConversationNotFound",
    412: "PreconditionFailed",
    429: "Throttled",
}


class Connector:
    """What the service remembers of one tenant; everything public is safe to use from any thread.

    `faults` is (call) -> a Fault, its kind, or None. Without `token`, whoever calls is believed.
    """

    def __init__(self, tenant, now, token=None):
        self.tenant, self.now, self.token = tenant, now, token
        self.service_url = ""
        self.faults = None
        self.limits_rates = True
        self.log, self.rejections, self.typing = [], [], []
        self.lock = threading.RLock()
        self._messages = {}
        self._rates = Rates()
        self._last_id = 0

    def messages(self, conversation_id, viewer=None):
        """Return what a person sees now in a conversation or a thread of a channel, oldest first."""
        bare, _, root = conversation_id.partition(";messageid=")
        place = self.tenant.find(bare)
        viewer = viewer or (place.members[0] if place.kind == "personal" else None)
        with self.lock:
            found = [
                seen for seen in self._messages.values() if seen.conversation_id == bare and root in ("", seen.root)
            ]
        return [seen.for_person(viewer) for seen in found if seen.only_for in (None, viewer)]

    def standing(self):
        """Count Coach's messages by conversation and words."""
        with self.lock:
            ours = [seen for seen in self._messages.values() if seen.by == self.tenant.bot_id]
        return Counter((seen.conversation_id, seen.words) for seen in ours)

    def calls(self, name):
        """Return the calls that asked for one thing, oldest first."""
        with self.lock:
            return [call for call in self.log if call.name == name]

    def reject(self, name, error, message="", body=None):
        """Note a mistake of Coach's."""
        with self.lock:
            self.rejections.append(Rejection(name, error, message, body))

    def new_id(self):
        """Return the id of a new message: milliseconds since 1970, strictly rising."""
        with self.lock:
            self._last_id = max(int(self.now().timestamp() * 1000), self._last_id + 1)
            return str(self._last_id)

    def put(self, seen):
        """Let a message stand: a new one last, a changed one where it stood."""
        with self.lock:
            self._messages[seen.key] = seen

    def show(self, seen, user_id, card):
        """Let one person see a card in place of a message, if that still stands."""
        with self.lock:
            if (stood := self._messages.get(seen.key)) is not None:
                self.put(replace(stood, shown_to={**stood.shown_to, user_id: card}))

    def take_back(self, seen):
        with self.lock:
            self._messages.pop(seen.key, None)

    def answer(self, request):
        """Answer one call over HTTP."""
        call = self._read(request)
        fault = self.faults(call) if self.faults else None
        fault = Fault(fault) if isinstance(fault, str) else fault
        with self.lock:
            self.log.append(call)
            reply = None
            if fault is None or fault.kind in TAKEN_BUT:
                reply = self._done(call, request)
            elif fault.kind not in ("reset", "timeout"):
                reply = _faulty(fault)
            if fault and fault.kind == "malformed":
                reply = replace(reply, body=b'{"id": "17')
            elif fault and fault.kind in ("reset_after", "timeout_after"):
                reply = None
            call.status = reply and reply.status
        if fault and fault.kind.startswith("timeout"):
            request.hang()
        return reply

    def _read(self, request):
        below = request.parts[2:] if request.parts[:2] == ["teams", "v3"] else []
        name, conversation_id, of = _asked(request.method, below)
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        body = body if isinstance(body, dict) else None
        path = "/".join(request.parts[1:])
        return Call(request.method, path, name, conversation_id, of, request.query, body, self.now())

    def _done(self, call, request):
        try:
            self._check(call, request)
            return json_reply(*getattr(self, f"_{call.name}")(call))
        except Refused as refused:
            if refused.is_mistake:
                self.reject(call.name, refused.code, refused.message, call.body)
            return _error(refused.status, refused.code, refused.message, refused.retry_after)

    def _check(self, call, request):
        if call.name == "unknown":
            raise Refused(404, "NotFound", f"{call.method} {call.path}", is_mistake=True)
        if self.token is not None and request.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refused(401, "Unauthorized", is_mistake=True)
        if self.limits_rates and (wait := self._wait(call)):
            raise Refused(429, "Throttled", is_mistake=True, retry_after=wait)
        if call.method in ("POST", "PUT"):
            if len(request.body.decode(errors="replace").encode("utf-16-le")) > MOST_UTF16_BYTES:
                raise Refused(413, "MessageSizeTooBig", is_mistake=True)
            if call.body is None or not request.headers.get("Content-Type", "").startswith("application/json"):
                raise Refused(400, "BadSyntax", "no JSON object", is_mistake=True)
        if call.query and call.name in WRITES:
            # Such as isTargetedActivity: a preview, and a message for one person must not be shown to all.
            raise Refused(400, "BadArgument", ", ".join(call.query), is_mistake=True)

    def _wait(self, call):
        bare = (call.conversation_id or "").partition(";")[0]
        windows = {"send": SENDS, "reply": SENDS, "create": SENDS}.get(call.name, READS)
        kind = "read" if windows is READS else call.name.replace("reply", "send")
        if wait := self._rates.wait("all", ALL, call.at):
            return wait
        # Only sending and reading members are limited for each conversation.
        return 0 if call.name in ("update", "delete") else self._rates.wait((kind, bare), windows, call.at)

    def _create(self, call):
        tenant, body = self.tenant, call.body
        ids = [member.get("id") for member in body.get("members") or []]
        if body.get("isGroup") or len(ids) != 1 or ids == [tenant.bot_id]:
            raise Refused(400, "BadArgument", "a conversation is with one person", is_mistake=True)
        if (body.get("bot") or {}).get("id") != tenant.bot_id:
            raise Refused(400, "ServiceError", "not this bot", is_mistake=True)
        named = {body.get("tenantId"), (body.get("channelData") or {}).get("tenant", {}).get("id")}
        if named != {tenant.id}:
            raise Refused(400, "BadArgument", f"tenants {named}", is_mistake=True)
        if (user := tenant.user(ids[0])) is None:
            raise Refused(400, "BadArgument", "nobody of that id")
        place = tenant.personal(user)
        self._allow(place)
        if "activity" not in body:
            return 201, {"id": place.id}
        self._message(replace(call, body=body["activity"]))
        return 201, {"id": place.id, "activityId": self._stand(place, None, body["activity"])}

    def _send(self, call):
        place, root = self._place(call)
        self._allow(place)
        if call.body.get("type") == "typing":
            self.typing.append((call.conversation_id, call.at))
            return 201, {"id": self.new_id()}
        self._message(call)
        if place.kind == "channel" and root is None and call.of is not None:
            root = next((seen.root for seen in self.messages(place.id) if seen.id == call.of), call.of)
        return 201, {"id": self._stand(place, root, call.body)}

    _reply = _send

    def _update(self, call):
        seen = self._own(call)
        self._message(call)
        self.put(replace(seen, activity=call.body, is_edited=True, shown_to={}))
        return 200, {"id": seen.id}

    def _delete(self, call):
        self.take_back(self._own(call))
        return 200, {}

    def _members(self, call):
        return 200, [self.tenant.users[id_].on_wire() for id_ in self._place(call)[0].members]

    def _pagedmembers(self, call):
        _, everyone = self._members(call)
        try:
            start = int(base64.b64decode(call.query.get("continuationToken", "MA=="), validate=True))
            end = start + min(int(call.query.get("pageSize", PAGE)), PAGE)
        except ValueError:
            raise Refused(400, "BadArgument", "pageSize or continuationToken", is_mistake=True) from None
        more = {"continuationToken": base64.b64encode(b"%d" % end).decode()} if end < len(everyone) else {}
        return 200, {"members": everyone[start:end], **more}

    def _member(self, call):
        user = self.tenant.user(call.of)
        if user is None or user.id not in self._place(call)[0].members:
            raise Refused(404, "MemberNotFoundInConversation")
        return 200, user.on_wire()

    def _place(self, call):
        bare, _, root = call.conversation_id.partition(";messageid=")
        place = self.tenant.find(bare)
        if place is None:
            raise Refused(404, "ConversationNotFound")
        if self.tenant.refusal(place) == "BotNotInConversationRoster":
            raise Refused(403, "BotNotInConversationRoster")
        return place, root or None

    def _allow(self, place):
        if code := self.tenant.refusal(place):
            raise Refused(403, code)

    def _own(self, call):
        place, _ = self._place(call)
        self._allow(place)
        for seen in self.messages(call.conversation_id):
            if seen.id == call.of and seen.by == self.tenant.bot_id:
                return seen
        raise Refused(404, "ActivityNotFoundInConversation")

    def _message(self, call):
        if call.body.get("type") != "message":
            raise Refused(400, "BadArgument", f"type {call.body.get('type')}", is_mistake=True)
        if found := findings(call.body):
            raise Refused(400, "BadArgument", "; ".join(found), is_mistake=True)

    def _stand(self, place, root, activity):
        new_id = self.new_id()
        root = (root or new_id) if place.kind == "channel" else None
        self.put(Seen(new_id, place.id, root, self.tenant.bot_id, activity))
        return new_id


def _asked(method, parts):
    """Return what a call asks for, the conversation, and the activity or member in it."""
    match method, parts:
        case "POST", ["conversations"]:
            return "create", None, None
        case "POST", ["conversations", at, "activities"]:
            return "send", at, None
        case "POST" | "PUT" | "DELETE", ["conversations", at, "activities", of]:
            return {"POST": "reply", "PUT": "update", "DELETE": "delete"}[method], at, of
        case "GET", ["conversations", at, ("members" | "pagedmembers") as name]:
            return name, at, None
        case "GET", ["conversations", at, "members", of]:
            return "member", at, of
    return "unknown", None, None


def _faulty(fault):
    status, _, code = fault.kind.partition(":")
    return _error(int(status), code or CODES.get(int(status), "ServiceError"), "as asked", fault.retry_after)


def _error(status, code, message, retry_after=None):
    """Return an error as the service words it: some come from what stands before it, and are no JSON of its own."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if status in (413, 502, 504):
        return Reply(status, f"<html><body>{status}</body></html>".encode(), "text/html", headers)
    if status == 401:
        return json_reply(status, {"message": "this token is not good here"}, **headers)
    return json_reply(status, {"error": {"code": code, "message": message or code}}, **headers)


@contextmanager
def running_connector(tenant, token=None, now=lambda: datetime.now(UTC)):
    """Run the service for a tenant; its address is in `service_url`."""
    connector = Connector(tenant, now, token)
    with served(connector.answer) as origin:
        connector.service_url = f"{origin}/teams/"
        yield connector
