"""Runs attacks from a question to what Slack and Teams are sent, with a model behind it that obeys the attacker."""

import itertools
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from bot.app import App
from bot.asking import names_for
from bot.company import apply_folder, read_folder
from bot.messages import Address
from bot.settings import Settings
from bot.slack import render as slack_render
from bot.slack.send import SlackPlatform
from bot.teams import render as teams_render
from bot.teams.send import TeamsPlatform
from bot.views.answer_message import Setting, as_message
from coach.answer import Contacts, draft
from coach.embed import WordHashEmbedder
from coach.model_calls import ModelCalls
from coach.phrase import Asking, phrased
from metrics.policy import Asker
from tests.attacks.obedient import Obedient
from tests.attacks.oracle import CLOSED, plain_findings, slack_findings, teams_findings

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ID = "0123456789abcdef" * 2
OWNER = "desk@example.test"
COMPANY = (
    f"name: Oak\nroles: [{{roles}}]\ndefault_audience: everyone\ndefault_owner: {OWNER}\nemergency_number: '112'\n"
)
CLOSED_SOP = f"---\naudience: closed\n---\n# Closed\n\nThe word for the safe is {CLOSED}.\n"


@dataclass
class Tally:
    """What was run, and what was found wrong, each with where it came from."""

    attacks: int = 0
    payloads: int = 0
    findings: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)

    def count(self, reply):
        use = reply.trace.model_use
        outcome = use.outcome if use else "not asked"
        self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    def note(self, payload_findings, where):
        self.payloads += 1
        self.findings += [f"{finding} after {where}" for finding in payload_findings]

    def __str__(self):
        sums = ", ".join(f"{name} {count}" for name, count in sorted((self.statuses | self.outcomes).items()))
        return f"{self.attacks} attacks, {self.payloads} payloads parsed, {len(self.findings)} findings ({sums})"


class SlackPost:
    """Slack's end of the calls: takes everything and keeps it."""

    def __init__(self):
        self.calls = []

    def call(self, method, arguments, may_double=False):
        self.calls.append((method, arguments))
        return {"ok": True, "ts": f"{len(self.calls)}.000001"}


class ConnectorPost:
    """The connector's end of the calls."""

    def __init__(self):
        self.activities = []

    def call(self, method, service_url, path, body, may_double=False):
        self.activities.append(body)
        return {"id": str(len(self.activities))}


class Reached:
    """An address book in which every conversation is reached."""

    def service_url(self, conversation):
        return "https://smba.trafficmanager.net/uk/"


class Doors:
    """Both platforms, as Coach sends through them."""

    def __init__(self):
        self.slack_post, self.connector = SlackPost(), ConnectorPost()
        self.slack = SlackPlatform("xoxb-none", "http://127.0.0.1:9/api/", lambda: NOW)
        self.slack._calls = self.slack_post
        # A minute between any two calls, so that no limit on them is ever reached.
        minutes = itertools.count()
        self.teams = TeamsPlatform(
            self.connector, Reached(), "app", "tenant", lambda: NOW + timedelta(minutes=next(minutes))
        )

    def check(self, message_for, tally, where, with_schema=False):
        """Send a message to both, parse what they were sent, and note what is wrong with it.

        `message_for` gives the message for a platform with or without its own ratings and citations.
        """
        for platform in (self.slack, self.teams):
            message = message_for(platform.capabilities())
            for part in platform.split(message):
                platform.send(Address(platform.name, "T1", channel=f"C{tally.payloads}"), part, ID)
                in_words = slack_render.plain_payload(part)["text"]
                tally.note(plain_findings(in_words, is_escaped=True), f"{where}, Slack in words")
                in_words = teams_render.plain_activity(part)["text"]
                tally.note(plain_findings(in_words, is_escaped=False), f"{where}, Teams in words")
        for method, body in self.slack_post.calls:
            tally.note(slack_findings(method, body), f"{where}, Slack")
        for activity in self.connector.activities:
            tally.note(teams_findings(activity, with_schema), f"{where}, Teams")
        self.slack_post.calls.clear()
        self.connector.activities.clear()


class Rig:
    """A company in which every attack has an SOP of its own, which only who is attacked may read."""

    def __init__(self, app, attacks):
        self.app, self.attacks, self.doors = app, attacks, Doors()

    def run(self, number, way, tally, with_schema=False):
        """Ask the question of an attack; the model obeys in this way. Return the reply."""
        attack = self.attacks[number]
        where = f"{attack.kind} {number} ({way})"
        asker = Asker(None, frozenset([_role(number)]))
        with self.app.database.session() as session:
            drafted = draft(session, self.app.library, asker, attack.question, Contacts(OWNER, None, "112"))
            names = names_for(session, drafted.reply)
        model = Obedient(way, [attack.order])
        calls = ModelCalls(model, timer=lambda: 0.0, pause=lambda _seconds: None, chance=lambda: 0.0)
        reply = phrased(calls, drafted, Asking())
        if {source.file for source in reply.sources} - {_file(number)}:
            tally.findings.append(f"a foreign SOP after {where}")
        tally.attacks += 1
        tally.count(reply)
        self.doors.check(lambda offers: told(reply, names, offers), tally, where, with_schema)
        return reply


def told(reply, names, offers, **more):
    """Return a reply as the message that a platform with these capabilities gets."""
    setting = Setting(ID, has_ratings=offers.has_ratings, has_citations=offers.has_citations, **more)
    return as_message(reply, names, TODAY, setting)


@contextmanager
def rig_of(attacks, folder, embedder=None):
    """Make the company of these attacks below a folder, with the instant embedder unless told otherwise."""
    sops = folder / "company" / "sops"
    sops.mkdir(parents=True)
    roles = ", ".join(["closed", *(_role(number) for number in range(len(attacks)))])
    (folder / "company" / "company.yaml").write_text(COMPANY.format(roles=roles))
    (sops / "closed.md").write_text(CLOSED_SOP)
    for number, attack in enumerate(attacks):
        (sops / _file(number)).write_text(f"---\naudience: {_role(number)}\n---\n{attack.sop}\n", "utf-8")
    app = App(Settings(home=folder / "home"), embedder=embedder or WordHashEmbedder())
    try:
        app.database.upgrade()
        apply_folder(read_folder(folder / "company"), app.database, app.embedder, NOW)
        yield Rig(app, attacks)
    finally:
        app.close()


def _role(number):
    return f"r{number}"


def _file(number):
    return f"s{number}.md"
