"""Version 1: the tables as the first program made them. No step leads here, a ledger of that version is taken as it is."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Nothing to do."""
