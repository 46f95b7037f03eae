"""Version 6: breaks with a life, and the log of what happened to each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXTS = ("assignee", "assigned_by", "note")
_STRINGS = ("open_since", "due_at", "overdue_since", "accepted_until", "reopened", "reopened_at")
_CARRIED = """
INSERT INTO break_events (seq, fingerprint, at, who, event, state, detail)
SELECT row_number() OVER (ORDER BY first_seen, fingerprint), fingerprint, coalesce(fixed_at, last_seen),
       coalesce(fixed_run_id, last_run_id), 'carried over', state, '{}'
FROM breaks
"""


def upgrade() -> None:
    """Breaks that are known have been open since they were first seen; what happened to them before is one entry of the log."""
    for name in _STRINGS:
        op.add_column("breaks", sa.Column(name, sa.String))
    for name in _TEXTS:
        op.add_column("breaks", sa.Column(name, sa.Text))
    op.add_column("breaks", sa.Column("accepted_at_risk", sa.Float))
    op.create_table(
        "break_events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("fingerprint", "at", "event", "state")),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Index("break_events_fingerprint", "fingerprint", "seq"),
    )
    op.execute("UPDATE breaks SET open_since = first_seen")
    op.execute(_CARRIED)
