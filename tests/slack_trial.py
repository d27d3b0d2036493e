"""A trial workspace with the whole application behind it: a small company, its people, and what they got."""

import time
from collections import Counter
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import SecretStr

from bot import queue, rates
from bot.app import App
from bot.commands.trial import trial_workspace
from bot.company import apply_folder, read_folder
from bot.serving import Serving
from bot.settings import Settings
from bot.trial.human import Human
from bot.trial.shown import elements_in, shown_text
from bot.trial.simulator import Simulator
from coach.embed import WordHashEmbedder
from tests.behind import Behind

WAIT_SECONDS = 30
CASHIERS = 60
MANAGER = "manager@example.test"
QUESTION = "does a refund go back to the card that paid?"
ANSWER = "A refund goes back to the card that paid."
OTHER_QUESTION = "where do the keys of the till hang?"
OTHER_ANSWER = "The keys of the till hang in the safe."
SECRET_QUESTION = "how big is the bonus pool of the store?"
SECRET_ANSWER = "two percent of its yearly margin"
SENDING = (
    "chat.postMessage",
    "chat.postEphemeral",
    "chat.update",
    "chat.delete",
    "views.publish",
    "response_url",
)

LESSON = "Refund without a receipt"
MODULE = f"""---
title: {LESSON}
skill: refunds
behaviour: Staff call a manager before they say yes or no.
minutes: {{concept: 1, practice: 1, reflection: 1}}
teaches:
  - shop/refunds.md > Exceptions
---
## Concept

### Only a manager approves it

Most customers keep their receipt, and then a refund is quick: you look at the card that paid, and the money goes back
to it. Without a receipt nobody at the till knows what was paid, when, or with what. That is why only a manager may
approve a refund then. You call one before you say yes or no, and you tell the customer that you are doing so.

Do not guess at the price, and do not offer cash instead. Both look helpful for a moment, and both leave somebody else
with money that cannot be accounted for in the evening, when the till is counted.

## Practice

### Scenario: A kettle

A customer brings a kettle back and has no receipt. She is in a hurry, and the queue grows behind her.

What do you do?

- [ ] Pay it back in cash.
- [x] Call a manager.
- [ ] Send them away.

Why: Only a manager may approve it.
Quote: Without a receipt only a manager may approve a refund.

## Reflection

### Question: Who decides

Nobody at the till knows what was paid, when it was, or with which card.

Who may approve a refund then?

- [ ] Whoever stands at the till
- [x] A manager
- [ ] Nobody at all

Why: That is what a manager is there for.
Quote: Without a receipt only a manager may approve a refund.

Think: Whom would you call today?
"""

_PEOPLE = [f"Cara Elm {number},c{number}@example.test,cashier,UC{number},{MANAGER},Quay" for number in range(CASHIERS)]
FILES = {
    "company.yaml": "name: Oak Shop\ntimezone: Europe/London\nroles: [manager, cashier]\ndefault_audience: everyone\n"
    f"audiences: {{'boss/*.md': manager}}\ndefault_owner: {MANAGER}\nemergency_number: '112'\n"
    "skills: {refunds: {title: Refunds}}\nlessons: {quiet_hours: null}\n"
    "working_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]\n",
    "people.csv": "\n".join(
        ["name,email,role,slack_id,manager,site", f"Ada Oak,{MANAGER},manager,UMANAGER,,Quay", *_PEOPLE]
    ),
    "sops/shop/refunds.md": "# Refunds\n\nA refund goes back to the card that paid. Ask for the receipt first.\n\n"
    "## Exceptions\n\nWithout a receipt only a manager may approve a refund.\n",
    "sops/shop/keys.md": "# Keys of the till\n\nThe keys of the till hang in the safe. Count them at closing time.\n",
    "sops/shop/parcels.md": "# Parcels\n\nA parcel nobody collects goes back after fourteen days.\n",
    "sops/boss/bonus.md": "# Bonus pool\n\nThe bonus pool of the store is two percent of its yearly margin.\n",
    "lessons/refunds.md": MODULE,
}


