"""certificate life"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "renewal",
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_renewal_attempt_id_attempt")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_renewal_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_renewal")),
    )
    op.create_index(op.f("ix_renewal_certificate_id"), "renewal", ["certificate_id"])
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sixty-days",
                "fourteen-days",
                "expired",
                name="reminderkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_reminder_certificate_id_certificate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("certificate_id", "kind", name=op.f("uq_reminder_certificate_id_kind")),
    )


def downgrade() -> None:
    op.drop_table("reminder")
    op.drop_index(op.f("ix_renewal_certificate_id"), table_name="renewal")
    op.drop_table("renewal")
