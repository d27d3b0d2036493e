"""What stands behind a trial, whatever platform is before it: its rows, what waits, and whether the counts agree."""

from collections import Counter

from sqlalchemy import select

from bot import queue
from bot.tables import METADATA, InboxItem, OutboxItem
from metrics.events.record import EventRow


class Behind:
    """A trial with an application in `app`."""

    def is_idle(self):
        with self.app.database.session() as session:
            return not (queue.has_incoming(session) or queue.has_outgoing(session))

    def rows(self, table):
        with self.app.database.session() as session:
            return session.scalars(select(table).order_by(*table.__table__.primary_key)).all()

    def everything_stored(self):
        """Every row of every table."""
        with self.app.database.session() as session:
            return {name: sorted(map(repr, session.execute(select(t)))) for name, t in METADATA.tables.items()}

    def sent_when_counts_agree(self, kept):
        """One event for each of `kept` things that came in and for each message sent; those sent are returned."""
        inbox, outbox = self.rows(InboxItem), self.rows(OutboxItem)
        sent = [item for item in outbox if item.state == "sent"]
        causes = Counter(row.cause for row in self.rows(EventRow) if row.cause is not None)
        assert {item.state for item in inbox} <= {"done"}
        assert len(inbox) == kept
        assert {item.state for item in outbox} <= {"sent", "cancelled"}
        assert causes == Counter([f"inbox:{item.id}" for item in inbox] + [f"outbox:{item.id}" for item in sent])
        return sent
