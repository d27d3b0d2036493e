"""Progress looked at in the trial's page: one's own after a lesson, a team's, one person's, and what is stored."""

import random
import socket
import time

import pytest

from bot.trial.conversation import AOIFE, LEILA, SAMPLE_COMPANY
from bot.trial.page import Page
from bot.trial.simulator import running_simulator
from bot.trial.workspace import User, Workspace
from lessons.adapt import for_roles
from tests.e2e.processes import running_coach
from tests.e2e.student import Student

LESSON, ASKED = "complaints-say-it-back.md", "practice complaints"
ADMIN = "idris.calloway@harbourbean.example"


@pytest.fixture(scope="module")
def simulator(sample_company):
    people = [
        User(row.slack_user_id, row.email.partition("@")[0], row.name, row.email, title=row.roles[0], site=row.site)
        for row in sample_company.people
    ]
    workspace = Workspace.for_people(people, time.time, random.Random(6), team_name="Harbour & Bean (trial)")
    with running_simulator(workspace, prepare=lambda it: Page(it).add_to(it.application)) as running:
        yield running


@pytest.fixture(scope="module")
def coach(simulator, tmp_path_factory):
    """Coach with the sample company in this workspace, as `coach serve` runs it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    simulator.events_url = f"http://127.0.0.1:{port}/slack/events"
    settings = {
        "SLACK_BOT_TOKEN": simulator.workspace.bot_token,
        "SLACK_SIGNING_SECRET": simulator.workspace.signing_secret,
        "SLACK_API_URL": simulator.api_url,
        "COACH_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    with running_coach(tmp_path_factory.mktemp("coach"), SAMPLE_COMPANY, port, settings) as process:
        yield process


def go_through(chat, sample_company, email):
    row = next(row for row in sample_company.people if row.email == email)
    written = next(module for module in sample_company.shelf.modules if module.file == LESSON)
    module = for_roles(written, row.roles)
    student = Student(chat, module)
    chat.ask(ASKED, f"{module.minutes.total} min:")
    student.read_cards()
    wrong = student.items()[0]
    for item in student.items():
        student.meets(item)
        if item.kind == "order":
            for label in student.picks(item):
                chat.press(label)
        else:
            student.answer(item, is_right=item is not wrong)
        student.say_how_sure(item, is_right=item is not wrong)
        student.go_on()
    return len(student.items())


def test_progress_is_seen_by_whoever_may_see_it(coach, conversation, sample_company):
    leila = conversation(LEILA)
    answered = go_through(leila, sample_company, LEILA)
    leila.ask("progress", f"You answered {answered - 1} of {answered} right in the last 30 days.")
    assert len([label for label in leila.labels() if label.startswith(("Practise", "Get a"))]) == 1
    leila.ask("progress skill complaints", "Complaints: practising.")
    leila.ask("progress team", "Nobody is listed as reporting to you")
    leila.ask("progress help", "What you can write")

    aoife = conversation(AOIFE)
    aoife.ask("progress team", " of 3 need help: ")
    aoife.ask("progress leila", "Skills of Leila Osmond")
    assert aoife.labels()[:3] == ["Check-in Script", "Recognise", "Did It Alone"]
    aoife.ask("progress skill complaints", "Complaints: 0 of 3 people who need it mastered it.")
    aoife.ask("progress team by site", "By site")
    aoife.ask("dashboard", "Your dashboard is one press away.")

    leila.ask("my data", "1 person looked at your progress in 13 months.")
    assert "Aoife Brannock, your progress alone" in leila.words()

    idris = conversation(ADMIN)
    idris.ask("progress team", "Millgate, by need for help")
