"""The same number everywhere: one day of practice, read off chat, pages, digest, files and the command line."""

import asyncio
import csv
import io
import json
import re
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from sqlalchemy import update
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.app import App
from bot.company import apply_folder, read_folder
from bot.messages import Facts, Identity, Table
from bot.settings import Settings
from bot.web.application import make_application
from bot.web.pages import PAGES
from bot.web.pages_door import PagesDoor
from coach.embed import WordHashEmbedder
from lessons.answers import record_answer
from lessons.shelf import store_modules
from lessons.tables import ItemMemory, SkillAbility
from metrics.events.kinds import LessonApplied, LessonCompleted, LessonOpened, LessonPartDone
from metrics.events.record import record
from metrics.people import find_person
from tests.chat import Chat, labels
from tests.lessons.learners import make_item, make_module
from tests.metrics.happenings import work

PUBLIC_URL = "http://127.0.0.1:8000"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
BOSS = "U0"
STAFF = ("Ana", "Ben", "Cem", "Dee", "Eli", "Fay", "Gus")
QUIZ = [make_item(f"q{number}", phase="reflection") for number in range(8)]
SCENARIO = make_item("s")
REFUNDS = make_module("refunds.md", items=(*QUIZ, SCENARIO))
FOLDER = {
    "company.yaml": "roles: [manager, cashier]\ntimezone: UTC\ndefault_owner: boss@example.test\n"
    "skills:\n  refunds: {title: Refunds, workflows: [refund], roles: [cashier]}\n"
    "  till: {title: Using the till, roles: [cashier]}\n",
    "people.csv": "name,email,slack_id,role,manager,team,start_date\n"
    f"Boss,boss@example.test,{BOSS},manager,,Office,2015-01-05\n"
    + "".join(
        f"{name},{name.lower()}@example.test,U{number},cashier,boss@example.test,Quayside,2020-01-06\n"
        for number, name in enumerate(STAFF, start=1)
    ),
    "sops/stores/refunds.md": "# Refunds\n\nPay back within 30 days.\n",
}
# What was done that day: person number n (from 1) gave n quiz answers right and one wrong, and one scenario, which the
# even ones decided right; their lesson took n minutes, Ana did it twice. Four of seven said they used it. The last
# three have mastered one of two skills, the first two missed a step at work twice.
NEEDING, EFFORT, MASTERED = "2 of 7", {"Ana": (2, 2), **{name: (1, n) for n, name in enumerate(STAFF, 1) if n > 1}}, 3
LESSONS, MINUTES, QUIZ_RIGHT, SCENARIOS_RIGHT, USED = 8, 29, (28, 35), (3, 7), (4, 7)
COVERED = (MASTERED, 14)
CEM = {"quiz": "3 of 4", "scenarios": "0 of 1", "mastered": "0 of 2", "lessons": "1", "minutes": "3 min"}


def percent(part, whole):
    return f"{100 * part / whole:.0f}"


@pytest.fixture
def chat(database, company, tmp_path):
    settings = Settings(home=tmp_path / "home", database_url=SecretStr(database.url), public_url=PUBLIC_URL)
    app = App(settings, embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, app.now())
    with app.database.transaction() as session:
        practise(session, app.now())
    members = (Identity(f"U{number}", is_member=True) for number in range(len(STAFF) + 1))
    yield Chat(app, app.now(), tuple(members))
    app.close()


def practise(session, now):
    """Let them practise where this week meets the last: within seven days of now, and within the last whole week."""
    at = datetime.combine(now.date() - timedelta(days=now.weekday()), datetime.min.time(), now.tzinfo)
    store_modules(session, [REFUNDS], at)
    for number, name in enumerate(STAFF, start=1):
        person_id = find_person(session, f"{name.lower()}@example.test").id
        about = {"door": "slack", "skill": "refunds", "run_id": number, "module": REFUNDS.file, "version": 1}
        answers = [(item, float(place < number)) for place, item in enumerate(QUIZ[: number + 1])]
        for item, score in [*answers, (SCENARIO, float(number % 2 == 0))]:
            facts = {"run_id": number, "confidence": 0.6, "seconds": 9.0, "door": "slack", "at": at}
            record_answer(session, person_id=person_id, module=REFUNDS, item=item, score=score, **facts)
        for _ in range(EFFORT[name][0]):
            minutes = EFFORT[name][1] / EFFORT[name][0]
            record(session, LessonOpened(**about, seconds=5.0), at, person_id)
            part = LessonPartDone(**about, seconds=60 * minutes, part="practice", budget_seconds=240.0)
            record(session, part, at, person_id)
            record(session, LessonCompleted(**about, score=0.7, seconds=60 * minutes), at, person_id)
        record(session, LessonApplied("slack", "refunds", float(number <= USED[0]), number, "self"), at, person_id)
        for _ in range(2 if number <= 2 else 0):
            work(session, person_id, at, "missed")
        if number > len(STAFF) - MASTERED:
            theirs = SkillAbility.person_id == person_id
            session.execute(update(SkillAbility).where(theirs).values(mastered_at=at))
            session.execute(update(ItemMemory).where(ItemMemory.person_id == person_id).values(stability=1000.0))


