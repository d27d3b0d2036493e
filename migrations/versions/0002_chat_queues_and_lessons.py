"""Queues for chat platforms, asked questions, lessons and nudges."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "connections",
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("platform", name="pk_connections"),
    )
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=220), nullable=True),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("key", name="uq_inbox_key"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_account", ["account"], unique=False)
        batch_op.create_index("ix_inbox_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=1000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lessons"),
        sa.UniqueConstraint("file", name="uq_lessons_file"),
    )
    op.create_table(
        "rate_buckets",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_rate_buckets"),
    )
    op.create_table(
        "spoken_threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("thread_id", sa.String(length=100), nullable=False),
        sa.Column("last_asker", sa.String(length=220), nullable=True),
        sa.Column("last_asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("interrupted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_spoken_threads"),
        sa.UniqueConstraint("workspace", "channel", "thread_id", name="uq_spoken_threads_workspace_channel_thread_id"),
    )
    with op.batch_alter_table("spoken_threads", schema=None) as batch_op:
        batch_op.create_index("ix_spoken_threads_last_asker", ["last_asker"], unique=False)

    op.create_table(
        "asked_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thread_key", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("band", sa.String(length=16), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=True),
        sa.Column("refer_to", sa.String(length=320), nullable=True),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("offers", sa.JSON(), nullable=False),
        sa.Column("copy_of_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["copy_of_id"],
            ["asked_questions.id"],
            name="fk_asked_questions_copy_of_id_asked_questions",
            ondelete="CASCADE",
        ),
        sa.Column("rating", sa.String(length=20), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_asked_questions_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_asked_questions"),
        sa.UniqueConstraint("public_id", name="uq_asked_questions_public_id"),
    )
    with op.batch_alter_table("asked_questions", schema=None) as batch_op:
        batch_op.create_index("ix_asked_questions_copy_of_id", ["copy_of_id"], unique=False)
        batch_op.create_index("ix_asked_questions_person_id_asked_at", ["person_id", "asked_at"], unique=False)
        batch_op.create_index("ix_asked_questions_thread_key_asked_at", ["thread_key", "asked_at"], unique=False)

    op.create_table(
        "direct_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_direct_addresses_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_direct_addresses"),
        sa.UniqueConstraint("person_id", "platform", name="uq_direct_addresses_person_id_platform"),
    )
    op.create_table(
        "nudges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name="fk_nudges_lesson_id_lessons", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_nudges_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_nudges"),
        sa.UniqueConstraint("person_id", "local_on", "slot", name="uq_nudges_person_id_local_on_slot"),
    )
    with op.batch_alter_table("nudges", schema=None) as batch_op:
        batch_op.create_index("ix_nudges_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "answer_claims",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workspace", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("message_id", sa.String(length=100), nullable=False),
        sa.Column("edited_id", sa.String(length=100), nullable=False),
        sa.Column("account", sa.String(length=220), nullable=True),
        sa.Column("first_key", sa.String(length=300), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["asked_questions.id"],
            name="fk_answer_claims_question_id_asked_questions",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_answer_claims"),
        sa.UniqueConstraint(
            "workspace",
            "channel",
            "message_id",
            "edited_id",
            name="uq_answer_claims_workspace_channel_message_id_edited_id",
        ),
    )
    with op.batch_alter_table("answer_claims", schema=None) as batch_op:
        batch_op.create_index("ix_answer_claims_account", ["account"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("address", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("message", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("target_id", sa.String(length=100), nullable=True),
        sa.Column("after_key", sa.String(length=300), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("quotes_sops", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("account", sa.String(length=220), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("platform_id", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_outbox_person_id_people", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["question_id"], ["asked_questions.id"], name="fk_outbox_question_id_asked_questions", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_account", ["account"], unique=False)
        batch_op.create_index("ix_outbox_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_outbox_state_priority_run_at", ["state", "priority", "run_at"], unique=False)

    op.create_table(
        "quiz_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nudge_id", sa.Integer(), nullable=True),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.String(length=1), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name="fk_quiz_questions_nudge_id_nudges", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_quiz_questions_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quiz_questions"),
        sa.UniqueConstraint("public_id", name="uq_quiz_questions_public_id"),
    )
    with op.batch_alter_table("quiz_questions", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_questions_person_id_asked_at", ["person_id", "asked_at"], unique=False)

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cause", sa.String(length=100), nullable=True))
        batch_op.create_unique_constraint("uq_events_cause", ["cause"])

    # Not in a batch: SQLite would copy the table, and dropping the old one would take everything about people along.
    op.add_column("people", sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("platform_identities", sa.Column("is_listed", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("platform_identities", "is_listed")
    op.drop_column("people", "is_listed")

    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_constraint("uq_events_cause", type_="unique")
        batch_op.drop_column("cause")

    with op.batch_alter_table("quiz_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_quiz_questions_person_id_asked_at")

    op.drop_table("quiz_questions")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_state_priority_run_at")
        batch_op.drop_index("ix_outbox_person_id")
        batch_op.drop_index("ix_outbox_account")

    op.drop_table("outbox")
    with op.batch_alter_table("answer_claims", schema=None) as batch_op:
        batch_op.drop_index("ix_answer_claims_account")

    op.drop_table("answer_claims")
    with op.batch_alter_table("nudges", schema=None) as batch_op:
        batch_op.drop_index("ix_nudges_state_due_at")

    op.drop_table("nudges")
    op.drop_table("direct_addresses")
    with op.batch_alter_table("asked_questions", schema=None) as batch_op:
        batch_op.drop_index("ix_asked_questions_thread_key_asked_at")
        batch_op.drop_index("ix_asked_questions_copy_of_id")
        batch_op.drop_index("ix_asked_questions_person_id_asked_at")

    op.drop_table("asked_questions")
    with op.batch_alter_table("spoken_threads", schema=None) as batch_op:
        batch_op.drop_index("ix_spoken_threads_last_asker")

    op.drop_table("spoken_threads")
    op.drop_table("rate_buckets")
    op.drop_table("lessons")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index("ix_inbox_state_run_at")
        batch_op.drop_index("ix_inbox_account")

    op.drop_table("inbox")
    op.drop_table("connections")
