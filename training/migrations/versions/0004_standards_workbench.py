"""standards workbench"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "simulation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("standard_slug", sa.String(length=120), nullable=False),
        sa.Column("standard_document_id", sa.Uuid(), nullable=False),
        sa.Column("instrument_document_id", sa.Uuid(), nullable=False),
        sa.Column("key_document_ids", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("replications", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "under-way",
                "done",
                "cancelled",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("steps_done", sa.Integer(), nullable=False),
        sa.Column("tallies", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instrument_document_id"],
            ["document.id"],
            name=op.f("fk_simulation_run_instrument_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_simulation_run_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["standard_document_id"],
            ["document.id"],
            name=op.f("fk_simulation_run_standard_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulation_run")),
    )
    op.create_index(op.f("ix_simulation_run_started_at"), "simulation_run", ["started_at"])


def downgrade() -> None:
    op.drop_table("simulation_run")
