"""Progress: versions of modules, lapsed mastery, who looked, and signing in to the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

EVENTS = sa.table(
    "events",
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("person_id", sa.Integer()),
    sa.column("kind", sa.String()),
    sa.column("skill", sa.String()),
    sa.column("payload", sa.JSON()),
)
NEW_KINDS = ("skill_mastered", "skill_lapsed", "supported", "manager_acted", "progress_exported")
ABILITIES = sa.table(
    "skill_abilities",
    sa.column("person_id", sa.Integer()),
    sa.column("skill", sa.String()),
    sa.column("mastered_at", sa.DateTime(timezone=True)),
)


BEFORE, NOW = (("kind", "at"), ("person_id", "at")), (("kind", "at", "person_id"), ("person_id", "kind", "at"))


def upgrade() -> None:
    """Add them; what is mastered today gets the event that was not recorded then."""
    with op.batch_alter_table("lessons") as lessons:
        lessons.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        lessons.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("lessons") as lessons:
        lessons.alter_column("version", server_default=None)
    with op.batch_alter_table("lesson_runs") as runs:
        runs.add_column(sa.Column("module_version", sa.Integer(), nullable=True))
    with op.batch_alter_table("preferences") as preferences:
        preferences.add_column(sa.Column("is_digest_stopped", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("preferences") as preferences:
        preferences.alter_column("is_digest_stopped", server_default=None)
    with op.batch_alter_table("skill_abilities") as abilities:
        abilities.add_column(sa.Column("stale_since", sa.DateTime(timezone=True), nullable=True))
    _index_events(BEFORE, NOW)
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("viewer_id", sa.Integer(), nullable=True),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_looks_person_id_people", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["viewer_id"], ["people.id"], name="fk_looks_viewer_id_people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_looks"),
        sa.UniqueConstraint(
            "person_id", "viewer_id", "seen_on", "what", name="uq_looks_person_id_viewer_id_seen_on_what"
        ),
    )
    op.create_table(
        "deployment_keys",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_deployment_keys"),
    )
    for name, began in (("sign_in_links", "used_at"), ("web_sessions", "ended_at")):
        begun = () if name == "sign_in_links" else (sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),)
        op.create_table(
            name,
            sa.Column("id", sa.Integer(), nullable=False),
            sa.Column("person_id", sa.Integer(), nullable=False),
            sa.Column("token_hash", sa.String(length=64), nullable=False),
            *begun,
            sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column(began, sa.DateTime(timezone=True), nullable=True),
            sa.ForeignKeyConstraint(
                ["person_id"], ["people.id"], name=f"fk_{name}_person_id_people", ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
            sa.UniqueConstraint("token_hash", name=f"uq_{name}_token_hash"),
        )
        op.create_index(f"ix_{name}_person_id", name, ["person_id"], unique=False)
    mastered = sa.select(
        ABILITIES.c.mastered_at,
        ABILITIES.c.person_id,
        sa.literal("skill_mastered"),
        ABILITIES.c.skill,
        sa.literal({"door": "earlier"}, sa.JSON()),
    ).where(ABILITIES.c.mastered_at.is_not(None))
    op.execute(EVENTS.insert().from_select(["at", "person_id", "kind", "skill", "payload"], mastered))


def downgrade() -> None:
    """Take them away again."""
    op.execute(EVENTS.delete().where(EVENTS.c.kind.in_(NEW_KINDS)))
    for name in ("web_sessions", "sign_in_links"):
        op.drop_index(f"ix_{name}_person_id", table_name=name)
        op.drop_table(name)
    op.drop_table("deployment_keys")
    op.drop_table("looks")
    _index_events(NOW, BEFORE)
    with op.batch_alter_table("skill_abilities") as abilities:
        abilities.drop_column("stale_since")
    with op.batch_alter_table("preferences") as preferences:
        preferences.drop_column("is_digest_stopped")
    with op.batch_alter_table("lesson_runs") as runs:
        runs.drop_column("module_version")
    with op.batch_alter_table("lessons") as lessons:
        lessons.drop_column("changed_at")
        lessons.drop_column("version")


def _index_events(before: tuple[tuple[str, ...], ...], after: tuple[tuple[str, ...], ...]) -> None:
    for columns in before:
        op.drop_index(f"ix_events_{'_'.join(columns)}", table_name="events")
    for columns in after:
        op.create_index(f"ix_events_{'_'.join(columns)}", "events", list(columns), unique=False)
