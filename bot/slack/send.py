"""Owns SlackPlatform: sending to Slack, taking back, and reading back what was sent."""

import threading
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

import structlog

from bot.identities import Identities
from bot.messages import Address, Capabilities, Identity, Message, NotSent, Undeliverable, Unsure
from bot.parts import parts
from bot.slack import render
from bot.slack.calls import FOREIGN, TIMEOUT_SECONDS, Json, SlackCalls
from bot.slack.files import FileSender, is_of

UPDATE_CHARACTERS = 4_000
PAGE_MESSAGES, PAGES = 200, 20
EVENT_TYPE = "coach_message"
SLACKBOT = "USLACKBOT"
UNKNOWN_USER = {"user_not_found", "user_not_visible", "users_not_found"}
GONE = {"message_not_found", "thread_not_found"}
CANNOT_SPEAK_THERE = {"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"}
BLOCKS_REFUSED = {
    "invalid_arguments",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "view_too_large",
}
# Nothing in a text of ours names or links anybody.
AS_DATA: Json = {"parse": "none", "link_names": False}
WITHOUT_PREVIEWS: Json = {"mrkdwn": False, "unfurl_links": False, "unfurl_media": False}
OFFERS = Capabilities(has_ephemeral=True, has_home=True, can_read_back=True)

log = structlog.get_logger()


class SlackPlatform:
    """Slack as workers see it; any number of threads may use it.

    `api_url` is the Web API's address, `now` gives the present instant.
    """

    name = "slack"

    def __init__(
        self,
        token: str,
        api_url: str,
        now: Callable[[], datetime],
        timeout_seconds: int = TIMEOUT_SECONDS,
    ) -> None:
        self._calls = SlackCalls(token, api_url, timeout_seconds)
        self._files = FileSender(self._calls, self.open_dm)
        self._team_id: str | None = None
        self._dms: dict[str, str] = {}
        self._identities = Identities(now)
        self._now = now
        self._lock = threading.Lock()

    def capabilities(self) -> Capabilities:
        """Return what this platform can do."""
        return OFFERS

    def identify(self, user_id: str, channel: str | None = None) -> Identity:
        """Return who a user is, as Slack said within the last 24 hours; a stranger is an Identity that is no member."""
        return self._identities.get(user_id, lambda: self._ask_who(user_id))

    def _ask_who(self, user_id: str) -> Identity:
        try:
            return _identity(user_id, self._calls.call("users.info", {"user": user_id}), self._team())
        except Undeliverable as fault:
            if fault.code not in UNKNOWN_USER:
                raise
            return Identity(user_id, is_member=False)

    def undisturbed(self, user_ids: Collection[str]) -> frozenset[str]:
        """Return whose do-not-disturb is on, by their schedule or because they paused notifications; at most 50."""
        if not user_ids:
            return frozenset()
        statuses = self._calls.call("dnd.teamInfo", {"users": ",".join(sorted(user_ids))}).get("users")
        if not isinstance(statuses, dict):
            raise NotSent("malformed")
        now = self._now().timestamp()
        return frozenset(user_id for user_id in user_ids if _is_undisturbed(statuses.get(user_id), now))

    def open_dm(self, user_id: str) -> str:
        """Return the channel id of the direct conversation with a person."""
        with self._lock:
            known = self._dms.get(user_id)
        if known:
            return known
        opened = self._calls.call("conversations.open", {"users": user_id}).get("channel")
        channel = _text(opened.get("id") if isinstance(opened, dict) else None)
        with self._lock:
            self._dms[user_id] = channel
        return channel

    def split(self, message: Message) -> list[Message]:
        """Return the message in as many parts as Slack's limits ask for, none of them empty."""
        return parts(message)

    def send(self, address: Address, message: Message, key: str) -> str | None:
        """Post a message and return its timestamp, None for an ephemeral message, a home page or a file."""
        if address.surface == "home":
            self._publish(address, message)
            return None
        if message.file is not None and not message.blocks:
            self._files.send(address, message, message.file, key)
            return None
        if address.is_ephemeral:
            self._show_only(address, message, key, replaces=False)
            return None
        return self._post(self._channel(address), address.thread, message, key)

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        """Return the timestamp of the message or file sent with `key` since an instant, None when it is not there.

        Raises Unsure when there is more to read than 4,000 messages.
        """
        # To one person among others go files alone that can be found, in their own conversation.
        place = self._files.place(address) if address.is_ephemeral else (self._channel(address), address.thread)
        for message in self._history(*place, since):
            metadata = message.get("metadata") or {}
            is_it = metadata.get("event_type") == EVENT_TYPE and metadata.get("event_payload", {}).get("key") == key
            if is_it or is_of(message, key):
                return str(message["ts"])
        return None

    def update(self, address: Address, message_id: str, message: Message) -> None:
        """Replace a message sent before; an ephemeral one through the address that came with its click."""
        if address.surface == "home":
            self._publish(address, message)
            return
        if address.is_ephemeral:
            self._show_only(address, message, key="", replaces=True)
            return
        place = {"channel": self._channel(address), "ts": message_id}
        _with_blocks_or_without(
            lambda shown: self._calls.call("chat.update", {**place, **AS_DATA, **shown}),
            render.payload(message),
            lambda: render.plain_payload(message, UPDATE_CHARACTERS),
        )

    def delete(self, address: Address, message_id: str) -> None:
        """Take a message back; one already gone is fine, and so is an ephemeral one out of reach."""
        if address.is_ephemeral:
            if address.response_url:
                self._take_back(address.response_url)
            return
        try:
            self._calls.call("chat.delete", {"channel": self._channel(address), "ts": message_id})
        except Undeliverable as fault:
            if fault.code not in GONE:
                raise

    def close(self) -> None:
        """There is nothing to give back: each call has a connection of its own."""

    def _team(self) -> str:
        if self._team_id is None:
            self._team_id = _text(self._calls.call("auth.test", {}).get("team_id"))
        return self._team_id

    def _channel(self, address: Address) -> str:
        if address.channel:
            return address.channel
        if not address.only_for:
            raise Undeliverable("no_address")
        return self.open_dm(address.only_for)

    def _post(self, channel: str, thread: str | None, message: Message, key: str) -> str:
        place: Json = {"channel": channel} | ({"thread_ts": thread} if thread else {})
        mark: Json = {"metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": key}}}
        around = {**place, **AS_DATA, **WITHOUT_PREVIEWS, **mark}
        answer = _with_blocks_or_without(
            lambda shown: self._calls.call("chat.postMessage", {**around, **shown}, may_double=True),
            render.payload(message),
            lambda: render.plain_payload(message),
        )
        if not isinstance(answer.get("ts"), str):
            raise Unsure("malformed")
        return str(answer["ts"])

    def _show_only(self, address: Address, message: Message, key: str, replaces: bool) -> None:
        if address.response_url:
            try:
                self._respond(address.response_url, address.thread, message, replaces)
                return
            except Undeliverable as fault:
                if fault.code == FOREIGN:
                    raise
        place: Json = {"channel": address.channel, "user": address.only_for}
        around = {**place, **AS_DATA} | ({"thread_ts": address.thread} if address.thread else {})
        try:
            _with_blocks_or_without(
                lambda shown: self._calls.call("chat.postEphemeral", {**around, **shown}, may_double=True),
                render.payload(message),
                lambda: render.plain_payload(message),
            )
        except Undeliverable as fault:
            if fault.code not in CANNOT_SPEAK_THERE:
                raise
            self._post(self.open_dm(str(address.only_for)), None, message, key)

    def _respond(self, response_url: str, thread: str | None, message: Message, replaces: bool) -> None:
        around: Json = {"response_type": "ephemeral", "replace_original": replaces, **AS_DATA, **WITHOUT_PREVIEWS}
        around |= {"thread_ts": thread} if thread else {}

        def respond(shown: Json) -> Json:
            self._calls.respond(response_url, {**around, **shown})
            return {}

        _with_blocks_or_without(respond, render.payload(message), lambda: render.plain_payload(message))

    def _take_back(self, response_url: str) -> None:
        try:
            self._calls.respond(response_url, {"delete_original": True})
        except Undeliverable as fault:
            if fault.code == FOREIGN:
                raise

    def _publish(self, address: Address, message: Message) -> None:
        _with_blocks_or_without(
            lambda view: self._calls.call("views.publish", {"user_id": address.only_for, "view": view}),
            render.home(message),
            lambda: render.plain_home(message),
        )

    def _history(self, channel: str, thread: str | None, since: datetime) -> Iterator[Json]:
        method = "conversations.replies" if thread else "conversations.history"
        asked: Json = {"channel": channel, "oldest": f"{since.timestamp():.6f}", "limit": PAGE_MESSAGES}
        asked |= {"include_all_metadata": True} | ({"ts": thread} if thread else {})
        for _ in range(PAGES):
            try:
                answer = self._calls.call(method, asked)
            except Undeliverable as fault:
                if not (thread and fault.code in GONE):
                    raise
                # Slack posts a reply to a thread that is gone outside any.
                yield from self._history(channel, None, since)
                return
            yield from answer.get("messages", [])
            asked["cursor"] = (answer.get("response_metadata") or {}).get("next_cursor")
            if not asked["cursor"]:
                return
        raise Unsure("too_long_to_read_back")


