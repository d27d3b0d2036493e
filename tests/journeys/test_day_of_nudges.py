"""24 hours of simulated clock: 25 people in 4 zones, three clocks and two workers at once, dying at random.

Each due lesson arrives before its shift, none in quiet hours, none twice. tests/faults/kill_nudges.py does the same
with processes and SIGKILL.
"""

import random
import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.clock_file import FileClock, set_clock
from bot.commands.trial import trial_workspace
from bot.handlers.request import new_id
from bot.in_process import InProcessPlatform
from bot.messages import Identity
from bot.router import Router
from bot.settings import Settings
from bot.ticking import tick
from bot.worker import Workers
from coach.embed import WordHashEmbedder
from tests.nudged_day import A_DAY, BEGINS, PEOPLE, Post, Worker, folder_files, look_at, next_minute, open_company

CLOCKS, WORKERS = 3, 2
# How often whoever passes a point dies there.
SHARE_OF_DEATHS = 0.03
# Days on which these clocks change, forward and back.
CHANGES = {
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1)),
    "Africa/Casablanca": (date(2026, 3, 22), date(2026, 2, 15)),
    "Pacific/Auckland": (date(2026, 9, 27), date(2026, 4, 5)),
}


class Died(BaseException):
    """Ends a thread as SIGKILL ends a process: nothing after it is done, an open transaction is dropped."""


class Day:
    """The company, its platform and clock; threads that die are counted and come again with the next minute."""

    def __init__(self, app, folder, begins, share_of_deaths=0.0):
        self.app, self.now, self.deaths = app, begins, 0
        self._share, self._source, self._lock = share_of_deaths, random.Random(2026), threading.Lock()
        open_company(app, folder, begins)
        self.platform = InProcessPlatform(lambda: self.now, [Identity(one.user_id, True) for one in PEOPLE], "slack")

    def live(self, until, clocks=CLOCKS, longest=timedelta(minutes=15)):
        while self.now < until:
            self._at_once([self._tick] * clocks)
            self._at_once([self._work] * WORKERS)
            self.now = next_minute(self.app.database, self.now, until, longest)
        return [Post(sent.address.only_for, sent.at, sent.key) for sent in self.platform.posted]

    def _tick(self):
        tick(self.app.database, {"slack": self.platform}, self.now, new_id, random.Random(1), on_point=self._on_point)

    def _work(self):
        platforms = {"slack": self.platform}
        rooms = Router(self.app, platforms)
        workers = Workers(self.app.database, platforms, rooms, lambda: self.now, on_point=self._on_point)
        while workers.run_once():
            pass

    def _on_point(self, _):
        with self._lock:
            if self._source.random() < self._share:
                self.deaths += 1
                raise Died

    def _at_once(self, jobs):
        faults = []

        def run(job):
            try:
                job()
            except Died:
                pass
            except Exception as fault:
                faults.append(fault)

        threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []


@pytest.fixture
def open_day(company, tmp_path):
    apps = []

    def open_day(people=PEOPLE, begins=BEGINS, share_of_deaths=0.0, url=None):
        given = Settings(home=tmp_path / "home", database_url=SecretStr(url) if url else None)
        apps.append(App(given, embedder=WordHashEmbedder()))
        return Day(apps[-1], company(folder_files(people, begins)), begins, share_of_deaths)

    yield open_day
    for app in apps:
        app.close()


def test_each_due_lesson_arrives_before_its_shift_none_in_quiet_hours_none_twice(open_day, database):
    day = open_day(share_of_deaths=SHARE_OF_DEATHS, url=database.url)
    posts = day.live(BEGINS + A_DAY)
    seen = look_at(database, posts)
    print(f"{day.deaths} deaths, {CLOCKS} clocks, {WORKERS} workers, {seen}")
    assert seen.wrong == []
    assert seen.arrived == seen.due >= 18
    assert day.deaths >= 10
    assert seen.unknown == 0
    assert set(seen.missed) <= {"quiet_hours", "another_today"}


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("direction", [0, 1], ids=["first", "second"])
def test_on_the_day_a_clock_changes_lessons_come_by_that_clock(open_day, zone, direction):
    begins = datetime.combine(CHANGES[zone][direction], time(), UTC) - timedelta(hours=14)
    starts = ("02:15", "03:05", "08:00", "17:30", "21:00")
    people = tuple(Worker(f"U{number:02}", zone, time.fromisoformat(at)) for number, at in enumerate(starts))
    until = begins + timedelta(hours=52)
    day = open_day(people, begins)
    posts = day.live(until, clocks=1, longest=timedelta(hours=2))
    seen = look_at(day.app.database, posts, people, begins, until)
    assert seen.wrong == []
    assert seen.arrived == seen.due >= 4


def test_in_the_trial_a_day_goes_by_over_slacks_own_wire(company, tmp_path):
    set_clock(tmp_path / "clock", BEGINS)
    app = App(Settings(home=tmp_path / "home"), embedder=WordHashEmbedder(), now=FileClock(tmp_path / "clock"))
    open_company(app, company(folder_files()))
    with trial_workspace(app) as (simulator, serving):
        while (now := app.now()) < BEGINS + A_DAY:
            clocks = [threading.Thread(target=serving.tick) for _ in range(CLOCKS)]
            for clock in clocks:
                clock.start()
            for clock in clocks:
                clock.join()
            serving.drain(1)
            set_clock(tmp_path / "clock", next_minute(app.database, now, BEGINS + A_DAY, timedelta(minutes=30)))
        posts = posted_in(simulator.workspace)
        assert simulator.workspace.rejections == []
    seen = look_at(app.database, posts)
    app.close()
    print(f"in the trial: {seen}")
    assert seen.wrong == []
    assert seen.arrived == seen.due >= 18


def posted_in(workspace):
    """Return what the app posted to people directly."""
    taken = [call for call in workspace.log if call.method == "chat.postMessage" and call.answer["ok"]]
    return [
        Post(
            next(iter(workspace.channels[call.answer["channel"]].members - {workspace.bot_user_id})),
            datetime.fromtimestamp(call.at, UTC),
            call.arguments["metadata"]["event_payload"]["key"],
        )
        for call in taken
    ]
