"""`coach adapt-lesson`: a lesson in the words of a role, told by a model, printed, written or sent to an admin."""

import json

import pytest

from bot.commands.adapt_lesson import command
from bot.company import apply_folder, read_folder
from bot.queue import resume_sending
from bot.tables import OutboxItem
from coach.documents import parse_document
from lessons.drafts import draft_module
from lessons.module_file import parse_module
from lessons.tables import LessonDraft, LessonRow
from metrics.errors import Refusal
from tests.bot.handlers.track_chat import COMPANY, PEOPLE
from tests.command_line import done_by
from tests.lessons.test_drafts import HOW, SOP
from tests.model_server import ModelServer, asked_in

LESSON, ROLE = "how-to-refund.md", "shift lead"
REFUNDS = parse_document("refunds.md", SOP.encode())
SLOTS = "slots:\n  place: {others: the shop, shift lead: the back office}\nteaches:"
TEXT = (
    draft_module(REFUNDS, HOW, "refunds")
    .text.replace("teaches:", SLOTS, 1)
    .replace("You have just done step 2", "You are in {place} and have just done step 2")
)
FILES = {"company.yaml": COMPANY, "people.csv": PEOPLE, "sops/refunds.md": SOP, f"lessons/{LESSON}": TEXT}


@pytest.fixture
def coach(app, company):
    """Run `coach adapt-lesson` on a company with one lesson. Raises what it raises."""
    apply_folder(read_folder(company(FILES)), app.database, app.embedder, app.now())
    with app.database.transaction() as session:
        resume_sending(session, "slack", "T1", app.now())
    return lambda *words: done_by(command, words, app.settings.home)


@pytest.fixture
def model(monkeypatch):
    """A model set up for the command, by its server."""
    with ModelServer().running() as server:
        monkeypatch.setenv("COACH_MODEL", "openai:script")
        monkeypatch.setenv("COACH_MODEL_URL", server.url)
        yield server


def longer(body):
    """Tell a situation with one more word at the end of its first paragraph."""
    first, *others = json.loads(asked_in(body))["situation"]
    return json.dumps({"paragraphs": [f"{first.rstrip('.')} there.", *others]})


def test_it_is_printed_as_a_module_for_the_role_alone(coach, model):
    model.then(longer)
    done = coach(LESSON, "--role", ROLE)
    module = parse_module("x.md", done.stdout.encode(), ["refunds"], [ROLE], {REFUNDS.file: REFUNDS})
    assert (module.roles, module.slots) == ((ROLE,), ())
    asked = [json.loads(asked_in(body)) for body in model.requests]
    assert {prompt["role"] for prompt in asked} == {ROLE}
    assert any("You are in the back office" in prompt["situation"][0] for prompt in asked)
    assert [item.situation[0].text.endswith(" there.") for item in module.items if item.situation] == [True] * 3
    assert done.stderr == (
        "3 situations: 3 as the model told it, 0 kept as written.\n"
        "how-to-refund.md is for shift lead too. List only the other roles in it when you add this one.\n"
    )


def test_without_an_answer_the_situations_stay_and_it_says_why(coach, model):
    model.then("401")
    done = coach(f"lessons/{LESSON}", "--role", ROLE)
    assert ": 0 as the model told it, " in done.stderr
    assert "The model gave no answer (unauthorized)." in done.stderr


def test_nobody_gets_it_before_an_admin_approves(coach, model, app, tmp_path):
    model.then(longer)
    done = coach(LESSON, "--role", ROLE, "--to", str(tmp_path / "new.md"), "--ask", "ola@example.test")
    assert "as a preview with Approve, Edit and No." in done.stdout
    with app.database.session() as session:
        [draft] = session.query(LessonDraft).all()
        [sent] = session.query(OutboxItem).all()
        assert session.query(LessonRow).filter_by(file=draft.file).all() == []
    assert (draft.file, draft.state) == ("how-to-refund-shift-lead.md", "open")
    assert (tmp_path / "new.md").read_text() == draft.content
    assert sent.key.startswith("draft:")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["gone.md", "--role", ROLE], "There is no lesson 'gone.md'. There are: how-to-refund.md."),
        ([LESSON, "--role", "pilot"], "company.yaml lists no role 'pilot'. It lists: owner, manager"),
        ([LESSON, "--role", ROLE], "No model is set up to tell situations. Set COACH_MODEL"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(coach, words, said):
    with pytest.raises(Refusal) as refused:
        coach(*words)
    assert said in str(refused.value)
