"""Each connector over the same eight customers. A new connector's own test is one more function here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from systems import django_crm_server as bottle
from systems.cap_server import PASSWORD as CAP_PASSWORD
from systems.cap_server import USER as CAP_USER
from systems.cap_server import CapServer, cap_server
from systems.tryton_server import PASSWORD, TrytonServer, tryton_server

from reconcile.config.models import Auth, Source, System
from reconcile.connect.django_crm.connector import DjangoCrmConnector
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.memory import MemoryConnector
from reconcile.connect.odata.connector import ODataConnector
from reconcile.connect.port import Connector
from reconcile.connect.salesforce.connector import SalesforceConnector
from reconcile.connect.tryton.connector import TrytonConnector
from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.servers import Sandbox, create_empty

NAMES = ["Müller & Söhne GmbH", "北京科技有限公司", "O'Neil \\ Sons", '<b>"bold"</b>', "=1+1", "a/b", "x" * 255, "Last, Ltd."]
PHONES = ["+49 30 1", None, "1", "2", "3", "4", "5", "6"]
LIMITS = [0.5, None, 1000.0, 2.25, 1e6, 12.34, 7.0, 8.0]
CHANGED = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Case:
    """One connector over the eight customers; `names` maps key, name, phone, limit and external to its fields."""

    open: Callable[[int], Connector]
    """Opens it with a page size."""
    source: Source
    names: Mapping[str, str]
    keys: list[str]
    writable: bool = True
    upserts: bool = False
    text: bool = False
    """Whether every value is text."""
    required: Mapping[str, Any] = field(default_factory=dict)
    """What a new record must have besides, by the system's own field names."""

    def field(self, name: str) -> str:
        return self.names[name]


def _rows(names: Mapping[str, str], keys: list[Any]) -> pl.DataFrame:
    external = [f"X{i}" for i in range(len(keys))]
    columns = {"key": keys, "name": NAMES, "phone": PHONES, "limit": LIMITS, "external": external}
    return pl.DataFrame({names[n]: values for n, values in columns.items()})


PLAIN = {"key": "id", "name": "name", "phone": "phone", "limit": "limit", "external": "external"}
PLAIN_KEYS = [f"K{i}" for i in range(8)]


def memory(folder: Path) -> Case:
    def opened(page_size: int) -> MemoryConnector:
        return MemoryConnector("m", {"c": _rows(PLAIN, PLAIN_KEYS)}, page_size=page_size)

    return Case(opened, Source(object="c", key="id"), PLAIN, PLAIN_KEYS, upserts=True)


def _file(folder: Path, name: str, *, text: bool = False) -> Case:
    system = System(role="crm", connector="files", path=".")
    source = Source(object=name, key="id")
    return Case(lambda _: FilesConnector("f", system, folder), source, PLAIN, PLAIN_KEYS, writable=False, text=text)


def csv(folder: Path) -> Case:
    _rows(PLAIN, PLAIN_KEYS).write_csv(folder / "c.csv", separator=";")
    return _file(folder, "c.csv", text=True)


def xlsx(folder: Path) -> Case:
    _rows(PLAIN, PLAIN_KEYS).write_excel(folder / "c.xlsx")
    return _file(folder, "c.xlsx")


def parquet(folder: Path) -> Case:
    _rows(PLAIN, PLAIN_KEYS).write_parquet(folder / "c.parquet")
    return _file(folder, "c.parquet")


def json_lines(folder: Path) -> Case:
    _rows(PLAIN, PLAIN_KEYS).write_ndjson(folder / "c.jsonl")
    return _file(folder, "c.jsonl")


def sandbox(folder: Path) -> AbstractContextManager[Sandbox]:
    """Both servers, the CRM with pages of three."""
    create_empty(folder)
    return Sandbox(folder, crm_page=3)


def salesforce(server: Sandbox) -> Case:
    names = {"key": "Id", "name": "Name", "phone": "Phone", "limit": "CreditLimit__c", "external": "ERP_Number__c"}
    keys = [salesforce_id("Account", i) for i in range(1, 9)]
    rows = _rows(names, keys).with_columns(
        pl.lit(CHANGED).alias(n) for n in ("CreatedDate", "LastModifiedDate", "SystemModstamp")
    )
    store.insert(server.crm_path, "Account", rows)
    secret = server.environment["SANDBOX_CRM_SECRET"]
    auth = Auth(client_id="reconcile", client_secret=secret)

    def opened(page_size: int) -> SalesforceConnector:
        system = System(
            role="crm", connector="salesforce", url=server.crm_url, auth=auth, page_size=page_size, requests_per_second=10_000
        )
        return SalesforceConnector("sf", system, server.folder)

    source = Source(object="Account", key="Id", modified="LastModifiedDate", external_id="ERP_Number__c")
    return Case(opened, source, names, keys, upserts=True)


def odata_singly(server: Sandbox) -> Case:
    """The same service, and no request of ours holds several writes."""
    return odata(server, batch=False)


