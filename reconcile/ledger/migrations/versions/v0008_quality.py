"""Version 8: how good the data was in each run, and what each rule observed."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Of earlier runs nothing is known; the next run begins."""
    op.create_table(
        "quality_scores",
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("entity", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("dimension", sa.String, nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("rules_failed", sa.Integer, nullable=False),
        sa.Column("evaluated", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("lost", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "entity", "system", "dimension"),
    )
    op.create_index("quality_scores_at", "quality_scores", ["at"])
    op.create_table(
        "rule_history",
        sa.Column("run_id", sa.String, nullable=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("suite", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("entity", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("observed", sa.Float),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "suite", "rule", "entity", "system"),
    )
    op.create_index("rule_history_at", "rule_history", ["at"])
