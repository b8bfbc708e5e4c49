"""missed questions come back; a calendar may read somebody's dates"""

import uuid
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from training.database import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What the scheduler knows of a question after its first answer, which was wrong.
STABILITY, DIFFICULTY = 0.212, 6.4133


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_calendar_feed_token_digest")),
    )
    cards = op.create_table(
        "review_card",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("module_slug", sa.String(length=120), nullable=False),
        sa.Column("question_id", sa.String(length=120), nullable=False),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_review_card_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_card")),
        sa.UniqueConstraint(
            "person_id",
            "module_slug",
            "question_id",
            name=op.f("uq_review_card_person_id_module_slug_question_id"),
        ),
    )
    op.create_table(
        "review_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("module_document_id", sa.Uuid(), nullable=False),
        sa.Column("order_shown", sa.JSON(), nullable=False),
        sa.Column("response", sa.JSON(), nullable=False),
        sa.Column("is_correct", sa.Boolean(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["review_card.id"], name=op.f("fk_review_answer_card_id_review_card")
        ),
        sa.ForeignKeyConstraint(
            ["module_document_id"],
            ["document.id"],
            name=op.f("fk_review_answer_module_document_id_document"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answer")),
        sa.UniqueConstraint("card_id", "number", name=op.f("uq_review_answer_card_id_number")),
    )
    _let_come_back_what_was_missed_before(cards)


def _let_come_back_what_was_missed_before(cards: sa.Table) -> None:
    check = sa.table(
        "knowledge_check",
        sa.column("id", sa.Uuid()),
        sa.column("person_id", sa.Uuid()),
        sa.column("module_slug"),
    )
    answer = sa.table(
        "question_answer",
        sa.column("check_id", sa.Uuid()),
        sa.column("question_id"),
        sa.column("is_correct", sa.Boolean()),
        sa.column("answered_at", UtcDateTime()),
    )
    question = (check.c.person_id, check.c.module_slug, answer.c.question_id)
    missed = (
        sa.select(*question, sa.func.max(answer.c.answered_at).label("missed_at"))
        .join_from(answer, check, answer.c.check_id == check.c.id)
        .where(answer.c.is_correct.is_(False))
        .group_by(*question)
    )
    rows = [
        {
            "id": uuid.uuid4(),
            "person_id": row.person_id,
            "module_slug": row.module_slug,
            "question_id": row.question_id,
            "stability": STABILITY,
            "difficulty": DIFFICULTY,
            "met_on": row.missed_at.date(),
            "due_on": row.missed_at.date() + timedelta(days=1),
            "reviewed_on": None,
            "answers": 0,
        }
        for row in op.get_bind().execute(missed)
    ]
    if rows:
        op.bulk_insert(cards, rows)


def downgrade() -> None:
    op.drop_table("review_answer")
    op.drop_table("review_card")
    op.drop_table("calendar_feed")
