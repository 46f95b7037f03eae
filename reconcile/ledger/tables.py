"""The ledger's tables. Instants are ISO text in UTC with six decimals: they sort, hash and read the same in every database.

A change here needs a step in migrations/versions/ that does the same to ledgers that exist, and the next SCHEMA_VERSION.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
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

SCHEMA_VERSION = 9

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("run_id", String, primary_key=True),
    Column("started_at", String, nullable=False),
    Column("finished_at", String),
    Column("state", String, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Index("runs_started_at", "started_at"),
)

crosswalk = Table(
    "crosswalk",
    metadata,
    Column("crm_system", String, nullable=False),
    Column("erp_system", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("crm_key", String, nullable=False),
    Column("erp_key", String, nullable=False),
    Column("rung", String, nullable=False),
    Column("probability", Float),
    Column("run_id", String, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("since", String, nullable=False),
    Column("model", String),  # by which model a score was given; null where no score decided
    PrimaryKeyConstraint("crm_system", "erp_system", "entity", "crm_key"),
    UniqueConstraint("crm_system", "erp_system", "entity", "erp_key", name="crosswalk_erp_key"),
)

base = Table(
    "base",
    metadata,
    Column("crm_system", String, nullable=False),
    Column("erp_system", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("crm_key", String, nullable=False),
    Column("erp_key", String, nullable=False),
    Column("agreed", Text, nullable=False),  # JSON: [{field, crm, erp}], by field: what each side wrote when both agreed last
    Column("agreed_at", String, nullable=False),  # since when, of every field that `older` does not name
    Column("run_id", String, nullable=False),  # which run saw it, of the same fields
    Column("older", Text),  # JSON: [{field, at, run_id}], of the fields whose agreement is older; null if there are none
    PrimaryKeyConstraint("crm_system", "erp_system", "entity", "crm_key", "erp_key"),
)

breaks = Table(
    "breaks",
    metadata,
    Column("fingerprint", String, primary_key=True),
    Column("entity", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("field", String),
    Column("crm_key", String),
    Column("erp_key", String),
    Column("label", Text),
    Column("crm_value", Text),
    Column("erp_value", Text),
    Column("reason", String),
    Column("severity", String),
    Column("owner", String),
    Column("value_at_risk", Float),
    Column("currency", String),
    Column("state", String, nullable=False),
    Column("first_seen", String, nullable=False),
    Column("last_seen", String, nullable=False),
    Column("first_run_id", String, nullable=False),
    Column("last_run_id", String, nullable=False),
    Column("fixed_at", String),
    Column("fixed_run_id", String),
    Column("open_since", String),  # first_seen, or when it came back
    Column("due_at", String),  # null where its severity has no term
    Column("overdue_since", String),  # when a run first found it past due
    Column("assignee", Text),
    Column("assigned_by", Text),  # the person who assigned it by hand; null where a rule did
    Column("accepted_until", String),  # the last day on which it is accepted, in UTC
    Column("accepted_at_risk", Float),  # its value at risk when it was accepted
    Column("note", Text),  # the reason that was given when it was acknowledged or accepted
    Column("reopened", String),  # a code: why it is open again
    Column("reopened_at", String),
    Column("moved", String),  # which side of a difference has left the last agreement
    Index("breaks_state_entity", "state", "entity", "kind"),
)

break_events = Table(
    "break_events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", String, nullable=False),
    Column("at", String, nullable=False),
    Column("who", Text, nullable=False),  # a run, a person, or the program where a date has passed
    Column("event", String, nullable=False),
    Column("state", String, nullable=False),  # the break's state after it
    Column("detail", Text, nullable=False),  # JSON
    Index("break_events_fingerprint", "fingerprint", "seq"),
)

quality_scores = Table(
    "quality_scores",
    metadata,
    Column("run_id", String, nullable=False),
    Column("at", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("system", String, nullable=False),  # crm, erp or pair
    Column("dimension", String, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("rules_failed", Integer, nullable=False),
    Column("evaluated", BigInteger, nullable=False),  # values judged: records times rules
    Column("failed", BigInteger, nullable=False),
    Column("weight", Float, nullable=False),  # of the values judged, by severity
    Column("lost", Float, nullable=False),  # of those that do not pass
    PrimaryKeyConstraint("run_id", "entity", "system", "dimension"),
    Index("quality_scores_at", "at"),
)

rule_history = Table(
    "rule_history",
    metadata,
    Column("run_id", String, nullable=False),
    Column("at", String, nullable=False),
    Column("suite", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("system", String, nullable=False),
    Column("observed", Float),  # what was found, or the share of values that pass; null where there is no number
    Column("success", Boolean, nullable=False),
    Column("failed", BigInteger, nullable=False),  # records
    PrimaryKeyConstraint("run_id", "suite", "rule", "entity", "system"),
    Index("rule_history_at", "at"),
)

source_columns = Table(
    "source_columns",
    metadata,
    Column("entity", String, nullable=False),
    Column("system", String, nullable=False),  # crm or erp
    Column("object", String, nullable=False),  # the system's own name of what is read
    Column("name", String, nullable=False),  # of a field, as the system has it
    Column("type", String),  # null where nobody says it
    Column("since", String, nullable=False),  # when a run first found the object's columns so, all of them
    Column("run_id", String, nullable=False),  # which
    PrimaryKeyConstraint("entity", "system", "object", "since", "name"),
)

actions = Table(
    "actions",
    metadata,
    Column("id", String, primary_key=True),
    Column("payload", Text, nullable=False),  # canonical JSON of exactly what would be written; what an approval binds
    Column("payload_hash", String, nullable=False),
    Column("evidence", Text, nullable=False),  # JSON: label, clause, breaks, depends_on
    Column("kind", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("target", String, nullable=False),
    Column("tier", String, nullable=False),
    Column("label", Text, nullable=False),
    Column("value_at_risk", Float),
    Column("currency", String),
    Column("state", String, nullable=False),
    Column("run_id", String, nullable=False),  # the last run that proposed it
    Column("first_run_id", String, nullable=False),
    Column("position", Integer, nullable=False),  # its place in the plan of that run
    Column("approval_id", Integer),  # the approval that it was approved by; null unless approved or later
    Column("message", Text, nullable=False),
    Column("changed_at", String, nullable=False),
    Column("proposed_by", Text, nullable=False, server_default=""),  # the person who asked for it; empty for a run
    Column("target_key", String),  # as in the payload; for the history of one record
    Column("source_key", String),
    Index("actions_state_entity", "state", "entity"),
    Index("actions_position", "position", "id"),
    Index("actions_target", "entity", "target_key"),
    Index("actions_source", "entity", "source_key"),
)

IS_PART = actions.c.evidence.contains('"part_of":"')
"""Whether an action is a part, which is decided on with its whole. Canonical JSON: only a key is written so."""

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", String, nullable=False),
    Column("decision", String, nullable=False),  # approved, rejected
    Column("payload_hash", String, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", String, nullable=False),
    Column("on_behalf_of", Text),  # whose right it was, where that was delegated
    Column("rule", Text),  # the rule that approved by itself
    Column("sampled", Boolean),  # whether a person is to look at what a rule approved
    Column("expires_at", String),  # from when on it no longer counts
    Index("approvals_action", "action_id"),
)

delegations = Table(
    "delegations",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("person", Text, nullable=False),  # who is away
    Column("deputy", Text, nullable=False),
    Column("since", String, nullable=False),
    Column("until", String, nullable=False),
    Column("comment", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ended_at", String),  # when it was taken back before its time
    Index("delegations_deputy", "deputy", "until"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", String, nullable=False),
    Column("changed_at", String, nullable=False),  # sessions from before a change no longer count
    Column("disabled", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),  # wrong passwords in a row
    Column("locked_until", String),
)

record_copies = Table(
    "record_copies",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", String, nullable=False),
    Column("system", String, nullable=False),
    Column("entity", String, nullable=False),
    Column("key", String, nullable=False),
    Column("content", Text, nullable=False),  # JSON: field to what the system held
    Column("at", String, nullable=False),
    Index("record_copies_action", "action_id", "id"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("action_id", String, nullable=False),
    Column("approval_id", Integer),
    Column("intended_at", String),  # before the write; null when a read showed that nothing had to be written
    Column("status", String, nullable=False),  # intended, then what the system said; `read` if nothing was written
    Column("key", String),
    Column("message", Text, nullable=False),
    Column("read_back", Text),  # JSON: target field to what the system holds
    Column("verified", Boolean),
    Column("pushed_by", Text, nullable=False),
    Column("at", String, nullable=False),
    Index("outcomes_action", "action_id", "id"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String, nullable=False),
    Column("who", Text, nullable=False),
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Index("audit_subject", "subject", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String, nullable=False),
)

lock = Table(
    "project_lock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("token", String, nullable=False),
    Column("what", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("born", String, nullable=False),  # when the operating system started that process; tells a reused pid apart
    Column("since", String, nullable=False),
)