# ---- where numbers are read


def said(chat, user, words):
    """Write /progress, and return the message that came of it."""
    chat.slash(user, words, command="/progress")
    return chat.last.message


def table(text):
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def pages(chat, user, *paths):
    """Sign in by the link from chat, and return the text of pages."""
    chat.slash(user, "dashboard")
    (url,) = (value for action, value in labels(chat.last.message).values() if action == "open_link")

    async def look():
        door = PagesDoor(lambda: PUBLIC_URL, chat.app.database, lambda: chat.now, PAGES)
        server = TestServer(make_application([door], list))
        await server.start_server()
        try:
            async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
                opened = await browser.post(server.make_url(urlsplit(url).path), headers=SAME_ORIGIN)
                assert opened.status == 200
                found = []
                for path in paths:
                    async with browser.get(server.make_url(path)) as answer:
                        assert answer.status == 200
                        found.append(await answer.text())
                return found
        finally:
            await server.close()

    return asyncio.run(look())


def facts(text):
    """Return the figures of a page by their labels."""
    pairs = re.findall(r"<dt>(.*?)</dt>\s*<dd><span class=\"value\">(.*?)</span>", text, re.DOTALL)
    return {plain(label): plain(value) for label, value in pairs}


def rows(text):
    """Return the rows of all tables of a page, each by its first cell."""
    found = {}
    for row in re.findall(r'<tr role="row">(.*?)</tr>', text, re.DOTALL):
        cells = [plain(cell) for cell in re.findall(r"<t[hd] role=\"(?:rowheader|cell)\".*?>(.*?)</t[hd]>", row)]
        if cells:
            found.setdefault(cells[0], cells[1:])
    return found


def read(sentence):
    """Return the figures of a group out of a sentence; empty where it holds none."""
    found = re.search(
        r"(?P<people>\d+) people, (?P<practised>\d+) took part.*quiz answers right: (?P<quiz>\d+)%.*"
        r"scenarios: (?P<scenarios>\d+)%.*skills mastered: (?P<mastered>\d+)%",
        sentence,
        re.IGNORECASE,
    )
    return found.groupdict() if found else {}


def plain(html):
    return unescape(re.sub("<.*?>", "", html)).strip()


@pytest.fixture
def coach(chat, monkeypatch):
    """Run a command of `coach`, and return what it printed."""
    monkeypatch.setenv("COACH_HOME", str(chat.app.settings.home))
    monkeypatch.setenv("COACH_DATABASE_URL", chat.app.database.url)

    def run(*words):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.exception
        return done.stdout

    return run


# ---- the numbers


def test_how_many_people_need_help(chat, coach):
    in_chat = said(chat, BOSS, "team week").text
    (page,) = pages(chat, BOSS, "/pages?period=week")
    on_page = plain(re.search(r'<p class="takeaway">(.*?)</p>', page)[1])
    for takeaway in (in_chat, on_page, coach("digest", "--for", "boss@example.test")):
        assert re.match(r"(\d+ of \d+) (?:people )?need help", takeaway)[1] == NEEDING
    digest = json.loads(coach("digest", "--for", "boss@example.test", "--json"))
    assert f"{digest['needing_help']} of {digest['people']}" == NEEDING
    told = json.loads(coach("progress", "--team", "Quayside", "--json"))["people"]
    in_json = [each["whose"]["name"] for each in told if each["standing"]["needs"]]
    chat.press(BOSS, "Export CSV")
    (file,) = (sent.message.file for sent in chat.platform.posted if sent.message.file)
    in_csv = [row["person"] for row in table(file.content) if row["needs_help_with"]]
    stuck = [each["person"] for each in digest["stuck"]]
    in_table = [name for name, cells in rows(page).items() if name in STAFF and cells[0] != "nothing now"]
    assert in_json == in_csv == stuck == in_table == ["Ana", "Ben"]


def test_lessons_minutes_and_mastery_of_each_person(chat, coach):
    (in_chat,) = (block for block in said(chat, BOSS, "team week").blocks if isinstance(block, Table))
    page, file = pages(chat, BOSS, "/pages?period=week", "/pages/export.csv?period=week")
    in_csv = {row["person"]: row for row in table(file)}
    in_json = {
        each["whose"]["name"]: each
        for each in json.loads(coach("progress", "--team", "Quayside", "--period", "week", "--json"))["people"]
    }
    by_chat = {row[0]: row for row in in_chat.rows}
    assert by_chat.keys() == in_csv.keys() == in_json.keys() == EFFORT.keys()
    for number, (name, (lessons, minutes)) in enumerate(EFFORT.items(), start=1):
        mastered = int(number > len(STAFF) - MASTERED)
        assert by_chat[name][2:] == (f"{mastered} of 2", by_chat[name][3], f"{lessons} ({minutes} min)")
        assert rows(page)[name][1:4] == [f"{mastered} of 2", str(lessons), str(minutes)]
        assert [in_csv[name][column] for column in ("skills_mastered", "lessons", "minutes")] == [
            str(mastered),
            str(lessons),
            str(minutes),
        ]
        assert in_json[name]["effort"] == {"lessons": lessons, "minutes": pytest.approx(minutes)}
        assert (in_json[name]["skills_mastered"], in_json[name]["skills_needed"]) == (mastered, 2)
        text = coach("progress", "--person", f"{name.lower()}@example.test", "--period", "week")
        assert f"{mastered} of 2 skills mastered" in text
        lines = "lessons" if lessons > 1 else "lesson"
        assert f"In the last 7 days: {lessons} {lines}, {minutes} min." in text
    digest = json.loads(coach("digest", "--for", "boss@example.test", "--json"))
    assert digest["lessons"] == sum(lessons for lessons, _ in EFFORT.values()) == LESSONS
    assert {each["whose"]["name"]: each["effort"] for each in digest["report"]["people"]} == {
        name: each["effort"] for name, each in in_json.items()
    }


