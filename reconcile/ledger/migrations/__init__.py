"""From an older version of the ledger's tables to the program's, step by step, by Alembic. A new ledger needs no step.

Apart, since Alembic takes long to import: only an upgrade pays for it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, update

from reconcile.ledger.tables import SCHEMA_VERSION, schema_version

REVISIONS = "ledger_migration"
"""Alembic's own table; under its usual name it could be that of another application in the same database."""


def upgrade(connection: Connection, version: int) -> None:
    """Bring the tables from `version` to SCHEMA_VERSION, in the caller's transaction and under the caller's lock.

    The number in `schema_version` is what every version of the program reads; Alembic's table follows it.
    """
    config = _config()
    config.attributes["connection"] = connection
    command.stamp(config, revision(version), purge=True)
    command.upgrade(config, revision(SCHEMA_VERSION))
    connection.execute(update(schema_version).values(version=SCHEMA_VERSION))


def revision(version: int) -> str:
    """What Alembic calls a version of the tables."""
    return f"{version:04d}"


def head() -> str:
    """The revision that the newest step leads to."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
