"""ratings found by their vignette, and reminders of panels"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_rating_session_version_purpose_submitted",
        "rating_session",
        ["vignette_document_id", "purpose", "submitted_at"],
    )
    op.create_index(
        "ix_rating_session_vignette_purpose", "rating_session", ["vignette_slug", "purpose"]
    )
    op.create_table(
        "panel_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seat_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "due-soon",
                "overdue",
                name="reminderkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["seat_id"], ["panel_seat.id"], name=op.f("fk_panel_reminder_seat_id_panel_seat")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_reminder")),
    )
    op.create_index(op.f("ix_panel_reminder_seat_id"), "panel_reminder", ["seat_id"])


def downgrade() -> None:
    op.drop_table("panel_reminder")
    op.drop_index("ix_rating_session_vignette_purpose", table_name="rating_session")
    op.drop_index("ix_rating_session_version_purpose_submitted", table_name="rating_session")
