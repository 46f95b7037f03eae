"""Version 3: who proposed, who stands in for whom, who signs in, how long an approval holds; records' keys and copies."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and the tables."""
    op.add_column("actions", sa.Column("proposed_by", sa.Text, nullable=False, server_default=""))
    _keys_of_actions()
    for column in (
        sa.Column("on_behalf_of", sa.Text),
        sa.Column("rule", sa.Text),
        sa.Column("sampled", sa.Boolean),
        sa.Column("expires_at", sa.String),
    ):
        op.add_column("approvals", column)
    _delegations()
    _accounts()
    _record_copies()


def _keys_of_actions() -> None:
    """The keys of the records, which until now stood in the payload alone."""
    names = ("target_key", "source_key")
    for name in names:
        op.add_column("actions", sa.Column(name, sa.String))
        op.create_index(f"actions_{name.removesuffix('_key')}", "actions", ["entity", name])
    stored = sa.table("actions", sa.column("id"), sa.column("payload"), *map(sa.column, names))
    values: dict[str, object] = {name: sa.bindparam(f"b_{name}") for name in names}
    fill = sa.update(stored).where(stored.c.id == sa.bindparam("b_id")).values(values)
    connection = op.get_bind()
    for rows in connection.execute(sa.select(stored.c.id, stored.c.payload)).partitions(10_000):
        said = [(row.id, json.loads(row.payload)) for row in rows]
        connection.execute(fill, [{"b_id": id_, **{f"b_{name}": payload[name] for name in names}} for id_, payload in said])


def _delegations() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("deputy", sa.Text, nullable=False),
        sa.Column("since", sa.String, nullable=False),
        sa.Column("until", sa.String, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("ended_at", sa.String),
    )
    op.create_index("delegations_deputy", "delegations", ["deputy", "until"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("changed_at", sa.String, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.String),
    )


def _record_copies() -> None:
    op.create_table(
        "record_copies",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("action_id", sa.String, nullable=False),
        sa.Column("system", sa.String, nullable=False),
        sa.Column("entity", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("at", sa.String, nullable=False),
    )
    op.create_index("record_copies_action", "record_copies", ["action_id", "id"])
