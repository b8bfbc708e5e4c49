"""forms and windows"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place, also on SQLite: a table made anew would leave those that refer to it without one.
    op.add_column("attempt", sa.Column("closes_at", UtcDateTime(), nullable=True))
    op.add_column("attempt", sa.Column("lapsed_at", UtcDateTime(), nullable=True))
    op.add_column("attempt", sa.Column("honour_wording", sa.Text(), nullable=True))
    op.create_index(
        "uq_attempt_one_open",
        "attempt",
        ["person_id", "standard_slug"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.add_column("rating_session", sa.Column("first_shown_at", UtcDateTime(), nullable=True))
    op.add_column("rating_session", sa.Column("first_saved_at", UtcDateTime(), nullable=True))
    op.add_column("rating_session", sa.Column("closes_at", UtcDateTime(), nullable=True))
    op.add_column("decision", sa.Column("circumstances", sa.JSON(), nullable=True))

    op.create_table(
        "window_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("certifier_id", sa.Uuid(), nullable=False),
        sa.Column("closed_before_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_window_change_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["certifier_id"], ["person.id"], name=op.f("fk_window_change_certifier_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_window_change")),
    )
    op.create_index(op.f("ix_window_change_attempt_id"), "window_change", ["attempt_id"])
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("method", sa.String(length=300), nullable=False),
        sa.Column("signature", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )


def downgrade() -> None:
    op.drop_table("audit_checkpoint")
    op.drop_table("window_change")
    op.drop_column("decision", "circumstances")
    op.drop_column("rating_session", "closes_at")
    op.drop_column("rating_session", "first_saved_at")
    op.drop_column("rating_session", "first_shown_at")
    op.drop_index("uq_attempt_one_open", table_name="attempt")
    op.drop_column("attempt", "honour_wording")
    op.drop_column("attempt", "lapsed_at")
    op.drop_column("attempt", "closes_at")
