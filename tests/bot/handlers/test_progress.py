"""/progress: one's own numbers, a manager's people, and nothing of anybody else, for the asker's eyes only."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.messages import Identity, Table
from bot.settings import Settings
from bot.views.progress import NO_REPORTS
from coach.embed import WordHashEmbedder
from metrics.events.kinds import ItemAnswered
from metrics.events.record import record
from metrics.people import find_person
from tests.chat import Chat

ADA, BEN, CARA, DOV = "U1", "U2", "U3", "U4"
FOLDER = {
    "company.yaml": "roles: [owner, cashier]\nskills: {refunds: {title: Refunds}}\nadmins: [dov@example.test]\n",
    "people.csv": f"""name,email,slack_id,role,manager
Ada Oak,ada@example.test,{ADA},cashier,
Ben Ash,ben@example.test,{BEN},cashier,ada@example.test
Cara Elm,cara@example.test,{CARA},cashier,ben@example.test
Dov Fir,dov@example.test,{DOV},owner,
""",
    "sops/refunds.md": "# Refunds\n\nPay back within 30 days.\n",
}


@pytest.fixture
def chat(database, company, tmp_path, now):
    app = App(Settings(home=tmp_path / "home", database_url=SecretStr(database.url)), embedder=WordHashEmbedder())
    apply_folder(read_folder(company(FOLDER)), app.database, app.embedder, now)
    with app.database.transaction() as session:
        cara = find_person(session, f"slack:{CARA}").id
        for score, days in ((1.0, 9), (0.0, 2)):
            record(
                session,
                ItemAnswered("slack", "refunds", score, 9.0, 1, "a.md#first", "choice"),
                now - timedelta(days=days),
                cara,
            )
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN, CARA, DOV)))
    app.close()


def table(chat):
    return next(block for block in chat.last.message.blocks if isinstance(block, Table)).rows


def test_staff_see_their_own(chat):
    chat.slash(CARA, "", command="/progress")
    assert (
        chat.last.message.text == "You answered 1 of 2 questions right in 30 days; last lesson: Refunds, 21 Nov 2026."
    )
    assert chat.outcomes() == ["own_progress"]


@pytest.mark.parametrize("words", ["", "team"])
def test_a_manager_sees_everyone_below_them(chat, words):
    chat.slash(ADA, words, command="/progress")
    assert chat.last.message.text.startswith("1 of 2 practised in the last 7 days.")
    assert table(chat) == (("Ben Ash", "0", "none yet", "not yet"), ("Cara Elm", "0", "1 of 2", "21 Nov 2026"))
    chat.slash(BEN, words, command="/progress")
    assert [row[0] for row in table(chat)] == ["Cara Elm"]
    assert chat.outcomes() == ["team_progress"] * 2


@pytest.mark.parametrize("user", [CARA, DOV])
def test_who_manages_nobody_is_told_what_they_can_see(chat, user):
    chat.slash(user, "team", command="/progress")
    assert chat.last.message.text == NO_REPORTS
    assert chat.outcomes() == ["no_team"]


def test_in_a_channel_only_the_asker_reads_it(chat):
    chat.slash(ADA, "team", command="/progress")
    chat.mention(ADA, "progress team")
    chat.dm(ADA, "progress")
    private = [sent for sent in chat.platform.posted if "practised in the last" in sent.message.text]
    assert [(sent.address.only_for, sent.channel.startswith("dm-")) for sent in private] == [
        (ADA, False),
        (ADA, False),
        (None, True),
    ]
