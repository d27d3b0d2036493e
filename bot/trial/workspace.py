"""Owns the state of the trial workspace: people, channels, messages, views, and what the app has sent."""

import random
import string
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.trial.tickets import Tickets

Json = dict[str, Any]
ChannelKind = Literal["public", "private", "im"]
Notice = Literal["posted", "changed", "deleted"]

STRANGERS_TEAM_ID = "T0ELSEWHERE"
STATUS_SECONDS = 120
GONE_WITH_A_MESSAGE = ("blocks", "metadata", "files", "edited", "bot_id", "app_id", "bot_profile", "client_msg_id")
TOMBSTONE = "This message was deleted."
DEFAULT_SCOPES = frozenset(
    [
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
    ]
)


@dataclass
class User:
    """Somebody in the workspace. A stranger belongs to another one and is here through a shared channel.

    `title` and `site` are what a person switcher shows; Slack knows neither.
    """

    id: str
    name: str
    real_name: str
    email: str = ""
    tz: str = "Europe/London"
    is_bot: bool = False
    is_restricted: bool = False
    deleted: bool = False
    is_stranger: bool = False
    title: str = ""
    site: str = ""


@dataclass
class Channel:
    """A conversation; `members` are user ids, for a direct one the person and the app."""

    id: str
    name: str
    kind: ChannelKind
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    is_shared: bool = False

    @property
    def kind_on_wire(self) -> str:
        """What events call this kind of channel."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]


@dataclass
class OpenView:
    """One modal on a person's screen: the view as Slack sends it, and the errors shown under its fields."""

    body: Json
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Status:
    """What the app says it is doing in a thread; shown for two minutes."""

    text: str
    expires_at: float


@dataclass
class Upload:
    """A file of the app: `content` is None until it was posted, `channel_id` until a message shows it."""

    id: str
    name: str
    length: int
    token: str
    title: str = ""
    content: bytes | None = None
    channel_id: str | None = None


@dataclass(frozen=True)
class Call:
    """One call of the app: a Web API method or a post to a response_url, and what it got back."""

    method: str
    arguments: Json
    answer: Json
    at: float


@dataclass(frozen=True)
class Rejection:
    """Something the app sent that Slack would not take, and why."""

    method: str
    error: str
    messages: tuple[str, ...]
    arguments: Json


