"""Version 7: which side of a difference has left the last value on which both agreed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Of breaks that are known nobody has said so yet; the next run does."""
    op.add_column("breaks", sa.Column("moved", sa.String))
