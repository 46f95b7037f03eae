"""An open project: its configuration, its ledger, and the systems that it speaks to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconcile.config.load import load
from reconcile.config.models import ProjectConfig
from reconcile.connect.port import Connector
from reconcile.connect.registry import connect
from reconcile.errors import StoreUnwritable
from reconcile.ledger import Ledger
from reconcile.records import Role


@dataclass(frozen=True)
class Project:
    """An open project."""

    config: ProjectConfig
    config_file: Path
    folder: Path
    """Where the configuration file is; relative paths start here."""
    store: Path
    """Snapshots, runs and the ledger."""
    ledger: Ledger

    def close(self) -> None:
        """Release the ledger."""
        self.ledger.close()


def open_project(config_file: Path, environ: Mapping[str, str]) -> Project:
    """Read the configuration and open the ledger. Raises ConfigError kinds, and StoreUnwritable."""
    config = load(config_file, environ)
    folder = config_file.resolve().parent
    store = folder / config.store
    try:
        store.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnwritable(store, error.strerror or str(error)) from error
    url = config.ledger.get_secret_value() if config.ledger else f"sqlite:///{store / 'ledger.db'}"
    ledger = Ledger.open(url, crm=config.system_name(Role.CRM), erp=config.system_name(Role.ERP))
    return Project(config, config_file, folder, store, ledger)


@contextmanager
def connected(project: Project) -> Iterator[dict[Role, Connector]]:
    """Both systems, closed at the end."""
    opened: dict[Role, Connector] = {}
    try:
        for role in Role:
            name = project.config.system_name(role)
            opened[role] = connect(name, project.config.systems[name], project.folder)
        yield opened
    finally:
        for connector in opened.values():
            connector.close()
