"""1,000 people due in the same minute: how long until each has their lesson, and whether questions wait meanwhile.

`python -m benchmarks.nudges` prints the figures and writes benchmarks/nudges.json. Time is simulated: Slack takes 200
posts a minute for the workspace and 1 a second for a channel, each call 50 ms; Coach is what staff get, on SQLite.
"""

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr
from rich.progress import track
from sqlalchemy import func, select

from bot import queue
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers import nudging
from bot.handlers.request import new_id
from bot.in_process import InProcessPlatform
from bot.messages import ADDRESS, Address, Identity, Incoming, Kind, Message, NotSent
from bot.outcome import ANSWER
from bot.queue import resume_sending
from bot.router import Router
from bot.settings import Settings
from bot.tables import DirectAddress, OutboxItem
from bot.ticking import plan_ahead
from bot.trial.limits import Limits
from bot.worker import Workers
from coach.embed import WordHashEmbedder
from lessons.module import Card, Item, Minutes, Module, Part, Taught
from lessons.nudges import SENT
from lessons.shelf import store_modules
from lessons.tables import Nudge
from metrics.people import Person

RESULTS = Path(__file__).parent / "nudges.json"
SHIFT_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DUE_AT = SHIFT_AT - timedelta(minutes=15)
POSTS_A_MINUTE = 200
CALL_SECONDS, STEP_SECONDS, TICK_SECONDS = 0.05, 0.25, 15
ALLOWED = 1.2
WORDS = "Above 100 pounds a manager decides."
FILES = {
    "company.yaml": "roles: [cashier]\nskills: {refunds: {title: Refunds}}\ntimezone: Europe/London\n"
    "lessons: {cohorts: {everybody: {when: [15 minutes before shift]}}}\n",
    "sops/refunds.md": f"# Refunds\n\n{WORDS} Ask for the receipt first.\n",
}
QUESTION = "refund above 100 pounds: who decides?"
ITEM = Item(
    slug="who-decides",
    kind="choice",
    phase="practice",
    title="Who decides",
    situation=(Part("A customer wants 120 pounds back."),),
    question="Who decides?",
    options=("You", "A manager"),
    right=1,
    why=WORDS,
    quote=WORDS,
)
MODULE = Module(
    file="refunds.md",
    title="Refunds above 100 pounds",
    skill="refunds",
    behaviour="Staff ring a manager.",
    minutes=Minutes(),
    teaches=(Taught("refunds.md", ("Refunds",)),),
    cards=(Card("Who decides", (Part(WORDS),)),),
    items=(ITEM,),
)


@dataclass
class Figures:
    """What was measured. Seconds of sending are simulated, those of planning and queueing are this machine's."""

    people: int
    questions: int
    sent: int = 0
    sent_within_seconds: float = 0.0
    bound_seconds: float = 0.0
    refused_by_slack: int = 0
    inversions: int = 0
    slowest_answer_seconds: float = 0.0
    planning_seconds: float = 0.0
    longest_batch_seconds: float = 0.0
    send_milliseconds: float = 0.0

    @property
    def of_bound(self) -> float:
        """The time it took as a share of the least it could take."""
        return self.sent_within_seconds / self.bound_seconds


class SlackWithLimits(InProcessPlatform):
    """Slack in memory with the limits of the trial; each call takes its time on the simulated clock."""

    def __init__(self, day: "Morning", people: list[Identity]) -> None:
        super().__init__(lambda: day.now, people, name="slack")
        self.refused = 0
        self._day = day
        self._limits = Limits(self._seconds)

    def _seconds(self) -> float:
        return self._day.now.timestamp()

    def send(self, address: Address, message: Message, key: str) -> str | None:
        self._day.now += timedelta(seconds=CALL_SECONDS)
        wait = self._limits.wait_for_channel(address.channel or f"dm-{address.only_for}")
        wait = wait or self._limits.wait_for_call("chat.postMessage", POSTS_A_MINUTE)
        if wait:
            self.refused += 1
            raise NotSent("ratelimited", wait)
        return super().send(address, message, key)


