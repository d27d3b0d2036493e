"""What people ask after another question, and two things at once, over the sample company and a practice for pets.

Of the 114 conversations every second one was looked at while the rule for follow-ups was chosen; the others are asked
here. They are figures of docs/retrieval.md.
"""

import json
from pathlib import Path

import pytest

from bot.app import App
from bot.corpora import Corpus
from bot.evaluation import apply_corpus
from bot.settings import Settings
from coach.answer import Contacts, Drafted, draft
from coach.conversation import Turn
from coach.evaluation import folded
from metrics.policy import Asker

ROOT = Path(__file__).parents[2]
COACH = ROOT / "tests" / "coach"
HANDBOOKS = {"company": ROOT / "bot" / "trial" / "company" / "sops", "clinic": COACH / "clinic"}


def lines(name):
    return [json.loads(line) for line in (COACH / name).read_text(encoding="utf-8").splitlines()]


HELD_OUT = lines("conversations.jsonl")[1::2]


@pytest.fixture(scope="module")
def ask(minilm, tmp_path_factory):
    """Ask one of the handbooks, its managers' part left out, after a question or none: passages and reply."""
    apps = {}
    for name, folder in HANDBOOKS.items():
        files = ((path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*")) if path.is_file())
        read = tuple((file, path.read_bytes()) for file, path in files if not file.startswith("managers/"))
        apps[name] = App(Settings(home=tmp_path_factory.mktemp(name)), embedder=minilm)
        apply_corpus(apps[name], Corpus(name, read, (), {}))

    def asked(question: str, before: str | None = None, handbook: str = "company") -> Drafted:
        app, history = apps[handbook], [Turn("user", before)] if before else []
        with app.database.session() as session:
            return draft(session, app.library, Asker(), question, Contacts(), history)

    yield asked
    for app in apps.values():
        app.close()


def place_of(texts, drafted):
    """The place (from 1) of the first passage quoted in an answer that holds one of the texts, None where none does."""
    quoted = {source.passage_id for source in drafted.reply.sources if drafted.reply.status != "not_covered"}
    shown = [folded(passage.text) for passage in drafted.evidence if passage.passage_id in quoted]
    return next((place for place, text in enumerate(shown, 1) if any(folded(each) in text for each in texts)), None)


def test_what_is_meant_is_shown_after_another_question(ask):
    place = {
        kind: [
            place_of([each["text"]], ask(each["question"], each["before"])) for each in HELD_OUT if each["kind"] == kind
        ]
        for kind in ("follow-up", "change")
    }
    assert [len(places) for places in place.values()] == [25, 15]
    assert sum(each is not None for each in place["follow-up"]) >= 22
    assert sum(each == 1 for each in place["change"]) >= 13


def test_a_change_to_what_no_sop_covers_is_seldom_taken_for_a_follow_up(ask):
    replies = [ask(each["question"], each["before"]).reply for each in HELD_OUT if each["kind"] == "uncovered"]
    assert len(replies) == 17
    assert sum(reply.trace.is_follow_up and reply.status != "not_covered" for reply in replies) <= 2


def test_both_things_that_one_message_asks_are_shown(ask):
    both = [
        all(place_of(texts, ask(each["question"], handbook=each["handbook"])) for texts in each["texts"])
        for each in lines("two_part_questions.jsonl")
    ]
    assert len(both) == 46
    assert sum(both) >= 36