def until(condition, seconds=10.0):
    """Wait until something is so; what it was is returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)
    return found


@dataclass
class Trial(Behind):
    """The workspace and the application in one hand."""

    app: App
    simulator: Simulator
    serving: Serving
    met: list[str] = field(default_factory=list)

    @property
    def workspace(self):
        return self.simulator.workspace

    def human(self, user_id):
        return Human(self.simulator, user_id)

    def manager(self):
        return self.human("UMANAGER")

    def newcomer(self):
        """Somebody who has not been in this trial yet."""
        self.met.append(f"UC{len(self.met)}")
        return self.human(self.met[-1])

    def channel(self, *humans):
        """Make a channel of these people and Coach; each has its own rate limits."""
        name = f"room-{len(self.workspace.channels)}"
        self.workspace.add_channel(name, "public", [human.user_id for human in humans])
        return name

    def act(self, deed, *given, **more):
        """Do something and wait until everything it leads to was handled and sent."""
        done = deed(*given, **more)
        result = done.result(WAIT_SECONDS) if isinstance(done, Future) else done
        self.settle()
        return result

    def settle(self, within_seconds=WAIT_SECONDS):
        self.simulator.settle(within_seconds)
        until(self.is_idle, within_seconds)
        self.simulator.settle(within_seconds)

    def by_coach(self, human, channel):
        """What Coach wrote that this person sees there, oldest first."""
        bot = self.workspace.bot_user_id
        return [message for message in human.messages(channel) if message["user"] == bot]

    def last(self, human, channel):
        """The words of the newest of these, and what can be pressed in it."""
        newest = self.by_coach(human, channel)[-1]
        return shown_text(newest), labels(newest)

    def standing(self):
        """Every message of Coach's in the workspace by the key of its outbox row, ephemeral ones left out."""
        with self.workspace.lock:
            found = [message for messages in self.workspace.messages.values() for message in messages]
        return Counter(
            message["metadata"]["event_payload"]["key"] for message in found if message.get("metadata") is not None
        )

    def sent(self):
        """What Slack took of all that is sent from the outbox."""
        with self.workspace.lock:
            return [call for call in self.workspace.log if call.method in SENDING and call.answer.get("ok")]

    def assert_counts_agree(self, kept):
        """One event for each of `kept` things that came in, and for each message Slack took; nothing was refused."""
        assert len(self.sent_when_counts_agree(kept)) == len(self.sent())
        assert self.workspace.rejections == []


def labels(shown):
    """What can be pressed or chosen in a message or view, by its label."""
    found = []
    for element in elements_in(shown.get("blocks") or []):
        found += [element.label, *(option["text"]["text"] for option in element.options())]
    return found


@contextmanager
def company_app(folder, url=None):
    """The small company, applied; its folder, data and database are below `folder` unless told otherwise."""
    for name, content in FILES.items():
        path = folder / "company" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    settings = Settings(home=folder / "home", database_url=SecretStr(url) if url else None)
    app = App(settings, embedder=WordHashEmbedder())
    try:
        app.database.upgrade()
        apply_folder(read_folder(folder / "company"), app.database, app.embedder, datetime.now(UTC))
        yield app
    finally:
        app.close()


@contextmanager
def trial(folder, url=None, over_sockets=False):
    """The small company's workspace with Coach in it."""
    with company_app(folder, url) as app, trial_workspace(app, use_socket_mode=over_sockets) as (simulator, serving):
        yield Trial(app, simulator, serving)


def without_limits(monkeypatch):
    """Let Coach send as fast as it can, and let any number of messages wait."""
    for name in rates.PER_MINUTE:
        monkeypatch.setitem(rates.PER_MINUTE, name, 10**9)
    monkeypatch.setattr(rates, "CHANNEL_PER_SECOND", 1e6)
    monkeypatch.setattr(rates, "CHANNEL_BURST", 1e6)
    monkeypatch.setattr(queue, "MAX_READY", 10**6)
    monkeypatch.setattr(queue, "MOST_WAITING_PER_ACCOUNT", 10**6)
