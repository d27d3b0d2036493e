"""“My data”: what is stored as in the copy, who looked, and the very row their manager sees; for one's eyes only."""

import pytest
from pydantic import SecretStr

from bot.app import App
from bot.company import apply_folder, read_folder
from bot.handlers.my_data import stored_about
from bot.messages import Identity, Steps, Table
from bot.settings import Settings
from bot.tables import METADATA
from coach.embed import WordHashEmbedder
from metrics.people import find_person
from metrics.privacy import export_person
from tests.bot.handlers.conftest import FILES
from tests.chat import CHANNEL, Chat

ADA, BEN, CARA = "U1", "U2", "U3"


@pytest.fixture
def chat(database, company, tmp_path, now):
    settings = Settings(home=tmp_path / "home", database_url=SecretStr(database.url))
    app = App(settings, embedder=WordHashEmbedder())
    company_yaml = (
        f"{FILES['company.yaml']}skills: {{refunds: {{title: Refunds}}}}\nprivacy: {{question_text_days: 30}}\n"
    )
    apply_folder(read_folder(company(FILES | {"company.yaml": company_yaml})), app.database, app.embedder, now)
    yield Chat(app, now, tuple(Identity(user, is_member=True) for user in (ADA, BEN, CARA)))
    app.close()


def blocks(chat, kind):
    return [block for block in chat.last.message.blocks if isinstance(block, kind)]


def test_it_counts_what_the_copy_holds(chat):
    chat.dm(BEN, "how do I give a refund to a card")
    chat.dm(BEN, "my data")
    shown = chat.last.message
    with chat.app.database.session() as session:
        ben = find_person(session, f"slack:{BEN}")
        copy = export_person(session, METADATA, ben)
        stored = {each.table: each for each in stored_about(session, ben)}
    assert {table: each.rows for table, each in stored.items()} == {
        name: len(rows) for name, rows in copy.items() if rows
    }
    assert stored["asked_questions"].retention == "30 days"
    assert "Questions and their answers: 1, kept 30 days" in blocks(chat, Steps)[0].items
    assert "how do I give" not in repr(shown)
    assert chat.outcomes() == ["my_data"]


def test_who_looked_is_told_and_looking_at_oneself_is_not(chat):
    chat.dm(BEN, "my data")
    assert "nobody has looked at your progress" in chat.last.message.text
    chat.dm(ADA, "progress team")
    chat.dm(ADA, "progress ben")
    chat.dm(BEN, "progress")
    chat.dm(BEN, "my data")
    assert "1 person looked at your progress in 13 months." in chat.last.message.text
    assert blocks(chat, Steps)[1].items == (
        "23 Nov 2026: Ada Oak, your progress alone",
        "23 Nov 2026: Ada Oak, in a list of people",
    )


def test_the_row_is_the_one_the_manager_sees(chat):
    chat.dm(ADA, "progress team")
    [seen] = [row for table in blocks(chat, Table) for row in table.rows if row[0] == "Ben Ash"]
    chat.dm(BEN, "my data")
    [own] = blocks(chat, Table)
    assert own.rows == (seen,)
    assert "What Ada Oak and whoever looks after Coach here see of you:" in repr(chat.last.message)
    assert "erased: ask Ada Oak (ada@example.test)." in chat.last.message.text


@pytest.mark.parametrize("text", ["my data", "show my data"])
def test_in_a_channel_it_is_for_ones_own_eyes(chat, text):
    chat.mention(BEN, text)
    assert (chat.last.address.only_for, chat.last.channel) == (BEN, CHANNEL)
    chat.slash(BEN, text)
    assert chat.last.address.only_for == BEN
