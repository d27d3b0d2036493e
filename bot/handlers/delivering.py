"""Checks an answer once more before it is sent, and notes in its record when its asker did not get it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.failures import FAILED
from bot.messages import Message
from bot.tables import OutboxItem
from bot.views import lines
from coach.questions import Delivery, delivery_of, note_delivery, reply_of
from coach.reader import may_read_all, open_files
from coach.tables import AskedQuestion
from metrics.people import Person, asker_for
from metrics.policy import Asker

SHARED = "share:"
HELD_BACK = (Delivery.CHANGED, Delivery.CLOSED)
ENDINGS = {"dead": Delivery.UNDELIVERED, "unknown": Delivery.UNKNOWN}


def recheck(session: Session, item: OutboxItem, message: Message) -> Message | None:
    """Return a message if whoever will see it may still read what it quotes, else a line that says why not.

    None where the question it answers is gone.
    """
    if not item.quotes_sops:
        return message
    asked = _asked(session, item)
    if asked is None:
        return None
    is_for_everyone = asked.is_open or item.key.startswith(SHARED)
    person = session.get(Person, asked.person_id)
    asker = Asker() if is_for_everyone or person is None else asker_for(person)
    sources = reply_of(asked).sources
    if not _is_new(item) or may_read_all(session, asker, [source.passage_id for source in sources]):
        return message
    if _is_answer(item):
        files = {source.file for source in sources}
        note_delivery(asked, Delivery.CHANGED if open_files(session, asker, files) == files else Delivery.CLOSED)
    return lines.line(lines.SOP_CHANGED)


def settled(session: Session, item: OutboxItem) -> None:
    """Note how sending an answer ended; a row of anything else is passed over."""
    asked = _asked(session, item)
    if asked is None or not _is_answer(item) or delivery_of(asked) in HELD_BACK:
        return
    if item.state in ENDINGS:
        note_delivery(asked, ENDINGS[item.state])
    elif item.state == "sent" and delivery_of(asked) is not None and not _other_parts_failed(session, item):
        # Somebody had it tried once more.
        note_delivery(asked, None)


def _asked(session: Session, item: OutboxItem) -> AskedQuestion | None:
    return session.get(AskedQuestion, item.question_id) if item.question_id is not None else None


def _is_new(item: OutboxItem) -> bool:
    """Say whether a row puts words where they did not stand, and does not bring the card they stand in up to date."""
    return item.operation == "post" or item.after_key is not None


def _is_answer(item: OutboxItem) -> bool:
    """Say whether a row brings an answer, or a part of it, to who asked."""
    return _is_new(item) and item.operation != "delete" and not item.key.startswith(SHARED)


def _other_parts_failed(session: Session, item: OutboxItem) -> bool:
    others = select(OutboxItem).where(OutboxItem.question_id == item.question_id, OutboxItem.id != item.id)
    return any(_is_answer(other) for other in session.scalars(others.where(OutboxItem.state.in_(FAILED))))
