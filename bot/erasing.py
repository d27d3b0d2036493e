"""Owns the erasure of a person: everything Coach holds of them, in one transaction."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.company import forget_in_settings
from bot.tables import METADATA
from metrics.people import Person
from metrics.privacy import Erasure, erase_person, names_of


def erase_everything(session: Session, person: Person, now: datetime, salt: str) -> Erasure:
    """Delete a person from every table and from the stored company.yaml, and leave a tombstone.

    `salt` is 32 random hexadecimal digits. Call it alone: Database.transaction(is_alone=True).
    """
    for name in names_of(session, METADATA, person):
        forget_in_settings(session, name)
    return erase_person(session, METADATA, person, now, salt)
