"""Takes a ledger back to what an earlier version of the program would have made, for tests of its way up."""

LIVES = (
    *("open_since", "due_at", "overdue_since", "assignee", "assigned_by", "accepted_until", "accepted_at_risk"),
    *("note", "reopened", "reopened_at", "moved"),
)


def without_lives(db):
    """Version 5, on an open connection."""
    db.exec_driver_sql("DROP TABLE break_events")
    for name in LIVES:
        db.exec_driver_sql(f"ALTER TABLE breaks DROP COLUMN {name}")
    db.exec_driver_sql("UPDATE schema_version SET version = 5")
