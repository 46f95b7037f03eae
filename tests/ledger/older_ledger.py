"""Takes a ledger back to what an earlier version of the program would have made, for tests of its way up."""

LIVES = (
    *("open_since", "due_at", "overdue_since", "assignee", "assigned_by", "accepted_until", "accepted_at_risk"),
    *("note", "reopened", "reopened_at", "moved"),
)
"""Columns of breaks."""
QUALITY = ("quality_scores", "rule_history", "source_columns")


def without_lives(db):
    """Version 5, on an open connection."""
    for name in ("break_events", *QUALITY):
        db.exec_driver_sql(f"DROP TABLE {name}")
    for name in LIVES:
        db.exec_driver_sql(f"ALTER TABLE breaks DROP COLUMN {name}")
    db.exec_driver_sql("UPDATE schema_version SET version = 5")
