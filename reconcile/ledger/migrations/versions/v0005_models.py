"""Version 5: by which model a link was scored."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the column, empty: which model scored a link before is not known."""
    op.add_column("crosswalk", sa.Column("model", sa.String))
