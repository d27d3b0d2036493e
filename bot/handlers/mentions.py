"""Finds who is meant by a mention, for commands that name a person."""

from sqlalchemy.orm import Session

from bot.arrivals import SOMEONE
from bot.messages import Incoming
from metrics.people import person_with_account


def with_emails(session: Session, incoming: Incoming, words: str) -> str:
    """Return words of a message with the e-mail of whoever each mention means; one of nobody known stays as it is."""
    parts = words.split(SOMEONE)
    # Who types the very word of a mention makes it unclear which of them is one.
    if len(parts) - 1 != len(incoming.mentioned):
        return words
    people = (person_with_account(session, incoming.platform, account) for account in incoming.mentioned)
    emails = (person.email if person is not None else SOMEONE for person in people)
    return "".join(part for pair in zip(parts, (*emails, ""), strict=True) for part in pair)
