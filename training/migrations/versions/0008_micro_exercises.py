"""answers to micro-exercises"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exercise_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("vignette_slug", sa.String(length=120), nullable=False),
        sa.Column("vignette_document_id", sa.Uuid(), nullable=False),
        sa.Column("key_document_id", sa.Uuid(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("turns", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_document_id"],
            ["document.id"],
            name=op.f("fk_exercise_answer_key_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_exercise_answer_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["vignette_document_id"],
            ["document.id"],
            name=op.f("fk_exercise_answer_vignette_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_answer")),
        sa.UniqueConstraint(
            "person_id",
            "vignette_slug",
            "number",
            name=op.f("uq_exercise_answer_person_id_vignette_slug_number"),
        ),
    )


def downgrade() -> None:
    op.drop_table("exercise_answer")
