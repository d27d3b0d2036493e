"""A lesson gone through in the trial's page, with Coach killed in the middle of it and started again."""

import random
import socket
import time

import pytest

from bot.trial.conversation import LEILA, SAMPLE_COMPANY
from bot.trial.page import Page
from bot.trial.simulator import running_simulator
from bot.trial.workspace import User, Workspace
from lessons.adapt import for_roles
from tests.e2e.processes import running_coach
from tests.e2e.student import Student

# It has an exercise of every kind.
LESSON, ASKED = "complaints-say-it-back.md", "practice complaints"
NOT_TAKEN = "Coach did not answer within three seconds."


@pytest.fixture(scope="module")
def simulator(sample_company):
    people = [
        User(row.slack_user_id, row.email.partition("@")[0], row.name, row.email, title=row.roles[0], site=row.site)
        for row in sample_company.people
    ]
    workspace = Workspace.for_people(people, time.time, random.Random(5), team_name="Harbour & Bean (trial)")
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
    }
    with running_coach(tmp_path_factory.mktemp("coach"), SAMPLE_COMPANY, port, settings) as process:
        yield process


def test_a_lesson_is_one_message_and_goes_on_after_coach_was_killed(coach, conversation, sample_company):
    leila = next(row for row in sample_company.people if row.email == LEILA)
    written = next(module for module in sample_company.shelf.modules if module.file == LESSON)
    chat, module = conversation(LEILA), for_roles(written, leila.roles)
    student, minutes = Student(chat, module), module.minutes
    chat.ask(ASKED, f"{minutes.total} min: {minutes.concept} concept, {minutes.practice} practice")
    student.sees(module.title)
    assert chat.labels() == ["Start", "Later Today"]
    messages = chat.messages().count()
    student.read_cards()
    wrong = student.items()[0]
    for item in student.items():
        student.meets(item)
        if item.kind == "order":
            first, *rest = student.picks(item)
            chat.press(first)
            coach.kill()
            chat.button(rest[0]).click()
            chat.page.get_by_role("alert").filter(has_text=NOT_TAKEN).wait_for()
            coach.start()
            for label in rest:
                chat.press(label)
        else:
            student.answer(item, is_right=item is not wrong)
        student.say_how_sure(item, is_right=item is not wrong)
        student.go_on()
    answered = len(student.items())
    right = f"{answered - 1} of {answered}"
    student.sees(right, module.closing)
    assert chat.labels() == []
    assert chat.messages().count() == messages
    chat.ask("/progress", f"You answered {right} right in the last 30 days.")
    student.sees("Lessons in 30 days 1 (", "Skills mastered 0 of")
