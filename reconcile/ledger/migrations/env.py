"""What Alembic runs a migration in: the connection, the transaction and the lock of whoever opens the ledger."""

from alembic import context

from reconcile.ledger.migrations import REVISIONS
from reconcile.ledger.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, version_table=REVISIONS)
context.run_migrations()
