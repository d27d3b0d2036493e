"""The home page where it is a message: one of it, below what was said last, brought up to date by a press."""

import pytest
from sqlalchemy import select

from bot.company import apply_folder, read_folder
from bot.messages import Kind
from bot.tables import DirectAddress
from bot.views import lines
from tests.bot.handlers.teams_chat import teams_chat
from tests.teams_cards import pressable

BEN = "U2"
REFUND = "refund goes back to the card that paid receipt"
HOME = "Today"


@pytest.fixture
def teams(app, folder, now):
    apply_folder(read_folder(folder), app.database, app.embedder, now)
    with teams_chat(app, now) as chat:
        yield chat


def homes(person):
    return [seen for seen in person.by_coach() if seen.words.startswith(HOME)]


def blocked_at(teams):
    with teams.app.database.session() as session:
        return session.scalars(select(DirectAddress.blocked_at)).all()


def test_the_first_message_is_answered_by_a_welcome_a_home_page_and_the_answer(teams):
    teams.ben.say(REFUND)
    welcome, home, answer = teams.read(teams.ben)
    assert welcome.startswith("I am Coach. I answer how things are done at Oak Shop")
    assert "where only you see the answer" in welcome
    assert "/coach" not in welcome
    assert home.startswith(HOME)
    assert answer.startswith("A refund goes back to the card that paid.")
    teams.ben.say("hello")
    assert len(homes(teams.ben)) == 1
    assert teams.read(teams.ben)[-1] == lines.HELP


def test_installing_coach_is_answered_once(teams):
    teams.ben.install()
    teams.ben.install()
    welcome, home = teams.read(teams.ben)
    assert welcome.startswith("I am Coach.")
    assert home.startswith(HOME)


def test_it_offers_what_can_be_pressed_in_a_message(teams):
    teams.ben.install()
    offered = ["Get a Lesson", "Ask a Question", "Settings", "About Coach", "Refresh"]
    assert list(pressable(homes(teams.ben)[0].activity)) == offered
    assert "Only you see this. Pin it to find it again." in homes(teams.ben)[0].words


def test_asked_for_it_moves_below_what_was_said_last(teams):
    teams.ben.say(REFUND)
    before = homes(teams.ben)
    for _ in range(3):
        teams.ben.say("home")
        [home] = homes(teams.ben)
        assert home.id == teams.ben.by_coach()[-1].id
        assert home.id not in [seen.id for seen in before]
        before.append(home)
    assert REFUND in home.words
    assert "answered from your SOPs" in home.words
    assert teams.outcomes().count("home") == 3


def test_asked_for_as_the_very_first_thing_there_is_one(teams):
    teams.ben.say("home")
    welcome, home = teams.read(teams.ben)
    assert welcome.startswith("I am Coach.")
    assert home.startswith(HOME)


def test_asked_for_in_a_channel_it_comes_in_ones_own_chat(teams):
    teams.ben.mention("home", teams.till)
    assert len(homes(teams.ben)) == 1
    assert teams.ben.by_coach(teams.till) == []
    assert teams.cara.by_coach() == []


def test_a_press_brings_it_up_to_date_where_it_stands(teams):
    teams.ben.say("hello")
    [before] = homes(teams.ben)
    assert "None yet." in before.words
    teams.ben.say(REFUND)
    teams.ben.press("Refresh")
    [after] = homes(teams.ben)
    assert (after.id, after.is_edited) == (before.id, True)
    assert REFUND in after.words
    assert teams.outcomes()[-1] == "home_refreshed"


def test_after_it_moved_a_press_finds_the_new_one(teams):
    teams.ben.say("home")
    teams.ben.say("home")
    [before] = homes(teams.ben)
    teams.ben.say(REFUND)
    teams.ben.press("Refresh")
    [after] = homes(teams.ben)
    assert after.id == before.id
    assert REFUND in after.words


def test_each_person_sees_their_own_questions(teams):
    teams.ben.say(REFUND)
    teams.cara.say("home")
    assert REFUND not in homes(teams.cara)[0].words
    assert len(homes(teams.ben)) == 1


def test_where_there_is_a_page_the_word_says_where_it_is(chat):
    chat.dm(BEN, "home")
    assert chat.last.message.text == lines.HOME_TAB
    assert chat.platform.homes == {}
    chat.take(chat.incoming(BEN, Kind.HOME, value="home"))
    assert "Only you see this page." in chat.platform.homes[BEN].blocks[1].text


def test_whoever_blocked_coach_is_written_to_no_more_until_they_write(teams):
    teams.ben.say("hello")
    assert blocked_at(teams) == [None]
    teams.connector.tenant.blocked.add(teams.ben.user.id)
    teams.ben.mention("about", teams.till)
    assert None not in blocked_at(teams)
    teams.connector.tenant.blocked.clear()
    teams.ben.say("hello")
    assert blocked_at(teams) == [None]


def test_a_lost_answer_blocks_nobody(teams):
    teams.ben.say("hello")
    teams.connector.faults = lambda call: "403:ForbiddenOperation" if call.name == "send" else None
    teams.ben.say(REFUND)
    assert blocked_at(teams) == [None]
