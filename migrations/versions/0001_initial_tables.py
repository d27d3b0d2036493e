"""Initial tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Initial tables."""
    op.create_table(
        "company_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_company_settings"),
    )
    op.create_table(
        "erased_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erased_identities"),
        sa.UniqueConstraint("hash", name="uq_erased_identities_hash"),
    )
    op.create_table(
        "passage_vectors",
        sa.Column("embedder_id", sa.String(length=200), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("sentence_vectors", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("embedder_id", "text_hash", name="pk_passage_vectors"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("site", sa.String(length=200), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("manager_id", sa.Integer(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["people.id"], name="fk_people_manager_id_people", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.create_index("ix_people_manager_id", ["manager_id"], unique=False)

    op.create_table(
        "sop_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=1000), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("ingested_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sop_documents"),
        sa.UniqueConstraint("file", name="uq_sop_documents_file"),
    )
    op.create_table(
        "sop_generations",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("embedder_id", sa.String(length=200), nullable=False),
        sa.Column("measured_with", sa.String(length=100), nullable=False),
        sa.Column("passages", sa.Integer(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_sop_generations"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_events_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index("ix_events_kind_at", ["kind", "at"], unique=False)
        batch_op.create_index("ix_events_person_id_at", ["person_id", "at"], unique=False)

    op.create_table(
        "platform_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=16), nullable=False),
        sa.Column("platform_user_id", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_platform_identities_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_platform_identities"),
        sa.UniqueConstraint("platform", "platform_user_id", name="uq_platform_identities_platform_platform_user_id"),
    )
    with op.batch_alter_table("platform_identities", schema=None) as batch_op:
        batch_op.create_index("ix_platform_identities_person_id", ["person_id"], unique=False)

    op.create_table(
        "sop_sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("heading_path", sa.JSON(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=True),
        sa.Column("version", sa.String(length=100), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["sop_documents.id"], name="fk_sop_sections_document_id_sop_documents", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sop_sections"),
        sa.UniqueConstraint("document_id", "number", name="uq_sop_sections_document_id_number"),
    )
    op.create_table(
        "sop_passages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["sop_sections.id"], name="fk_sop_passages_section_id_sop_sections", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sop_passages"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sop_passages", schema=None) as batch_op:
        batch_op.create_index("ix_sop_passages_section_id", ["section_id"], unique=False)
        batch_op.create_index("ix_sop_passages_text_hash", ["text_hash"], unique=False)


def downgrade() -> None:
    """Undo it."""
    with op.batch_alter_table("sop_passages", schema=None) as batch_op:
        batch_op.drop_index("ix_sop_passages_text_hash")
        batch_op.drop_index("ix_sop_passages_section_id")

    op.drop_table("sop_passages")
    op.drop_table("sop_sections")
    with op.batch_alter_table("platform_identities", schema=None) as batch_op:
        batch_op.drop_index("ix_platform_identities_person_id")

    op.drop_table("platform_identities")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_person_id_at")
        batch_op.drop_index("ix_events_kind_at")

    op.drop_table("events")
    op.drop_table("sop_generations")
    op.drop_table("sop_documents")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_index("ix_people_manager_id")

    op.drop_table("people")
    op.drop_table("passage_vectors")
    op.drop_table("erased_identities")
    op.drop_table("company_settings")
