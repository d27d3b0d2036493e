"""Owns what passes between Coach and a chat platform: what came in, what goes out, and the Platform port."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import TypeAdapter

from metrics.charts import ChartSpec

MAX_CHARACTERS = 9_000
MAX_BLOCKS = 45
MAX_ASKED = 50


class Kind(StrEnum):
    """What a person did."""

    MESSAGE = "message"
    EDIT = "edit"
    DELETE = "delete"
    COMMAND = "command"
    CLICK = "click"
    SUBMIT = "submit"
    HOME = "home"
    REMOVED = "removed"  # the app was uninstalled or its tokens were revoked


@dataclass(frozen=True)
class Incoming:
    """One thing a person did on a chat platform, without anything the platform alone understands.

    `message_id` is the message itself (for an edit, a deletion or a click: the one acted upon), `edited_id` tells
    edits of it apart; `thread_id` is the first message of a thread, None outside one. `text` has the mention of Coach
    taken out, other mentions written as `@someone`, and secrets masked; `masked` says which kinds were, `mentioned` the
    accounts behind each `@someone`, in turn ("" for a group). `fields` are
    the answers of a form. `response_url` answers without being a member of the channel, for 30 minutes. `time_zone` is
    the IANA name of where the person's device is, None where the platform does not say.
    """

    platform: str
    workspace: str
    kind: Kind
    user_id: str
    at: datetime
    channel: str | None = None
    is_direct: bool = False
    message_id: str | None = None
    thread_id: str | None = None
    edited_id: str = ""
    text: str = ""
    masked: tuple[str, ...] = ()
    mentions_coach: bool = False
    mentions_others: bool = False
    mentioned: tuple[str, ...] = ()
    has_file: bool = False
    command: str | None = None
    action: str | None = None
    value: str | None = None
    is_only_for_user: bool = False
    fields: dict[str, str] = field(default_factory=dict, hash=False)
    response_url: str | None = None
    time_zone: str | None = None
    is_shed: bool = False


@dataclass(frozen=True)
class Address:
    """Where a message goes: a channel, a thread in it, or one person's eyes.

    `only_for` is a platform user id: with a channel, an ephemeral message there; without one, the person's direct
    conversation. `surface` home replaces the home page of `only_for`.
    """

    platform: str
    workspace: str
    channel: str | None = None
    thread: str | None = None
    only_for: str | None = None
    surface: Literal["message", "home"] = "message"
    response_url: str | None = None

    @property
    def is_ephemeral(self) -> bool:
        """Whether one person sees it among others; such a message cannot be read back."""
        return self.surface == "message" and self.only_for is not None and self.channel is not None


@dataclass(frozen=True)
class Heading:
    """A title, at most 150 characters."""

    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Text:
    """A paragraph of data: shown as it stands, never as markup; line breaks are kept."""

    text: str
    is_strong: bool = False
    kind: Literal["text"] = "text"


@dataclass(frozen=True)
class Quote:
    """Words of an SOP, set apart as a quotation."""

    text: str
    kind: Literal["quote"] = "quote"


@dataclass(frozen=True)
class Steps:
    """A list, numbered or with bullets."""

    items: tuple[str, ...]
    is_numbered: bool = False
    kind: Literal["steps"] = "steps"


@dataclass(frozen=True)
class Note:
    """Small print: where a quote stands, what was recorded."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True)
