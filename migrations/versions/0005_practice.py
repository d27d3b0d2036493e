"""Lessons as modules and tracks: what is planned, under way, remembered, confirmed and reported from the work."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


EVENTS = sa.table(
    "events", sa.column("id", sa.Integer()), sa.column("kind", sa.String()), sa.column("payload", sa.JSON())
)
# What an answer was about was not noted before.
EARLIER = "earlier#"


def upgrade() -> None:
    """Add them, in place of quiz questions; lessons are of another shape now, and come back with the next apply."""
    op.create_table(
        "cohort_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("cohort", sa.String(length=100), nullable=False),
        sa.Column("local_on", sa.Date(), nullable=False),
        sa.Column("slot", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_cohort_posts"),
        sa.UniqueConstraint("cohort", "local_on", "slot", name="uq_cohort_posts_cohort_local_on_slot"),
        sa.UniqueConstraint("public_id", name="uq_cohort_posts_public_id"),
    )
    op.create_index("ix_cohort_posts_state_due_at", "cohort_posts", ["state", "due_at"], unique=False)
    op.create_table(
        "tracks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
        sa.UniqueConstraint("name", name="uq_tracks_name"),
    )
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_appointments_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
        sa.UniqueConstraint("person_id", "kind", "starts_at", name="uq_appointments_person_id_kind_starts_at"),
    )
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_id"], ["people.id"], name="fk_confirmations_asked_id_people", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_confirmations_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sa.UniqueConstraint("person_id", "kind", "subject", name="uq_confirmations_person_id_kind_subject"),
        sa.UniqueConstraint("public_id", name="uq_confirmations_public_id"),
    )
    op.create_table(
        "item_memories",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=1200), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("step", sa.Integer(), nullable=True),
        sa.Column("stability", sa.Float(), nullable=False),
        sa.Column("difficulty", sa.Float(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("missed_in_row", sa.Integer(), nullable=False),
        sa.Column("last_score", sa.Float(), nullable=False),
        sa.Column("last_confidence", sa.Float(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_item_memories_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_item_memories"),
        sa.UniqueConstraint("person_id", "item", name="uq_item_memories_person_id_item"),
    )
    op.create_table(
        "learning_days",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_learning_days_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_learning_days"),
        sa.UniqueConstraint("person_id", "skill", "held_on", name="uq_learning_days_person_id_skill_held_on"),
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_leaves_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_leaves"),
        sa.UniqueConstraint("person_id", "from_on", name="uq_leaves_person_id_from_on"),
    )
    op.create_table(
        "lesson_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=1000), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_lesson_drafts_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_drafts"),
        sa.UniqueConstraint("public_id", name="uq_lesson_drafts_public_id"),
    )
    op.create_table(
        "preferences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("is_weekly", sa.Boolean(), nullable=False),
        sa.Column("weekly_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ignored_in_row", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("minutes_before_shift", sa.Integer(), nullable=True),
        sa.Column("at_minute", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("weekly_minutes", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_preferences_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_preferences"),
        sa.UniqueConstraint("person_id", name="uq_preferences_person_id"),
    )
    op.create_table(
        "recall_models",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_recall_models_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recall_models"),
        sa.UniqueConstraint("person_id", name="uq_recall_models_person_id"),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shifts_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
        sa.UniqueConstraint("person_id", "starts_at", name="uq_shifts_person_id_starts_at"),
    )
    op.create_table(
        "skill_abilities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("estimate", sa.Float(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("mastered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_skill_abilities_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_skill_abilities"),
        sa.UniqueConstraint("person_id", "skill", name="uq_skill_abilities_person_id_skill"),
    )
    op.create_table(
        "track_assignments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("track", sa.String(length=200), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"], ["people.id"], name="fk_track_assignments_assigned_by_id_people", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_track_assignments_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_track_assignments"),
        sa.UniqueConstraint("person_id", "track", name="uq_track_assignments_person_id_track"),
    )
    op.create_table(
        "work_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("workflow", sa.String(length=100), nullable=False),
        sa.Column("step", sa.String(length=100), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_work_events_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_work_events"),
        sa.UniqueConstraint("source", "reference", name="uq_work_events_source_reference"),
    )
    op.create_index("ix_work_events_person_id_at", "work_events", ["person_id", "at"], unique=False)
    op.create_table(
        "lesson_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("nudge_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("module", sa.String(length=1000), nullable=True),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("message_key", sa.String(length=300), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["nudge_id"], ["nudges.id"], name="fk_lesson_runs_nudge_id_nudges", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_lesson_runs_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_runs"),
        sa.UniqueConstraint("token", name="uq_lesson_runs_token"),
    )
    op.create_index("ix_lesson_runs_person_id_state", "lesson_runs", ["person_id", "state"], unique=False)
    op.add_column("company_settings", sa.Column("folder", sa.String(length=4000), nullable=True))
    op.add_column("nudges", sa.Column("reason", sa.String(length=40), nullable=True))
    op.add_column("nudges", sa.Column("content", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("nudges", sa.Column("late_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_quiz_questions_person_id_asked_at", table_name="quiz_questions")
    op.drop_table("quiz_questions")
    op.execute("UPDATE nudges SET lesson_id = NULL")
    op.execute("DELETE FROM lessons")
    for event_id, payload in _events("quiz_answered"):
        about = {"run_id": None, "item": f"{EARLIER}{payload['quiz_id']}", "item_kind": "choice", "step": None}
        unknown = {"confidence": None, "predicted_recall": None, "is_first": False}
        _change(event_id, "item_answered", {"door": payload["door"], **about, **unknown})


def downgrade() -> None:
    """Undo it."""
    op.execute("DELETE FROM lessons")
    for event_id, payload in _events("item_answered"):
        item = str(payload["item"])
        if item.startswith(EARLIER):
            quiz_id = int(item.removeprefix(EARLIER))
            _change(event_id, "quiz_answered", {"door": payload["door"], "quiz_id": quiz_id})
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
    op.create_index("ix_quiz_questions_person_id_asked_at", "quiz_questions", ["person_id", "asked_at"], unique=False)
    op.drop_column("company_settings", "folder")
    op.drop_column("nudges", "late_at")
    op.drop_column("nudges", "content")
    op.drop_column("nudges", "reason")
    op.drop_index("ix_lesson_runs_person_id_state", table_name="lesson_runs")
    op.drop_table("lesson_runs")
    op.drop_index("ix_work_events_person_id_at", table_name="work_events")
    op.drop_table("work_events")
    op.drop_table("track_assignments")
    op.drop_table("skill_abilities")
    op.drop_table("shifts")
    op.drop_table("recall_models")
    op.drop_table("preferences")
    op.drop_table("lesson_drafts")
    op.drop_table("leaves")
    op.drop_table("learning_days")
    op.drop_table("item_memories")
    op.drop_table("confirmations")
    op.drop_table("appointments")
    op.drop_table("tracks")
    op.drop_index("ix_cohort_posts_state_due_at", table_name="cohort_posts")
    op.drop_table("cohort_posts")


def _events(kind: str) -> list[tuple[int, dict[str, object]]]:
    query = sa.select(EVENTS.c.id, EVENTS.c.payload).where(EVENTS.c.kind == kind)
    return [(event_id, payload) for event_id, payload in op.get_bind().execute(query)]


def _change(event_id: int, kind: str, payload: dict[str, object]) -> None:
    op.get_bind().execute(EVENTS.update().where(EVENTS.c.id == event_id).values(kind=kind, payload=payload))
