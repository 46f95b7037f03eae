"""Version 9: which columns the systems' objects had, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Of earlier runs nothing is known; the next run begins."""
    op.create_table(
        "source_columns",
        sa.Column("entity", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("object", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("type", sa.String),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("entity", "system", "object", "since", "name"),
    )
