"""What is asked aside in a channel of Teams stays between its asker and Coach."""

import pytest

from coach.tables import AskedQuestion
from metrics.people import person_with_account
from tests import teams_trial
from tests.slack_trial import ANSWER, QUESTION

CARD = "4111 1111 1111 1111"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with teams_trial.teams_trial(tmp_path_factory.mktemp("trial")) as running:
        yield running
        assert running.connector.rejections == []


@pytest.fixture
def cara(trial):
    return trial.newcomer()


@pytest.fixture
def dan(trial):
    return trial.newcomer()


@pytest.fixture
def room(trial, cara, dan):
    return trial.tenant.channel(f"room {len(trial.tenant.places)}", cara.user, dan.user)


@pytest.fixture
def chat(trial, cara, dan):
    return trial.tenant.group(f"chat {len(trial.tenant.places)}", cara.user, dan.user)


def questions(trial):
    return {row.words: row for row in trial.rows(AskedQuestion)}


@pytest.mark.parametrize("way", ["mention", "slash"])
def test_what_one_asks_aside_steers_nobody_elses_answer(trial, cara, dan, chat, way):
    aside = "{}" if way == "slash" else "privately: {}"
    for person, words in ((cara, "do refunds need a receipt?"), (dan, "and for parcels?")):
        trial.act(getattr(person, way), aside.format(words), chat)
    asked = questions(trial)
    hers, his = asked["do refunds need a receipt?"], asked["and for parcels?"]
    assert not hers.is_open
    assert not his.is_open
    assert hers.thread_key != his.thread_key


def test_deleting_it_takes_the_answer_out_of_ones_own_chat(trial, cara, room):
    sent = trial.act(cara.mention, f"privately {QUESTION}", room)
    assert ANSWER in trial.last(cara).words
    trial.act(cara.delete, sent.id)
    assert not any(ANSWER in seen.words for seen in cara.by_coach())
    with trial.app.database.session() as session:
        her_id = person_with_account(session, "teams", cara.user.aad_object_id).id
    assert [row.words for row in trial.rows(AskedQuestion) if row.person_id == her_id] == []


def test_a_card_number_that_still_stands_there_is_said_to(trial, cara, room):
    trial.act(cara.mention, f"privately how do I refund the card {CARD}?", room)
    told = trial.last(cara).words
    assert CARD not in told
    assert "It still stands in the chat: delete it there." in told


def test_a_sentence_that_only_begins_so_is_asked_before_everybody(trial, cara, room):
    trial.act(cara.mention, "privately owned cars: where do they park?", room)
    assert len(cara.by_coach(room)) == 1
