"""private notes in the margin of what is rated"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "turn_note",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["rating_session.id"],
            name=op.f("fk_turn_note_session_id_rating_session"),
        ),
        sa.PrimaryKeyConstraint("session_id", "turn", name=op.f("pk_turn_note")),
    )


def downgrade() -> None:
    op.drop_table("turn_note")