class Morning:
    """Coach with many people whose shifts begin at nine."""

    def __init__(self, app: App, folder: Path, people: int) -> None:
        self.app, self.now = app, SHIFT_AT - timedelta(hours=2)
        self.user_ids = [f"U{number:04}" for number in range(people)]
        self.platform = SlackWithLimits(self, [Identity(user_id, is_member=True) for user_id in self.user_ids])
        self.workers = Workers(
            app.database, {"slack": self.platform}, Router(app, {"slack": self.platform}), lambda: self.now
        )
        self._open(folder)

    def _open(self, folder: Path) -> None:
        rows = [f"{user_id},{user_id.lower()}@example.test,{user_id},cashier" for user_id in self.user_ids]
        shifts = [f"{user_id.lower()}@example.test,{SHIFT_AT:%Y-%m-%d},09:00,17:00" for user_id in self.user_ids]
        files = FILES | {
            "people.csv": "\n".join(["name,email,slack_id,role", *rows, ""]),
            "shifts.csv": "\n".join(["email,date,starts,ends", *shifts, ""]),
        }
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        self.app.database.upgrade()
        apply_folder(read_folder(folder), self.app.database, self.app.embedder, self.now)
        with self.app.database.transaction() as session:
            store_modules(session, [MODULE], self.now)
            resume_sending(session, "slack", "T1", self.now)
            for person in session.scalars(select(Person).order_by(Person.id)):
                address = Address("slack", "T1", only_for=person.name)
                known = ADDRESS.dump_python(address, mode="json")
                session.add(DirectAddress(person_id=person.id, platform="slack", address=known, seen_at=self.now))

    def plan(self) -> float:
        """Plan everybody's lesson; return the seconds it took."""
        begun = time.perf_counter()
        plan_ahead(self.app.database, self.now, new_id)
        return time.perf_counter() - begun

    def tick(self) -> float:
        """Queue what is due; return the seconds the longest transaction took."""
        longest, is_more, rng = 0.0, True, random.Random(2026)
        while is_more:
            begun = time.perf_counter()
            with self.app.database.transaction() as session:
                is_more = nudging.send_due(session, self.now, new_id, rng) > 0
            longest = max(longest, time.perf_counter() - begun)
        return longest

    def ask(self, user_id: str, number: int) -> None:
        """Let somebody ask a question in their direct messages."""
        incoming = Incoming(
            "slack",
            "T1",
            Kind.MESSAGE,
            user_id,
            self.now,
            channel=f"dm-{user_id}",
            is_direct=True,
            message_id=f"{self.now.timestamp():.6f}",
            text=QUESTION,
        )
        with self.app.database.transaction() as session:
            queue.keep(session, incoming, f"Ev{number}", self.now)

    def waiting_answers(self) -> set[str]:
        """Return the keys of answers that could be sent now."""
        ready = (OutboxItem.state == "new", OutboxItem.priority == ANSWER, OutboxItem.run_at <= self.now)
        with self.app.database.session() as session:
            return set(session.scalars(select(OutboxItem.key).where(*ready)))

    def still_to_send(self) -> int:
        """Return how many messages wait."""
        waiting = select(func.count()).select_from(OutboxItem).where(OutboxItem.state.in_(("new", "sending")))
        with self.app.database.session() as session:
            return session.scalar(waiting) or 0


def deliver(app: App, folder: Path, people: int, questions: int) -> Figures:
    """Send everybody's lesson while some ask, and return the figures."""
    morning, figures = Morning(app, folder, people), Figures(people, questions)
    figures.planning_seconds = morning.plan()
    asking = random.Random(2026).sample(morning.user_ids, questions)
    every_seconds = people / POSTS_A_MINUTE * 60 / max(1, questions)
    morning.now, asked, spent = DUE_AT, 0, []
    asked_at: dict[str, datetime] = {}
    next_tick = morning.now
    while morning.now < DUE_AT + timedelta(minutes=30):
        if morning.now >= next_tick:
            figures.longest_batch_seconds = max(figures.longest_batch_seconds, morning.tick())
            next_tick += timedelta(seconds=TICK_SECONDS)
        while asked < questions and morning.now >= DUE_AT + timedelta(seconds=asked * every_seconds):
            morning.ask(asking[asked], asked)
            asked_at[f"answer:Ev{asked}"] = morning.now
            asked += 1
        _send_all(morning, figures, spent)
        if asked == questions and not morning.still_to_send():
            break
        morning.now += timedelta(seconds=STEP_SECONDS)
    posted = {post.key: post.at for post in morning.platform.posted}
    nudges = [at for key, at in posted.items() if key.startswith("nudge:")]
    with app.database.session() as session:
        states = Counter(session.scalars(select(Nudge.state)))
    figures.sent = min(len(nudges), states[SENT])
    figures.sent_within_seconds = (max(nudges) - DUE_AT).total_seconds()
    figures.bound_seconds = people / POSTS_A_MINUTE * 60
    figures.refused_by_slack = morning.platform.refused
    figures.slowest_answer_seconds = max(
        ((posted[key] - at).total_seconds() for key, at in asked_at.items()), default=0.0
    )
    figures.send_milliseconds = 1000 * sum(spent) / max(1, len(spent))
    return figures


def _send_all(morning: Morning, figures: Figures, spent: list[float]) -> None:
    while True:
        waiting, before = morning.waiting_answers(), len(morning.platform.posted)
        begun = time.perf_counter()
        if not morning.workers.run_once():
            return
        spent.append(time.perf_counter() - begun)
        new = morning.platform.posted[before:]
        figures.inversions += bool(waiting) and any(post.key.startswith("nudge:") for post in new)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--questions", type=int, default=40)
    given = parser.parse_args()
    for _ in track(range(1), "Sending"):
        with tempfile.TemporaryDirectory(prefix="coach-bench-") as scratch:
            home = Path(scratch)
            url = SecretStr(f"sqlite:///{home / 'coach.db'}")
            app = App(Settings(home=home / "home", database_url=url), embedder=WordHashEmbedder())
            figures = deliver(app, home / "company", given.people, given.questions)
            app.close()
    result = {name: round(value, 3) for name, value in asdict(figures).items()} | {
        "of_bound": round(figures.of_bound, 3)
    }
    for name, value in result.items():
        print(f"{name.replace('_', ' '):24} {value:g}")
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
