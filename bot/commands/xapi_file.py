"""Writes xAPI statements into a file, one a line, for `coach progress` and `coach export`."""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.app import App
from bot.company import stored_company
from bot.handles import handles_of
from lessons.tables import LessonRow
from metrics.errors import Refusal
from metrics.xapi import Json, Naming

DOOR = "command line"
KEY_BYTES = 32
HOST_DIGITS = 16


def naming_of(session: Session, app: App) -> Naming:
    """Return how statements of this deployment name things: as long as its address stays, always the same.

    Without COACH_PUBLIC_URL IRIs lie under a host that RFC 2606 keeps from ever being one.
    """
    handles = handles_of(session, lambda: secrets.token_hex(KEY_BYTES))
    nowhere = f"https://{handles.of('xapi', 'host')[:HOST_DIGITS]}.invalid"
    lessons = dict(session.execute(select(LessonRow.file, LessonRow.title)).all())
    skills = {key: rule.title for key, rule in stored_company(session).skill_rules().items()}
    return Naming(
        home=app.settings.public_url or nowhere,
        namespace=UUID(hex=handles.of("xapi", "statements")),
        account_of=lambda person_id: handles.of("xapi account", str(person_id)),
        titles=lessons | skills,
    )


def write_statements(file: Path, statements: Iterable[Json]) -> int:
    """Write statements as JSONL as they come, and return how many there were."""
    rows = 0
    try:
        with file.open("w", encoding="utf-8", newline="\n") as written:
            for statement in statements:
                written.write(json.dumps(statement, ensure_ascii=False, separators=(",", ":")) + "\n")
                rows += 1
    except OSError as error:
        raise Refusal(
            f"{file} cannot be written ({error.strerror}). Name a file in a folder you may write to."
        ) from None
    return rows
