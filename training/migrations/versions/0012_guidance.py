"""trainers comment, remind and set due dates"""

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "due_date",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "module",
                "practice",
                "certification",
                name="duekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("module_slug", sa.String(length=120), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'module') = (module_slug <> '')", name=op.f("ck_due_date_module_is_named")
        ),
        sa.CheckConstraint(
            "stage = '' OR kind = 'module'", name=op.f("ck_due_date_stage_of_module")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_due_date_cohort_id_cohort")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_date")),
        sa.UniqueConstraint(
            "cohort_id",
            "kind",
            "module_slug",
            "stage",
            name=op.f("uq_due_date_cohort_id_kind_module_slug_stage"),
        ),
    )
    op.create_table(
        "trainer_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_trainer_comment_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_trainer_comment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_trainer_comment_author_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["rating_session.id"],
            name=op.f("fk_trainer_comment_session_id_rating_session"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_comment")),
    )
    op.create_index(op.f("ix_trainer_comment_person_id"), "trainer_comment", ["person_id"])
    op.create_table(
        "trainer_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_trainer_reminder_cohort_id_cohort")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_trainer_reminder_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["person.id"], name=op.f("fk_trainer_reminder_sent_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainer_reminder")),
    )
    op.create_index(
        "ix_trainer_reminder_person_cohort", "trainer_reminder", ["person_id", "cohort_id"]
    )


def downgrade() -> None:
    op.drop_table("trainer_reminder")
    op.drop_table("trainer_comment")
    op.drop_table("due_date")
