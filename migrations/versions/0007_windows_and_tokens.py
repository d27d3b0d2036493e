"""Search by windows and tokens: what is stored of a passage, the site an SOP holds for, texts of nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BEFORE = ("vector", "sentence_vectors")
NEW = ("window_vectors", "pieces", "token_states")


def upgrade() -> None:
    """Make the table of vectors anew, empty: the next apply fills it from the SOPs."""
    _remake_vectors(*BEFORE, *NEW)
    with op.batch_alter_table("sop_sections") as sections:
        sections.add_column(sa.Column("site", sa.String(length=200), nullable=True))
    with op.batch_alter_table("sop_generations") as generations:
        generations.add_column(sa.Column("foreign_vectors", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it away again; the next apply fills the table."""
    with op.batch_alter_table("sop_generations") as generations:
        generations.drop_column("foreign_vectors")
    with op.batch_alter_table("sop_sections") as sections:
        sections.drop_column("site")
    _remake_vectors(*BEFORE)


def _remake_vectors(*columns: str) -> None:
    op.drop_table("passage_vectors")
    op.create_table(
        "passage_vectors",
        sa.Column("embedder_id", sa.String(length=200), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        *(sa.Column(column, sa.LargeBinary(), nullable=False) for column in columns),
        sa.PrimaryKeyConstraint("embedder_id", "text_hash", name="pk_passage_vectors"),
    )