class Workspace:
    """Everything Slack would remember of one workspace with one app in it; safe to use from several threads.

    `now` returns seconds since 1970; it drives message ids and every expiry. Hold `lock` to read several things at
    once. Callbacks run under the lock, in the thread that made the change, and must be short.
    """

    def __init__(
        self, now: Callable[[], float], random_source: random.Random, team_name: str = "Harbour Bean (trial)"
    ) -> None:
        self.now = now
        self.random = random_source
        self.team_name = team_name
        self.team_domain = _slug(team_name)
        self.team_id, self.app_id, self.bot_id, self.bot_user_id = (
            "T0TRIAL001",
            "A0COACH001",
            "B0COACH001",
            "U0COACH001",
        )
        self.bot_token = f"xoxb-trial-{self.new_id('', 24)}"
        self.app_token = f"xapp-trial-{self.new_id('', 24)}"
        self.signing_secret = f"{random_source.getrandbits(128):032x}"
        self.token_error: str | None = None
        self.scopes = set(DEFAULT_SCOPES)
        self.limits_rates = True
        self.lock = threading.RLock()
        bot = User(self.bot_user_id, "coach", "Coach", is_bot=True)
        self.users: dict[str, User] = {bot.id: bot}
        self.channels: dict[str, Channel] = {}
        self.messages: defaultdict[str, list[Json]] = defaultdict(list)
        self.views: defaultdict[str, list[OpenView]] = defaultdict(list)
        self.homes: dict[str, Json] = {}
        self.statuses: dict[tuple[str, str], Status] = {}
        self.prompts: dict[str, list[Json]] = {}
        self.pauses: dict[str, tuple[float, float]] = {}
        self.files: dict[str, Upload] = {}
        self.tickets = Tickets(now, random_source)
        self.log: list[Call] = []
        self.rejections: list[Rejection] = []
        self.on_change: list[Callable[[], None]] = []
        self.on_message: list[Callable[[Notice, Channel, Json, Json | None], None]] = []
        self._last_microsecond = 0

    @classmethod
    def for_people(
        cls, people: Iterable[User], now: Callable[[], float], random_source: random.Random, **options: Any
    ) -> "Workspace":
        """Return a workspace of these people: #general, a channel for each site, and #social without the app."""
        workspace = cls(now, random_source, **options)
        for user in people:
            workspace.users[user.id] = user
        humans = {user.id: user for user in workspace.users.values() if not user.is_bot}
        workspace.add_channel("general", "public", humans)
        for site in dict.fromkeys(user.site for user in humans.values() if user.site):
            workspace.add_channel(_slug(site), "public", (id_ for id_, user in humans.items() if user.site == site))
        workspace.add_channel("social", "public", humans, with_app=False)
        return workspace

    def add_channel(
        self, name: str, kind: ChannelKind, members: Iterable[str] = (), with_app: bool = True, is_shared: bool = False
    ) -> Channel:
        """Create a channel with these members, and the app unless told otherwise."""
        with self.lock:
            everyone = set(members) | ({self.bot_user_id} if with_app else set())
            channel = Channel(self.new_id("C"), name, kind, everyone, is_shared=is_shared)
            self.channels[channel.id] = channel
            self.changed()
            return channel

    def channel_named(self, name: str) -> Channel:
        """Return a channel by id or by name, with or without #. Raises KeyError."""
        with self.lock:
            if name in self.channels:
                return self.channels[name]
            for channel in self.channels.values():
                if channel.kind != "im" and channel.name == name.removeprefix("#"):
                    return channel
            raise KeyError(name)

    def open_dm(self, user_id: str) -> Channel:
        """Return the conversation of a person with the app, made when first asked for."""
        with self.lock:
            members = {user_id, self.bot_user_id}
            for channel in self.channels.values():
                if channel.kind == "im" and channel.members == members:
                    return channel
            channel = Channel(self.new_id("D"), user_id, "im", members)
            self.channels[channel.id] = channel
            return channel

    def pause_of(self, user_id: str) -> tuple[float, float] | None:
        """Return from when until when a person wants no notifications, None where that is not now."""
        with self.lock:
            from_at, until_at = self.pauses.get(user_id, (0.0, 0.0))
            return (from_at, until_at) if from_at <= self.now() < until_at else None

    def is_member(self, user_id: str, channel: Channel) -> bool:
        """Whether a person takes part in a channel."""
        return user_id in channel.members

    def find(self, channel_id: str, ts: str) -> Json | None:
        """Return the message itself, not a copy; None when it was deleted or never there."""
        return next((message for message in reversed(self.messages[channel_id]) if message["ts"] == ts), None)

    def post(self, channel: Channel, user_id: str, text: str, **more: Any) -> Json:
        """Put a message into a channel and return it. `more` are fields of Slack's message, None left out.

        With `_only_for` it is ephemeral: one person sees it, history and events do not have it.
        """
        with self.lock:
            message: Json = {"type": "message", "user": user_id, "text": text, "ts": self.new_ts()}
            user = self.users.get(user_id)
            message["team"] = self.team_id
            if user and user.is_stranger:
                message |= dict.fromkeys(("team", "user_team", "source_team"), STRANGERS_TEAM_ID)
            if user_id == self.bot_user_id:
                message |= {"bot_id": self.bot_id, "app_id": self.app_id, "bot_profile": self.bot_profile()}
            message |= {name: value for name, value in more.items() if value is not None}
            self._join_thread(channel, message)
            self.messages[channel.id].append(message)
            if user_id == self.bot_user_id:
                self._end_status(channel, message)
            self._tell("posted", channel, message, None)
            return message

    def change(self, channel: Channel, message: Json, text: str, editor_id: str, **more: Any) -> None:
        """Replace the text of a message; fields in `more` that are None are taken away."""
        with self.lock:
            previous = deepcopy(message)
            message["text"] = text
            message["edited"] = {"user": editor_id, "ts": f"{int(self.now())}.000000"}
            for name, value in more.items():
                if value is None:
                    message.pop(name, None)
                else:
                    message[name] = value
            self._tell("changed", channel, message, previous)

    def delete(self, channel: Channel, message: Json) -> None:
        """Take a message away; the first one of a thread leaves a tombstone, as in Slack."""
        with self.lock:
            if message.get("reply_count"):
                previous = deepcopy(message)
                for name in GONE_WITH_A_MESSAGE:
                    message.pop(name, None)
                message |= {"subtype": "tombstone", "text": TOMBSTONE, "user": "USLACKBOT", "hidden": True}
                self._tell("changed", channel, message, previous)
                return
            self.messages[channel.id].remove(message)
            self._tell("deleted", channel, message, None)
            if parent := self.find(channel.id, message.get("thread_ts", "")):
                self._count_replies(channel, parent)
                if parent.get("subtype") == "tombstone" and not parent.get("reply_count"):
                    self.delete(channel, parent)

    def status(self, channel_id: str, thread_ts: str) -> str:
        """Return what the app says it is doing in a thread, empty when nothing."""
        with self.lock:
            status = self.statuses.get((channel_id, thread_ts))
            return status.text if status and status.expires_at > self.now() else ""

    def changed(self) -> None:
        """Tell whoever draws the workspace that something is different."""
        for callback in list(self.on_change):
            callback()

    def calls(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        with self.lock:
            return [call for call in self.log if call.method == method]

    def new_ts(self) -> str:
        """Return the id of a new message: strictly rising, unique in the workspace."""
        with self.lock:
            self._last_microsecond = max(int(self.now() * 1_000_000), self._last_microsecond + 1)
            return f"{self._last_microsecond // 1_000_000}.{self._last_microsecond % 1_000_000:06d}"

    def new_id(self, prefix: str, length: int = 9) -> str:
        """Return a new id in Slack's manner."""
        return prefix + "".join(self.random.choices(string.ascii_uppercase + string.digits, k=length))

    def bot_profile(self) -> Json:
        """Return what Slack adds to every message of the app."""
        return {
            "id": self.bot_id,
            "deleted": False,
            "name": self.users[self.bot_user_id].real_name,
            "updated": 1_790_000_000,
            "app_id": self.app_id,
            "user_id": self.bot_user_id,
            "icons": {"image_36": "", "image_48": "", "image_72": ""},
            "team_id": self.team_id,
        }

    def _end_status(self, channel: Channel, message: Json) -> None:
        thread_ts = message.get("thread_ts")
        for key in list(self.statuses):
            if key[0] == channel.id and thread_ts in (None, key[1]):
                del self.statuses[key]

    def _join_thread(self, channel: Channel, message: Json) -> None:
        if not (parent := self.find(channel.id, message.get("thread_ts", ""))):
            # Slack does not refuse an answer to a message that is gone: it posts it outside any thread.
            message.pop("thread_ts", None)
            return
        message["thread_ts"] = parent.get("thread_ts", parent["ts"])
        first = self.find(channel.id, message["thread_ts"]) or parent
        message["parent_user_id"] = first["user"]
        if "_only_for" not in message:
            self._count_replies(channel, first, message)

    def _count_replies(self, channel: Channel, parent: Json, coming: Mapping[str, Any] | None = None) -> None:
        replies = [
            message
            for message in self.messages[channel.id]
            if message.get("thread_ts") == parent["ts"] != message["ts"] and "_only_for" not in message
        ] + ([coming] if coming else [])
        users = list(dict.fromkeys(reply["user"] for reply in replies))
        parent |= {"reply_count": len(replies), "reply_users_count": len(users), "reply_users": users}
        if replies:
            parent |= {"thread_ts": parent["ts"], "latest_reply": replies[-1]["ts"]}
        else:
            for name in ("thread_ts", "reply_count", "reply_users_count", "reply_users", "latest_reply"):
                parent.pop(name, None)

    def _tell(self, notice: Notice, channel: Channel, message: Json, previous: Json | None) -> None:
        if "_only_for" not in message:
            for callback in list(self.on_message):
                callback(notice, channel, deepcopy(message), previous)
        self.changed()


def _slug(name: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())
