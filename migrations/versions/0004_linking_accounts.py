"""Codes that join accounts, wrong tries, and people who became one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "link_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("typed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirm_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_link_codes_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["typed_by_id"], ["people.id"], name="fk_link_codes_typed_by_id_people", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_codes"),
        sa.UniqueConstraint("person_id", name="uq_link_codes_person_id"),
        sa.UniqueConstraint("confirm_id", name="uq_link_codes_confirm_id"),
    )
    op.create_table(
        "link_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_link_tries_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_tries"),
    )
    op.create_index("ix_link_tries_person_id", "link_tries", ["person_id"], unique=False)
    op.create_table(
        "person_merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("vanished_id", sa.Integer(), nullable=False),
        sa.Column("former_email", sa.String(length=320), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_person_merges_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_person_merges"),
        sa.UniqueConstraint("public_id", name="uq_person_merges_public_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_merges_person_id", "person_merges", ["person_id"], unique=False)


def downgrade() -> None:
    """Undo it."""
    op.drop_index("ix_person_merges_person_id", table_name="person_merges")
    op.drop_table("person_merges")
    op.drop_index("ix_link_tries_person_id", table_name="link_tries")
    op.drop_table("link_tries")
    op.drop_table("link_codes")
