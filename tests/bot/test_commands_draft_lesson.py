"""`coach draft-lesson`: a draft printed, written, or sent to an admin."""

import json

import pytest

from bot.commands.draft_lesson import command
from bot.company import apply_folder, read_folder
from bot.queue import resume_sending
from bot.tables import OutboxItem
from metrics.errors import NotReady, Refusal
from tests.bot.handlers.track_chat import COMPANY, PEOPLE
from tests.command_line import done_by
from tests.lessons.test_drafts import SOP
from tests.model_server import ModelServer, asked_in

SKILLED = COMPANY.replace("{title: Refunds}", "{title: Refunds, sops: [stores/refunds.md]}")
FILES = {"company.yaml": SKILLED, "people.csv": PEOPLE, "sops/stores/refunds.md": SOP, "sops/a.md": "# A\n\nNothing.\n"}


@pytest.fixture
def coach(app):
    """Run `coach draft-lesson` on the application's database and return its result. Raises what it raises."""
    return lambda *words: done_by(command, words, app.settings.home)


@pytest.fixture
def applied(app, company):
    apply_folder(read_folder(company(FILES)), app.database, app.embedder, app.now())
    with app.database.transaction() as session:
        resume_sending(session, "slack", "T1", app.now())


@pytest.mark.usefixtures("never_applied")
def test_before_the_first_apply_it_says_what_to_run(coach):
    with pytest.raises(NotReady):
        coach("stores/refunds.md")


def test_a_draft_is_printed_and_what_is_left_to_do_said_aside(coach, applied):
    done = coach("stores/refunds.md")
    assert done.stdout.startswith('---\ntitle: "How to refund"\nskill: "refunds"\n')
    assert done.stderr == ""
    assert 'title: "Time limits"' in coach("sops/stores/refunds.md", "--section", "time limits").stdout
    assert 'title: "Time limits"' in coach("stores/refunds.md", "--section", "Refunds > Time limits").stdout


def test_it_is_written_once(coach, applied, tmp_path):
    file = tmp_path / "draft.md"
    assert coach("stores/refunds.md", "--to", str(file)).stdout.startswith(f"Written to {file}.")
    assert file.read_text().startswith("---\n")
    with pytest.raises(Refusal, match="is there already"):
        coach("stores/refunds.md", "--to", str(file))
    with pytest.raises(Refusal, match="cannot be written"):
        coach("stores/refunds.md", "--to", str(tmp_path / "nowhere" / "draft.md"))


def test_it_is_sent_to_an_admin(coach, applied, app):
    assert coach("stores/refunds.md", "--ask", "ola@example.test").stdout == (
        "Sent to Ola Elm as a preview with Approve, Edit and No.\n"
    )
    with app.database.session() as session:
        [row] = session.query(OutboxItem).all()
    assert row.key.startswith("draft:")
    with pytest.raises(Refusal, match="Ada Oak may not approve it"):
        coach("stores/refunds.md", "--ask", "ada@example.test")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stores/gone.md"], "There is no SOP 'stores/gone.md'. There are: a.md, stores/refunds.md."),
        (["stores/refunds.md", "--section", "x"], "has no sections 'x'. Give one of: Refunds, Refunds > How to refund"),
        (["stores/refunds.md", "--section", "Refunds"], "too little to practise under “Refunds”"),
        (["stores/refunds.md", "--skill", "x"], "lists no skill 'x'. It lists: refunds, allergens."),
        (["a.md"], "has no steps, lists or amounts to practise"),
    ],
)
def test_bad_input_is_a_sentence(coach, applied, words, said):
    with pytest.raises(Refusal) as refused:
        coach(*words)
    assert said in str(refused.value)


def told_better(body):
    """Tell a situation as a model would that does as it is asked."""
    situation = json.loads(asked_in(body))["situation"]
    return json.dumps({"paragraphs": [words.replace("You have just done", "You did") for words in situation]})


@pytest.fixture
def give_model(monkeypatch):
    """Set a model up that says these for the next command, and return its server."""
    with ModelServer().running() as server:

        def give(*says):
            server.then(*says)
            monkeypatch.setenv("COACH_MODEL", "openai:script")
            monkeypatch.setenv("COACH_MODEL_URL", server.url)
            return server

        yield give


def test_a_model_tells_its_situations_and_what_came_of_it_is_said(coach, applied, give_model):
    before = coach("stores/refunds.md").stdout
    model = give_model(told_better, "no", "nor this", told_better)
    done = coach("stores/refunds.md", "--with-model")
    assert done.stdout.count("You did step") == 1
    assert done.stdout.count("You have just done step") == before.count("You have just done step") - 1
    assert done.stderr == (
        "3 situations: 1 as the model told it, 2 kept as written.\n"
        "Kept 1 time: It is not the JSON object that was asked for.\n"
        "Kept 1 time: The model left it as it was.\n"
    )
    assert len(model.requests) == 4


def test_a_model_is_not_asked_for_what_cannot_be_handed_over(coach, applied, give_model, tmp_path):
    model = give_model()
    (tmp_path / "there.md").write_text("")
    with pytest.raises(Refusal, match="is there already"):
        coach("stores/refunds.md", "--with-model", "--to", str(tmp_path / "there.md"))
    with pytest.raises(Refusal):
        coach("stores/refunds.md", "--with-model", "--ask", "nobody@example.test")
    assert model.requests == []


def test_without_a_model_it_says_which_setting_to_make(coach, applied):
    with pytest.raises(Refusal, match="Set COACH_MODEL"):
        coach("stores/refunds.md", "--with-model")
