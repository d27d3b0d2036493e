"""What the suite over the Platform port looks at and does on each platform, and the one without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta

from bot.arrivals import Arrived
from bot.in_process import InProcessPlatform
from bot.messages import Actions, Address, Chart, Disconnected, Identity, Incoming, Kind, Undeliverable
from metrics.charts import in_words
from tests.chat import labels

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
PAUSE = timedelta(seconds=2)
HELPFUL = "Helpful"


@dataclass(frozen=True)
class Seen:
    """A message as it stands: its id, the thread it is in, its notification, what is read and can be pressed.

    `not_words` says what in it is shown as something else than the words it was given, `file` what is in a file that
    came with it.
    """

    id: str | None
    thread: str | None
    text: str
    words: str
    labels: list = field(default_factory=list)
    citations: dict = field(default_factory=dict)
    is_by_machine: bool = False
    not_words: list = field(default_factory=list)
    file: str | None = None


class Clock:
    """Time that passes only when told."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def seconds(self):
        return self.at.timestamp()


class Place:
    """A platform and a conversation on it, on a clock moved by hand.

    `refused` and `removed` are what it says to a message it will never take, and when Coach may not speak any more;
    `tells_pauses` that it says who does not want to be disturbed.
    """

    ana, guest, stranger = "U0ANA", "U0GUEST", "U0STRANGER"
    time_zone = zone_in_directory = "Europe/Madrid"
    tells_pauses = True
    refused, removed = Undeliverable("is_archived"), Disconnected("token_revoked")

    def __init__(self, platform, workspace, channel, clock):
        self.platform, self.workspace, self.channel, self.clock = platform, workspace, channel, clock

    @property
    def offers(self):
        return self.platform.capabilities()

    def address(self, **more):
        return Address(
            **({"platform": self.platform.name, "workspace": self.workspace, "channel": self.channel} | more)
        )

    def post(self, message, **more):
        """Send a message in as many parts as it takes, slowly enough for any limit; return what stands there of it."""
        sent = self.send(message, **more)
        return [seen for seen in self.seen(self.channel) if seen.id in sent]

    def send(self, message, **more):
        """Send a message in as many parts as it takes, slowly enough for any limit; return their ids."""
        sent = []
        for number, part in enumerate(self.platform.split(message)):
            sent.append(self.platform.send(self.address(**more), part, f"k#{number}"))
            self.clock.at += PAUSE
        return sent

    def direct(self):
        """Return what stands in Ana's own chat with Coach."""
        return self.seen(self.platform.open_dm(self.ana))

    def visible(self, channel):
        """Return the notification of each message that all who are there can see."""
        return [seen.text for seen in self.seen(channel)]


class InProcessPlace(Place):
    """Nobody but the test is there; a press is what a gateway would make of it."""

    def __init__(self):
        people = [Identity(self.ana, True, "Ana Reyes", "ana@example.test", self.time_zone)]
        people.append(Identity(self.guest, False, "Gus Guest"))
        clock = Clock()
        super().__init__(InProcessPlatform(clock.now, people), "T1", "C1", clock)
        self._pressed = 0

    def seen(self, channel):
        return [_in_process(sent) for sent in self.platform.standing.values() if sent.channel == channel]

    def only_ana(self):
        return [_in_process(sent) for sent in self.platform.posted if sent.address.is_ephemeral]

    def home(self):
        return "\n".join(_words(self.platform.homes[self.ana].blocks))

    def press(self, label):
        sent = next(s for s in reversed(self.platform.standing.values()) if label in labels(s.message))
        action, value = labels(sent.message)[label]
        self._pressed += 1
        incoming = self._done(Kind.CLICK, message_id=sent.message_id, action=action, value=value)
        return Arrived(incoming, f"click:{self._pressed}")

    choose = press

    def again(self, arrived):
        return arrived

    def rate(self, seen):
        return self.press(HELPFUL)

    def opens(self, label):
        """Press a link; return the address behind it."""
        sent = next(s for s in reversed(self.platform.standing.values()) if label in labels(s.message))
        return labels(sent.message)[label][1]

    def command(self, text):
        return self._done(Kind.COMMAND, command="/coach", text=text)

    def writes(self):
        return self._done(Kind.MESSAGE, text="Hello")

    def pause(self, minutes):
        """Let Ana want no notifications for so long."""
        self.platform.paused = {self.ana} if minutes else set()

    def fail(self, error, is_after=False):
        self.platform.fail(error, is_after=is_after)

    def _done(self, kind, **more):
        return Incoming("in_process", self.workspace, kind, self.ana, self.clock.at, self.channel, **more)


@contextmanager
def in_process(_database) -> Iterator[Place]:
    yield InProcessPlace()


def _in_process(sent):
    message = sent.message
    return Seen(
        sent.message_id,
        sent.address.thread,
        message.text,
        "\n".join(_words(message.blocks)) if message.blocks else message.text,
        list(labels(message)),
        {citation.number: citation.words for citation in message.citations},
        message.is_by_machine,
        file=message.file and message.file.content,
    )


def _words(part):
    if isinstance(part, str):
        yield part
    elif isinstance(part, Chart):
        yield in_words(part.spec)
    elif isinstance(part, tuple):
        yield from (word for each in part for word in _words(each))
    elif not isinstance(part, bool | Actions):
        yield from _words(tuple(getattr(part, field.name) for field in fields(part) if field.name != "kind"))


def objects_in(node):
    """Yield every object in a body, however deep."""
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects_in(part)