def odata(server: Sandbox, *, batch: bool = True) -> Case:
    names = {
        "key": "BusinessPartner",
        "name": "to_BusinessPartnerAddress/CityName",
        "phone": "to_BusinessPartnerAddress/PhoneNumber",
        "limit": "CreditLimitAmount",
        "external": "ExternalReference",
    }
    keys = [str(1_000_001 + i) for i in range(8)]
    rows = _rows({**names, "name": "BusinessPartnerFullName", "phone": "phone"}, keys).with_columns(
        pl.col("BusinessPartnerFullName").str.slice(0, 81), pl.lit(CHANGED).alias("LastChangeDateTime")
    )
    store.insert(server.erp_path, "A_BusinessPartner", rows.drop("phone"))
    address = {"AddressID": "1", "CityName": pl.Series(NAMES), "PhoneNumber": pl.Series(PHONES)}
    store.insert(
        server.erp_path,
        "A_BusinessPartnerAddress",
        rows.select("BusinessPartner", "LastChangeDateTime").with_columns(
            pl.lit("1").alias("AddressID"), address["CityName"].alias("CityName"), address["PhoneNumber"].alias("PhoneNumber")
        ),
    )
    auth = Auth(username="RECONCILE", password=server.environment["SANDBOX_ERP_PASSWORD"])

    def opened(page_size: int) -> ODataConnector:
        system = System(
            role="erp",
            connector="odata",
            url=server.erp_url,
            auth=auth,
            page_size=page_size,
            requests_per_second=10_000,
            batch=batch,
        )
        return ODataConnector("s4", system, server.folder)

    return Case(opened, Source(object="A_BusinessPartner", key="BusinessPartner"), names, keys)


def tryton(server: TrytonServer) -> Case:
    """Sales opportunities: the model that has text, a number that may be missing and the number of somebody else."""
    names = {"key": "id", "name": "description", "phone": "comment", "limit": "amount", "external": "reference"}
    rows = _rows({**names, "key": "conversion_probability"}, [0.5] * 8).to_dicts()
    for row in rows:
        row["amount"] = None if row["amount"] is None else {"__class__": "Decimal", "decimal": str(row["amount"])}
    keys = [str(id_) for id_ in server.call("model.sale.opportunity.create", rows)]
    auth = Auth(username="admin", password=PASSWORD)

    def opened(page_size: int) -> TrytonConnector:
        system = System(
            role="erp", connector="tryton", url=server.url, auth=auth, page_size=page_size, requests_per_second=10_000
        )
        return TrytonConnector("t", system, server.folder)

    return Case(opened, Source(object="sale.opportunity", key="id", external_id="reference"), names, keys)


def django_crm(server: bottle.DjangoCrm) -> Case:
    """Opportunities: they have a number, and keep the number of somebody else as a tag."""
    names = {"key": "id", "name": "name", "phone": "description", "limit": "amount", "external": "tags"}
    for at, row in enumerate(_rows(names, [str(at) for at in range(1, 9)]).to_dicts()):
        columns = {**row, "stage": "QUALIFICATION", "probability": 0, "is_active": 0, "created_on": f"2026-01-{20 - at} 12:00:00"}
        tag = columns.pop("tags")
        server.insert("opportunity_opportunity", **columns)
        server.insert("accounts_tags", id=at + 1, name=tag, slug=tag.lower())
        server.insert("opportunity_opportunity_tags", opportunity_id=row["id"], tags_id=at + 1)
    auth = Auth(username=bottle.EMAIL, password=bottle.PASSWORD)

    def opened(page_size: int) -> DjangoCrmConnector:
        system = System(
            role="crm", connector="django_crm", url=server.url, auth=auth, page_size=page_size, requests_per_second=10_000
        )
        return DjangoCrmConnector("bottle", system, server.folder)

    source = Source(object="opportunities", key="id", external_id="tags")
    needed = {"stage": "QUALIFICATION", "probability": 10}
    return Case(opened, source, names, [str(at) for at in range(1, 9)], required=needed)


def three_a_page(folder: Path) -> AbstractContextManager[CapServer]:
    """SAP's CAP server, that gives three records at a time, whatever it is asked for."""
    return cap_server(folder, page=3)


def _cap(server: CapServer, version: str) -> Case:
    names = {
        "key": "BusinessPartner",
        "name": "to_BusinessPartnerAddress/CityName",
        "phone": "to_BusinessPartnerAddress/PhoneNumber",
        "limit": "CreditLimitAmount",
        "external": "ExternalReference",
    }
    keys = [str(1_000_001 + i) for i in range(8)]
    dated = {"LastChangeDateTime": "2026-01-31T12:00:00.000Z"}
    for key, name, phone, limit, external in _rows(PLAIN, keys).iter_rows():
        partner = {"BusinessPartner": key, "CreditLimitAmount": limit, "ExternalReference": external}
        server.insert("A_BusinessPartner", partner | dated)
        address = {"BusinessPartner": key, "AddressID": "1", "CityName": name, "PhoneNumber": phone}
        server.insert("A_BusinessPartnerAddress", address | dated)
    auth = Auth(username=CAP_USER, password=CAP_PASSWORD)

    def opened(page_size: int) -> ODataConnector:
        url = f"{server.root}/{version}/erp/"
        system = System(role="erp", connector="odata", url=url, auth=auth, page_size=page_size, requests_per_second=10_000)
        return ODataConnector("cap", system, server.folder)

    return Case(opened, Source(object="A_BusinessPartner", key="BusinessPartner"), names, keys)


def cap_v2(server: CapServer) -> Case:
    return _cap(server, "v2")


def cap_v4(server: CapServer) -> Case:
    return _cap(server, "v4")


SERVERS = {
    salesforce: sandbox,
    odata: sandbox,
    odata_singly: sandbox,
    tryton: tryton_server,
    cap_v2: three_a_page,
    cap_v4: three_a_page,
    django_crm: bottle.django_crm_server,
}
"""What each case needs to run."""