def test_accuracy_and_coverage_of_a_group(chat, coach):
    quiz, scenarios, covered = percent(*QUIZ_RIGHT), percent(*SCENARIOS_RIGHT), percent(*COVERED)
    group = {"people": "7", "practised": "7", "quiz": quiz, "scenarios": scenarios, "mastered": covered}
    texts = [block.text for block in said(chat, BOSS, "team week").blocks if block.kind == "text"]
    assert group in map(read, texts)
    page, divided, file = pages(
        chat, BOSS, "/pages?period=week", "/pages?period=week&by=team", "/pages/export.csv?period=week&by=team"
    )
    shown = facts(page)
    assert (shown["Took part"], shown["Lessons done"]) == ("7 of 7", str(LESSONS))
    assert (shown["Quiz answers right"], shown["Scenarios right"]) == (f"{quiz}%", f"{scenarios}%")
    assert (shown["Skills mastered"], shown["Used at work"]) == (f"{covered}%", f"{percent(*USED)}%")
    cells = ["7", "7", f"{covered}%", f"{quiz}%", f"{scenarios}%", f"{MINUTES} min", f"{percent(*USED)}%"]
    assert rows(divided)["Quayside"] == cells
    for row in table(file):
        assert list(row.values())[1:] == [
            "7", "7", covered, str(LESSONS), str(MINUTES), quiz, scenarios, percent(*USED),
        ]  # fmt: skip
    digest = json.loads(coach("digest", "--for", "boss@example.test", "--json"))["report"]["whole"]["figures"]
    command = json.loads(coach("progress", "--team", "Quayside", "--period", "week", "--json"))["whole"]["figures"]
    assert digest == command
    assert command == {
        "practised": 7,
        "skills_mastered": MASTERED,
        "skills_needed": 14,
        "coverage": pytest.approx(MASTERED / 14),
        "lessons": LESSONS,
        "minutes": pytest.approx(MINUTES),
        "accuracy": pytest.approx(31 / 42),
        "quiz_accuracy": pytest.approx(28 / 35),
        "scenario_accuracy": pytest.approx(3 / 7),
        "application": pytest.approx(4 / 7),
    }
    lines = coach("progress", "--team", "Quayside", "--period", "week").splitlines()
    (line,) = (line for line in lines if "7 took part" in line)
    assert read(line) == group
    assert f"{LESSONS} lessons, {MINUTES} min" in line


def test_ones_own_accuracy(chat, coach):
    message = said(chat, "U3", "week")
    (block,) = (block for block in message.blocks if isinstance(block, Facts))
    in_chat = dict(block.pairs)
    assert "3 of 5 right" in message.text.partition("\n")[0]
    assert in_chat["Quiz answers right in 7 days"] == CEM["quiz"]
    assert in_chat["Scenarios right in 7 days"] == CEM["scenarios"]
    assert in_chat["Lessons in 7 days"] == f"{CEM['lessons']} ({CEM['minutes']})"
    assert in_chat["Skills mastered"] == CEM["mastered"]
    page, file = pages(chat, "U3", "/pages?period=week", "/pages/export.csv?period=week")
    shown = facts(page)
    assert (shown["Quiz answers right"], shown["Scenarios right"]) == (CEM["quiz"], CEM["scenarios"])
    assert (shown["Lessons done"], shown["Minutes of practice"]) == (CEM["lessons"], CEM["minutes"])
    assert shown["Skills mastered"] == CEM["mastered"]
    refunds = table(file)[0]
    right, answered, scenarios_right, scenarios = (
        int(refunds[column]) for column in ("right", "answered", "scenarios_right", "scenarios_answered")
    )
    assert f"{right - scenarios_right} of {answered - scenarios}" == CEM["quiz"]
    assert f"{scenarios_right} of {scenarios}" == CEM["scenarios"]
    # Nobody else sees it: not whoever works at the machine, and not their manager.
    assert json.loads(coach("progress", "--person", "cem@example.test", "--json"))["own"] is None
    for seen in (coach("progress", "--person", "cem@example.test", "--period", "week"), repr(said(chat, BOSS, "cem"))):
        assert "Cem" in seen
        assert not re.search("3 of 4|3 of 5|75 ?%|60 ?%", seen)
