"""Which connector stands behind a name in the configuration. A new system is one more line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reconcile.config.models import System
from reconcile.connect.django_crm.connector import DjangoCrmConnector
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.port import Connector
from reconcile.connect.salesforce.connector import SalesforceConnector
from reconcile.connect.tryton.connector import TrytonConnector

CONNECTORS: Mapping[str, Callable[[str, System, Path], Connector]] = {
    "files": FilesConnector,
    "salesforce": SalesforceConnector,
    "odata": ODataConnector,
    "tryton": TrytonConnector,
    "django_crm": DjangoCrmConnector,
}
"""`connector:` of a system to what makes it from (name, system, folder of the configuration file)."""


def connect(name: str, system: System, folder: Path) -> Connector:
    """The connector of a system; nothing is sent or opened yet.

    Args:
        name: the system's key in the configuration, used in messages.
        system: how it is reached.
        folder: the folder of the configuration file, from which relative paths are read.
    """
    return CONNECTORS[system.connector](name, system, folder)
