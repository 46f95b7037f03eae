"""The sandbox as one thing to start and stop: a folder with two databases, a CRM and an ERP that answer for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from reconcile.sandbox import store
from reconcile.sandbox.data import generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.exchange import Listener
from reconcile.sandbox.faults import Faults
from reconcile.sandbox.objects import CRM, ERP, ODATA_ROOT
from reconcile.sandbox.odata.server import ODataServer
from reconcile.sandbox.odata.sessions import ErpAccess
from reconcile.sandbox.salesforce.login import CrmAccess
from reconcile.sandbox.salesforce.server import SalesforceServer

CRM_FILE, ERP_FILE = "crm.db", "erp.db"


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def create_empty(folder: Path) -> None:
    """Make both databases without any record, for tests that fill them with `store.insert`."""
    folder.mkdir(parents=True, exist_ok=True)
    store.create(folder / CRM_FILE, CRM)
    store.create(folder / ERP_FILE, ERP)


class Sandbox:
    """Both systems, listening on 127.0.0.1 from construction until `close`.

    A folder without databases gets generated and damaged data first (see data and defects): `seed`, `customers`, `contacts`,
    `products` and `orders` say which. Ports of 0 are chosen by the system. `clock` is what the systems take for now.
    `crm_page` is the CRM's largest page, `erp_page` the ERP's usual one. Raises OSError if a port is taken.
    """

    def __init__(
        self,
        folder: Path,
        seed: int = 7,
        customers: int = 2000,
        *,
        contacts: int = 3000,
        products: int = 400,
        orders: int = 5000,
        crm_port: int = 0,
        erp_port: int = 0,
        crm_access: CrmAccess | None = None,
        erp_access: ErpAccess | None = None,
        crm_page: int = 2000,
        erp_page: int = 1000,
        crm_daily_requests: int = 1_000_000,
        absolute_links: bool = False,
        clock: Callable[[], dt.datetime] = _now,
    ) -> None:
        self.folder = folder
        self.crm_path, self.erp_path = folder / CRM_FILE, folder / ERP_FILE
        if not (self.crm_path.exists() and self.erp_path.exists()):
            company, planted = plant(generate(seed, customers, contacts, products, orders), seed, clock())
            write(company, folder, planted)
        self._crm_access = crm_access or CrmAccess()
        self._erp_access = erp_access or ErpAccess()
        self._crm = SalesforceServer(self._crm_access, clock, page_size=crm_page, daily_requests=crm_daily_requests)
        self._erp = ODataServer(self._erp_access, clock, page_size=erp_page, absolute_links=absolute_links)
        self._crm_listener = Listener(self._crm, self.crm_path, port=crm_port)
        try:
            self._erp_listener = Listener(self._erp, self.erp_path, port=erp_port)
        except OSError:
            self._crm_listener.close()
            raise
        try:
            self._crm_listener.start()
            self._erp_listener.start()
        except BaseException:
            self.close()
            raise

    @property
    def crm_url(self) -> str:
        """Where the CRM answers, without a path."""
        return self._crm_listener.url

    @property
    def erp_url(self) -> str:
        """The ERP's OData service, with the slash at its end."""
        return self._erp_listener.url + ODATA_ROOT

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the demo's configuration reads."""
        return {
            "SANDBOX_CRM_URL": self.crm_url,
            "SANDBOX_CRM_SECRET": self._crm_access.client_secret,
            "SANDBOX_ERP_URL": self.erp_url,
            "SANDBOX_ERP_PASSWORD": self._erp_access.password,
        }

    @property
    def crm_faults(self) -> Faults:
        """Troubles that wait for the CRM's next requests."""
        return self._crm_listener.faults

    @property
    def erp_faults(self) -> Faults:
        """Troubles that wait for the ERP's next requests."""
        return self._erp_listener.faults

    @property
    def crm_calls(self) -> list[tuple[str, int]]:
        """What the CRM was asked, as (`METHOD /path?query`, status), oldest first."""
        return list(self._crm_listener.calls)

    @property
    def erp_calls(self) -> list[tuple[str, int]]:
        """What the ERP was asked, as (`METHOD /path?query`, status), oldest first."""
        return list(self._erp_listener.calls)

    def expire_tokens(self) -> None:
        """The CRM's access tokens end now."""
        self._crm.tokens.expire()

    def expire_sessions(self) -> None:
        """The ERP's sessions, and their CSRF tokens, end now."""
        self._erp.sessions.expire()

    def close(self) -> None:
        """Stop both; a second call does nothing."""
        self._crm_listener.stop()
        self._erp_listener.stop()
        self._crm_listener.close()
        self._erp_listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