class Facts:
    """Pairs of label and value."""

    pairs: tuple[tuple[str, str], ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Table:
    """Rows under named columns; the first column names the row. `caption` says what it shows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Chart:
    """A chart, with its takeaway; a platform that draws none shows a picture of it, described in words."""

    spec: ChartSpec
    kind: Literal["chart"] = "chart"


@dataclass(frozen=True)
class Divider:
    """A line between parts."""

    kind: Literal["divider"] = "divider"


@dataclass(frozen=True)
class Button:
    """A labelled button in Title Case, at most 75 characters; `value` is an opaque id of 128 random bits."""

    label: str
    action: str
    value: str
    is_primary: bool = False
    kind: Literal["button"] = "button"


@dataclass(frozen=True)
class Menu:
    """A short list to choose one from; `options` are pairs of (label, action), all with the same `value`."""

    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    kind: Literal["menu"] = "menu"


@dataclass(frozen=True)
class Link:
    """A button that opens one of Coach's own pages; `url` is built by bot/web alone, never of what anybody wrote.

    One whose address is neither https nor on this machine is not shown.
    """

    label: str
    url: str
    kind: Literal["link"] = "link"


@dataclass(frozen=True)
class Actions:
    """Things to press, in one row."""

    items: tuple[Button | Menu | Link, ...]
    kind: Literal["actions"] = "actions"


Block = Heading | Text | Quote | Steps | Note | Facts | Table | Chart | Divider | Actions


@dataclass(frozen=True)
class File:
    """A text file that goes after a message, to one person's direct conversation alone; `name` has its ending.

    A platform on which no bot may send files shows what is in it.
    """

    name: str
    title: str
    content: str
    media_type: str = "text/csv"


@dataclass(frozen=True)
class Citation:
    """Where words of a message come from: the number they are marked with, `[1]`, the place, and the words."""

    number: int
    title: str
    words: str


@dataclass(frozen=True)
class Message:
    """What a person sees: blocks, and `text`, which says the same to a screen reader and in a notification.

    The rest is for platforms with a way of their own to show it (see Capabilities): where numbered words come from;
    that a machine made it; that it can be rated. `file` is a file that comes after it: a message without blocks is the
    file alone, `text` what is said beside it.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    is_by_machine: bool = False
    is_rateable: bool = False
    file: File | None = None


@dataclass(frozen=True)
class Field:
    """One field of a form; lengths in characters. `value` stands in it already; an optional one may stay empty."""

    name: str
    label: str
    hint: str = ""
    is_multiline: bool = False
    most: int = 2_000
    value: str = ""
    is_optional: bool = False


@dataclass(frozen=True)
class Form:
    """A dialog: blocks to read and fields to fill. Without `submit` it is only for reading.

    `action` names what its submission means, `value` is an opaque id; the title is at most 24 characters.
    """

    title: str
    action: str
    value: str
    blocks: tuple[Block, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who a platform user is. `email` is None where the platform does not say.

    `is_member` tells full members of the installed workspace from guests, strangers, bots and deleted users.
    """

    user_id: str
    is_member: bool
    name: str = ""
    email: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True)
class Capabilities:
    """What a platform can do; lengths in characters.

    Without `has_ephemeral`, what only one person may see goes to their direct conversation; without `has_home`, their
    home page is a message there; without `has_commands`, commands are words to write; without `hears_threads`, only
    what mentions Coach is delivered. `has_ratings` and `has_citations` say that the platform has its own way to rate an
    answer, and to show where numbered words come from.
    """

    has_ephemeral: bool
    has_home: bool
    can_read_back: bool
    has_ratings: bool = False
    has_citations: bool = False
    has_commands: bool = True
    hears_threads: bool = True
    max_characters: int = MAX_CHARACTERS


class PlatformFault(Exception):
    """Sending failed. `code` is a constant of ours or the platform's, never message text."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotSent(PlatformFault):
    """The platform did not take it and may later; `after_seconds` is what it asked to wait, None where it did not."""

    def __init__(self, code: str, after_seconds: float | None = None) -> None:
        super().__init__(code)
        self.after_seconds = after_seconds


class Unsure(PlatformFault):
    """The connection ended before the platform said whether it took it."""


class Failed(Unsure):
    """The platform says that it failed; now and then it took it all the same."""


class Undeliverable(PlatformFault):
    """The platform will never take it as it is."""


class Unreachable(Undeliverable):
    """The conversation is closed to Coach: somebody blocked it or took it out."""


class Disconnected(Undeliverable):
    """Coach may not speak on this platform any more: its token was revoked or the app removed."""


class Platform(Protocol):
    """A chat platform as workers see it. Everything it sends has been through its limits.

    Each method may raise NotSent, Unsure, Undeliverable or Disconnected.
    """

    name: str

    def capabilities(self) -> Capabilities:
        """Return what this platform can do."""

    def identify(self, user_id: str, channel: str | None = None) -> Identity:
        """Return who a user is; a stranger is an Identity that is no member.

        Some platforms can only ask in a conversation the user is in: `channel`.
        """

    def undisturbed(self, user_ids: Collection[str]) -> frozenset[str]:
        """Return whose devices are set to do not disturb now, as far as the platform says; at most MAX_ASKED users."""

    def open_dm(self, user_id: str) -> str:
        """Return the channel id of the direct conversation with a person."""

    def split(self, message: Message) -> list[Message]:
        """Return the message in as many parts as the platform's limits ask for, none of them empty."""

    def send(self, address: Address, message: Message, key: str) -> str | None:
        """Post a message and return its id, None where the platform gives none (ephemeral, home).

        `key` travels with the message, so that find_sent can recognise it.
        """

    def find_sent(self, address: Address, key: str, since: datetime) -> str | None:
        """Return the id of the message sent with `key`, None when it is not there.

        Only for addresses that can be read back.
        """

    def update(self, address: Address, message_id: str, message: Message) -> None:
        """Replace a message sent before."""

    def delete(self, address: Address, message_id: str) -> None:
        """Take a message back; one already gone is fine."""

    def close(self) -> None:
        """Give back every connection."""


INCOMING = TypeAdapter(Incoming)
ADDRESS = TypeAdapter(Address)
MESSAGE = TypeAdapter(Message)
