"""the track that a person, or a cohort, is on"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("person", "cohort")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("track", sa.String(length=120), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "track")
