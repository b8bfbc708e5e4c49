"""keys that trainers saw beside a rater's practice, or took away"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BEFORE = ("contest", "dossier", "key-change", "key-health", "panel", "preview")
AFTER = ("cohort", *BEFORE)


def upgrade() -> None:
    _allow(AFTER)


def downgrade() -> None:
    op.execute("UPDATE key_sight SET occasion = 'preview' WHERE occasion = 'cohort'")
    _allow(BEFORE)


def _allow(occasions: tuple[str, ...]) -> None:
    """Let the column hold these and no others."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_key_sight_occasion"), "key_sight", type_="check")
    listed = ", ".join(f"'{occasion}'" for occasion in occasions)
    # SQLite makes the table anew, without the old constraint, which it does not read back.
    with op.batch_alter_table("key_sight") as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_key_sight_occasion"), sa.text(f"occasion IN ({listed})")
        )
