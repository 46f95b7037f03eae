"""Version 4: the last values on which both systems agreed, one row for each linked pair."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table, empty: the next run fills it with what it sees."""
    keys = ("crm_system", "erp_system", "entity", "crm_key", "erp_key")
    op.create_table(
        "base",
        *(sa.Column(name, sa.String, nullable=False) for name in keys),
        sa.Column("agreed", sa.Text, nullable=False),
        sa.Column("agreed_at", sa.String, nullable=False),
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("older", sa.Text),
        sa.PrimaryKeyConstraint(*keys),
    )
