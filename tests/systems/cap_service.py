"""SAP's CAP server with the gateway in front, and the connector to it, in either version of OData."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from systems.cap_server import PASSWORD, USER, CapServer, cap_server
from systems.sap_gateway import Gateway, sap_gateway

from reconcile.config.models import Auth, Source, System
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.port import OutcomeStatus, Write

PARTNERS = Source(object="A_BusinessPartner", key="BusinessPartner", external_id="ExternalReference")
ORDERS = Source(object="A_SalesOrder", key="SalesOrder", external_id="PurchaseOrderByCustomer")
ITEMS = Source(object="A_SalesOrderItem", key=["SalesOrder", "SalesOrderItem"])
PRODUCTS = Source(object="A_Product", key="Product")
BILLS = Source(object="A_BillingDocument", key="BillingDocument")
DELIVERIES = Source(object="A_OutbDeliveryHeader", key="DeliveryDocument")
NAME, LIMIT, CITY = "BusinessPartnerFullName", "CreditLimitAmount", "to_BusinessPartnerAddress/CityName"
OK, REJECTED, CONFLICT, UNKNOWN = OutcomeStatus.OK, OutcomeStatus.REJECTED, OutcomeStatus.CONFLICT, OutcomeStatus.UNKNOWN


@dataclass
class Service:
    """One service in one version: the server, the gateway in front of it, and a connector through the gateway."""

    server: CapServer
    gateway: Gateway
    version: str
    connector: ODataConnector

    def opened(self, **more: Any) -> ODataConnector:
        """Another connector; to be closed."""
        return _opened(self.server, self.gateway, self.version, **more)

    def partner(self, name: str, **values: Any) -> str:
        """A new partner with one address; its key."""
        (outcome,) = self.connector.write([Write("new", PARTNERS, {NAME: name, CITY: "Wien", **values})])
        assert outcome.status is OK, outcome.message
        return outcome.key

    def update(self, key: str, values: dict[str, Any], action: str = "a", source: Source = PARTNERS) -> Write:
        """An update under the version that the record has now."""
        return Write(action, source, values, key=key, version=self.connector.fetch(source, [key], list(values))[key].version)

    def now(self, key: str, *fields: str, source: Source = PARTNERS) -> list[Any]:
        """What the service says of a record."""
        values = self.connector.fetch(source, [key], fields)[key].values
        return [values[f] for f in fields]


def _opened(server: CapServer, gateway: Gateway, version: str, **more: Any) -> ODataConnector:
    settings = {"auth": Auth(username=USER, password=PASSWORD), "requests_per_second": 10_000, **more}
    url = f"{gateway.root}/odata/{version}/erp/"
    return ODataConnector("cap", System(role="erp", connector="odata", url=url, **settings), server.folder)


@contextmanager
def cap_service(folder: Path, version: str) -> Iterator[Service]:
    """A service without records."""
    with cap_server(folder) as server, sap_gateway(server.root.removesuffix("/odata")) as gateway:
        connector = _opened(server, gateway, version)
        try:
            yield Service(server, gateway, version, connector)
        finally:
            connector.close()
