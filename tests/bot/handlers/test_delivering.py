"""What really reached an asker stands in the record of the answer: held back, not taken, or perhaps not."""

import pytest
from sqlalchemy import select

from bot import failures, queue
from bot.company import apply_folder, read_folder
from bot.messages import Address, Kind, Message, Undeliverable
from bot.outcome import Outgoing
from bot.router import Router
from bot.tables import OutboxItem
from bot.views import lines
from bot.views.why import listed_answers
from coach.questions import Delivery, delivery_of
from coach.tables import AskedQuestion
from tests.bot.handlers.test_ask import BEN, REFUND

ANSWER = "A refund goes back"
CHANNEL = Address("slack", "T1", "dm-U2")


def delivery(app):
    with app.database.session() as session:
        return delivery_of(session.scalars(select(AskedQuestion)).one())


def close_everything(folder):
    rules = folder / "company.yaml"
    rules.write_text(rules.read_text().replace("boss/", "*/"))


def change_the_sop(folder):
    (folder / "sops/shop/refunds.md").write_text("# Refunds\n\nNobody knows how refunds are made.\n")


def answered_and_not_sent(chat):
    asked = chat.incoming(BEN, text=REFUND, channel="dm-U2", is_direct=True, message_id="1.1")
    with chat.app.database.transaction() as session:
        queue.keep(session, asked, "k", chat.now)
    assert chat.workers._handle_one()


def settle_as(chat, state):
    """Tell the rooms that the answer ended so, as the sender does."""
    with chat.app.database.transaction() as session:
        item = session.scalars(select(OutboxItem).where(OutboxItem.question_id.is_not(None))).one()
        item.state, item.finished_at = state, chat.now
        Router(chat.app, {"slack": chat.platform}).settled(session, item, chat.now)


def test_what_came_is_no_news(chat):
    chat.dm(BEN, REFUND)
    assert delivery(chat.app) is None


@pytest.mark.parametrize(
    ("happens", "expected", "said"),
    [(close_everything, Delivery.CLOSED, "closed to its reader"), (change_the_sop, Delivery.CHANGED, "was changed")],
)
def test_an_answer_held_back_is_not_called_shown(chat, folder, now, happens, expected, said):
    answered_and_not_sent(chat)
    happens(folder)
    apply_folder(read_folder(folder), chat.app.database, chat.app.embedder, now)
    chat.settle()
    assert chat.last.message.text == lines.SOP_CHANGED
    assert delivery(chat.app) is expected
    chat.dm(BEN, "why?")
    assert said in chat.last.message.text
    with chat.app.database.session() as session:
        assert "held back" in listed_answers(session.scalars(select(AskedQuestion)).all(), "UTC")
    chat.take(chat.incoming(BEN, Kind.HOME, value="home"))
    assert "held back" in str(chat.platform.homes[BEN])
    # That the line itself did not arrive changes nothing.
    settle_as(chat, "dead")
    assert delivery(chat.app) is expected


def test_an_answer_the_platform_never_took_is_noted_until_it_takes_it(chat):
    answered_and_not_sent(chat)
    chat.platform.fail(Undeliverable("is_archived"), times=9)
    chat.settle()
    assert delivery(chat.app) is Delivery.UNDELIVERED
    chat.platform.faults.clear()
    with chat.app.database.transaction() as session:
        failed = next(each for each in failures.failures(session) if each.key == "answer:k")
        assert failures.retry(session, failed.name, chat.now)
    chat.settle()
    assert ANSWER in chat.last.message.text
    assert delivery(chat.app) is None


def test_an_answer_that_may_have_arrived_is_not_called_shown_either(chat):
    answered_and_not_sent(chat)
    settle_as(chat, "unknown")
    assert delivery(chat.app) is Delivery.UNKNOWN


def test_a_part_that_came_does_not_make_up_for_one_that_did_not(chat):
    answered_and_not_sent(chat)
    settle_as(chat, "dead")
    with chat.app.database.transaction() as session:
        failed = session.scalars(select(OutboxItem).where(OutboxItem.question_id.is_not(None))).one()
        part = Outgoing(f"{failed.key}#2", CHANNEL, Message("The rest"), question_id=failed.question_id)
        queue.put(session, part, chat.now)
    chat.settle()
    assert chat.last.message.text == "The rest"
    assert delivery(chat.app) is Delivery.UNDELIVERED


def test_a_card_that_could_not_be_changed_takes_nothing_back(chat):
    chat.dm(BEN, REFUND)
    chat.platform.fail(Undeliverable("message_not_found"), operation="update", times=9)
    chat.press(BEN, "Helpful")
    assert lines.CARD_GONE in [sent.message.text for sent in chat.standing()]
    assert delivery(chat.app) is None
