"""second factor, and signatures of their own"""

import uuid

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_factor",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor")),
        sa.UniqueConstraint("person_id", name=op.f("uq_second_factor_person_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint(
            "person_id", "code_digest", name=op.f("uq_recovery_code_person_id_code_digest")
        ),
    )
    signature = op.create_table(
        "signature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("certifier_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certifier_id"], ["person.id"], name=op.f("fk_signature_certifier_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_signature_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint(
            "decision_id", "certifier_id", name=op.f("uq_signature_decision_id_certifier_id")
        ),
        sa.UniqueConstraint("decision_id", "place", name=op.f("uq_signature_decision_id_place")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_certifier_id"), ["certifier_id"])
    _take_over_signatures_given_before(signature)


def _take_over_signatures_given_before(signature: sa.Table) -> None:
    review = sa.table(
        "review",
        sa.column("decision_id", sa.Uuid()),
        sa.column("certifier_id", sa.Uuid()),
        sa.column("act", sa.String()),
        sa.column("reviewed_at", UtcDateTime()),
    )
    signed = op.get_bind().execute(sa.select(review).where(review.c.act == "signed")).all()
    if signed:
        op.bulk_insert(
            signature,
            [
                {
                    "id": uuid.uuid4(),
                    "decision_id": row.decision_id,
                    "certifier_id": row.certifier_id,
                    "place": 1,
                    "signed_at": row.reviewed_at,
                }
                for row in signed
            ],
        )


def downgrade() -> None:
    op.drop_table("signature")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