def _with_blocks_or_without(call: Callable[[Json], Json], shown: Json, plain: Callable[[], Json]) -> Json:
    try:
        return call(shown)
    except Undeliverable as fault:
        if fault.code not in BLOCKS_REFUSED:
            raise
        # Better in plain words than not at all; that Slack refused ours is a mistake to mend.
        log.error("slack_blocks_refused", code=fault.code)
        return call(plain())


def _text(value: object) -> str:
    if not (isinstance(value, str) and value):
        raise NotSent("malformed")
    return value


def _is_undisturbed(status: object, now: float) -> bool:
    """Say whether do-not-disturb is on; `now` in seconds since 1970. Others' pauses come as such a window too."""
    if not isinstance(status, dict):
        return False
    in_window = _is_between(status.get("next_dnd_start_ts"), now, status.get("next_dnd_end_ts"))
    in_pause = _is_between(0, now, status.get("snooze_endtime"))
    return (status.get("dnd_enabled") is True and in_window) or (status.get("snooze_enabled") is True and in_pause)


def _is_between(starts: object, now: float, ends: object) -> bool:
    return isinstance(starts, int | float) and isinstance(ends, int | float) and starts <= now < ends


def _identity(user_id: str, answer: Json, team_id: str) -> Identity:
    user: Any = answer.get("user")
    if not isinstance(user, dict):
        raise NotSent("malformed")
    is_other = any(
        user.get(flag) for flag in ("deleted", "is_bot", "is_stranger", "is_restricted", "is_ultra_restricted")
    )
    is_member = not is_other and user_id != SLACKBOT and user.get("team_id") == team_id
    profile = user.get("profile") or {}
    return Identity(
        user_id,
        is_member,
        name=profile.get("real_name") or user.get("real_name") or user.get("name") or "",
        email=profile.get("email") or None,
        time_zone=user.get("tz") or None,
    )
