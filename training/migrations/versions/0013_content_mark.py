"""what is in use has a mark that changes with it"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CHANGES = ("INSERT", "UPDATE", "DELETE")
# By triggers: nobody who changes what is in use can forget it, by whatever statement.
ANOTHER_MARK = "UPDATE content_mark SET mark = lower(hex(randomblob(16)))"
ON_SQLITE = [
    f"CREATE TRIGGER content_mark_after_{change.lower()} AFTER {change} ON current_document "
    f"BEGIN {ANOTHER_MARK}; END"
    for change in CHANGES
]
ON_POSTGRESQL = [
    "CREATE FUNCTION change_content_mark() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN UPDATE content_mark SET mark = gen_random_uuid(); RETURN NULL; END $$",
    f"CREATE TRIGGER content_mark AFTER {' OR '.join(CHANGES)} OR TRUNCATE ON current_document "
    "FOR EACH STATEMENT EXECUTE FUNCTION change_content_mark()",
]


def upgrade() -> None:
    mark = op.create_table(
        "content_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_content_mark_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_mark")),
    )
    op.bulk_insert(mark, [{"id": 1, "mark": uuid.uuid4()}])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if is_sqlite else ON_POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in CHANGES:
            op.execute(f"DROP TRIGGER content_mark_after_{change.lower()}")
    else:
        op.execute("DROP TRIGGER content_mark ON current_document")
        op.execute("DROP FUNCTION change_content_mark()")
    op.drop_table("content_mark")
