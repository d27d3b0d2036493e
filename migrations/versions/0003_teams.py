"""Addresses of conversations, and what a private answer and a verdict on it need on Microsoft Teams."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "stored_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("conversation", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=220), nullable=True),
        sa.Column("reach", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stored_addresses"),
        sa.UniqueConstraint("platform", "conversation", name="uq_stored_addresses_platform_conversation"),
    )
    op.create_index("ix_stored_addresses_account", "stored_addresses", ["account"], unique=False)
    # Not in batches: SQLite would copy the tables, and dropping the old ones would take what points at them along.
    op.add_column("direct_addresses", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("connections", sa.Column("reach", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("asked_questions", sa.Column("rating_note", sa.Text(), nullable=True))
    op.add_column("asked_questions", sa.Column("asked_in", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("asked_questions", "asked_in")
    op.drop_column("asked_questions", "rating_note")
    op.drop_column("connections", "reach")
    op.drop_column("direct_addresses", "blocked_at")
    op.drop_index("ix_stored_addresses_account", table_name="stored_addresses")
    op.drop_table("stored_addresses")
