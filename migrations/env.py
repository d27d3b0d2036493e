"""Runs migrations on the connection it is handed; our own column types are written as plain SQLAlchemy."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.tables import METADATA
from metrics.db import UtcInstant


def render_plainly(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write UtcInstant as the DateTime it is, so that a migration never imports our code."""
    if kind == "type" and isinstance(item, UtcInstant):
        return "sa.DateTime(timezone=True)"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_item=render_plainly,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
