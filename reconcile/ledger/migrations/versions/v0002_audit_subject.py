"""Version 2: the audit trail of one action, run or switch is found without reading the whole trail."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the index."""
    op.create_index("audit_subject", "audit", ["subject", "seq"])
