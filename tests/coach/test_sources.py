"""Beside a certain answer stands only what comes near it; where quotes disagree, both stand."""

from dataclasses import replace

import pytest

from bot.company import apply_folder, read_folder
from coach.answer import Contacts, draft
from coach.conversation import Turn
from coach.sources import near_the_first
from metrics.policy import Asker
from tests.coach_values import SOURCE

CARD = "Refunds go back to the original card within {days} days."
SLIP = "Ask for the receipt, look at its date, and staple the slip to it."
SOPS = {
    "refunds.md": f"# Refunds\n\n{SLIP} {CARD.format(days=14)}\n",
    "cards.md": f"# Cards\n\n{CARD.format(days=14)}\n",
    "alarm.md": "# Alarm\n\nThe manager sets the alarm code every Monday.\n",
}
NEAR, FAR = "refunds back to the original card within days", "receipt date staple slip refunds card days"


def scored(*scores):
    return tuple(replace(SOURCE, score=score) for score in scores)


@pytest.mark.parametrize(
    ("scores", "kept"),
    [
        ((1.0, 0.83, 0.81), (1.0, 0.83)),
        ((0.9, 1.1, 0.6), (0.9, 1.1)),
        ((0.0, -0.1), (0.0,)),
        ((-0.5,), (-0.5,)),
        ((), ()),
    ],
)
def test_a_quote_is_near_that_scores_nearly_as_much_as_the_first(scores, kept):
    assert near_the_first(scored(*scores)) == scored(*kept)


@pytest.fixture
def files(app, company, now):
    """Ask a question of a small company, and return how it was answered and the files quoted."""

    def ask(question, history=(), **changed):
        folder = company({f"sops/{file}": text for file, text in (SOPS | changed).items()})
        app.database.upgrade()
        apply_folder(read_folder(folder), app.database, app.embedder, now)
        with app.database.session() as session:
            reply = draft(session, app.library, Asker(), question, Contacts(), history).reply
        return reply.status, [source.file for source in reply.sources]

    return ask


def test_far_below_the_first_nothing_is_quoted_where_coach_is_certain(files):
    assert files(FAR) == ("answered", ["refunds.md"])
    assert sorted(files(NEAR)[1]) == ["cards.md", "refunds.md"]
    status, quoted = files("alarm monday parking visitors")
    assert (status, len(quoted)) == ("uncertain", 3)


@pytest.mark.parametrize(
    "second", [" and who sets the alarm code?", "? Who sets the alarm code?", " n who sets the alarm"]
)
def test_each_thing_that_is_asked_keeps_its_passage(files, second):
    assert "alarm.md" in files(f"{FAR}{second}")[1]


def test_of_a_follow_up_every_quote_stands_since_the_first_may_answer_what_was_asked_before(files):
    history = [Turn("user", FAR)]
    status, quoted = files("and what about that slip?", history)
    assert (status, len(quoted)) == ("answered", 3)


def test_what_says_otherwise_is_quoted_however_far_below_it_is(files):
    otherwise = {"cards.md": SOPS["cards.md"].replace("14", "30")}
    assert "cards.md" in files(FAR, **otherwise)[1]
    assert sorted(files(NEAR, **otherwise)[1]) == ["cards.md", "refunds.md"]
