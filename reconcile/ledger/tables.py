"""The ledger's tables. Instants are ISO text in UTC with six decimals: they sort, hash and read the same in every database."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("started_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    Column("state", String(20), nullable=False),
    Column("started_by", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Index("runs_started_at", "started_at"),
)

crosswalk = Table(
    "crosswalk",
    metadata,
    Column("crm_system", String(100), nullable=False),
    Column("erp_system", String(100), nullable=False),
    Column("entity", String(100), nullable=False),
    Column("crm_key", String(400), nullable=False),
    Column("erp_key", String(400), nullable=False),
    Column("rung", String(200), nullable=False),
    Column("probability", Float),
    Column("run_id", String(64), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("since", String(32), nullable=False),
    PrimaryKeyConstraint("crm_system", "erp_system", "entity", "crm_key"),
    UniqueConstraint("crm_system", "erp_system", "entity", "erp_key", name="crosswalk_erp_key"),
)

breaks = Table(
    "breaks",
    metadata,
    Column("fingerprint", String(100), primary_key=True),
    Column("entity", String(100), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("field", String(200)),
    Column("crm_key", String(400)),
    Column("erp_key", String(400)),
    Column("label", Text),
    Column("crm_value", Text),
    Column("erp_value", Text),
    Column("reason", String(200)),
    Column("severity", String(20)),
    Column("owner", String(20)),
    Column("value_at_risk", Float),
    Column("currency", String(10)),
    Column("state", String(20), nullable=False),
    Column("first_seen", String(32), nullable=False),
    Column("last_seen", String(32), nullable=False),
    Column("first_run_id", String(64), nullable=False),
    Column("last_run_id", String(64), nullable=False),
    Column("fixed_at", String(32)),
    Column("fixed_run_id", String(64)),
    Index("breaks_state_entity", "state", "entity", "kind"),
)

actions = Table(
    "actions",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("payload", Text, nullable=False),  # canonical JSON of exactly what would be written; what an approval binds
    Column("payload_hash", String(64), nullable=False),
    Column("evidence", Text, nullable=False),  # JSON: label, clause, breaks, depends_on
    Column("kind", String(20), nullable=False),
    Column("entity", String(100), nullable=False),
    Column("target", String(10), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("label", Text, nullable=False),
    Column("value_at_risk", Float),
    Column("currency", String(10)),
    Column("state", String(20), nullable=False),
    Column("run_id", String(64), nullable=False),  # the last run that proposed it
    Column("first_run_id", String(64), nullable=False),
    Column("position", Integer, nullable=False),  # its place in the plan of that run
    Column("approval_id", Integer),  # the approval that it was approved by; null unless approved or later
    Column("message", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
    Index("actions_state_entity", "state", "entity"),
    Index("actions_position", "position", "id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", String(100), nullable=False),
    Column("decision", String(20), nullable=False),  # approved, rejected
    Column("payload_hash", String(64), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Index("approvals_action", "action_id"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", String(100), nullable=False),
    Column("approval_id", Integer),
    Column("intended_at", String(32)),  # before the write; null when a read showed that nothing had to be written
    Column("status", String(20), nullable=False),  # intended, then what the system said; `read` if nothing was written
    Column("key", String(400)),
    Column("message", Text, nullable=False),
    Column("read_back", Text),  # JSON: target field to what the system holds
    Column("verified", Boolean),
    Column("pushed_by", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Index("outcomes_action", "action_id", "id"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("who", Text, nullable=False),
    Column("event", String(60), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

lock = Table(
    "project_lock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("token", String(64), nullable=False),
    Column("what", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", String(40), nullable=False),  # when the operating system started that process; tells a reused pid apart
    Column("since", String(32), nullable=False),
)
