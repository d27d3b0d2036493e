"""Conflicts: pairs of sections of SOPs that disagree."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "sop_conflicts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_hash", sa.String(length=64), nullable=False),
        sa.Column("second_hash", sa.String(length=64), nullable=False),
        sa.Column("first_file", sa.String(length=1000), nullable=False),
        sa.Column("second_file", sa.String(length=1000), nullable=False),
        sa.Column("first_headings", sa.JSON(), nullable=False),
        sa.Column("second_headings", sa.JSON(), nullable=False),
        sa.Column("first_words", sa.Text(), nullable=False),
        sa.Column("second_words", sa.Text(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times_shown", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sop_conflicts"),
        sa.UniqueConstraint("first_hash", "second_hash", name="uq_sop_conflicts_first_hash_second_hash"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("sop_conflicts")
