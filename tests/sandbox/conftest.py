"""A small company in both systems, stored directly, and clients that are signed in."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import polars as pl
import pytest

from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.servers import Sandbox, create_empty

OLD = dt.datetime(2024, 5, 1, 8, 30, tzinfo=dt.UTC)


def fill(folder: Path) -> None:
    """Five customers a side, an order with two lines, three products."""
    create_empty(folder)
    crm, erp = folder / "crm.db", folder / "erp.db"
    accounts = [salesforce_id("Account", number) for number in range(1, 6)]
    names = ["Anna's Bakery", "Büro & Söhne GmbH", "上海贸易有限公司", "delta 100%", "Echo_5"]
    at = {"CreatedDate": [OLD] * 5, "LastModifiedDate": [OLD] * 5, "SystemModstamp": [OLD] * 5}
    limits = ["1000.00", "250.5", None, "99", "10"]
    numbers = ["1000001", "1000002", "1000003", None, None]
    store.insert(
        crm,
        "Account",
        pl.DataFrame({"Id": accounts, "Name": names, "ERP_Number__c": numbers, "CreditLimit__c": limits, **at}),
    )
    order = salesforce_id("Order", 1)
    store.insert(
        crm,
        "Order",
        pl.DataFrame(
            {
                "Id": [order],
                "AccountId": accounts[1:2],
                "EffectiveDate": [dt.date(2024, 4, 30)],
                "OrderNumber": ["00000100"],
                "LastModifiedDate": [OLD],
            }
        ),
    )
    store.insert(
        crm,
        "OrderItem",
        pl.DataFrame(
            {
                "Id": [salesforce_id("OrderItem", n) for n in (1, 2)],
                "OrderId": [order, order],
                "LineNumber__c": ["10", "20"],
                "Quantity": ["3", "1.5"],
                "LastModifiedDate": [OLD, OLD],
            }
        ),
    )
    keys = [str(1_000_001 + place) for place in range(5)]
    changed = {"LastChangeDateTime": [OLD] * 5}
    store.insert(
        erp,
        "A_BusinessPartner",
        pl.DataFrame({"BusinessPartner": keys, "BusinessPartnerFullName": names, "CreditLimitAmount": limits, **changed}),
    )
    store.insert(
        erp,
        "A_BusinessPartnerAddress",
        pl.DataFrame(
            {"BusinessPartner": keys, "AddressID": ["1"] * 5, "CityName": ["Köln", "Ulm", "上海", None, "Bonn"], **changed}
        ),
    )
    store.insert(
        erp,
        "A_Product",
        pl.DataFrame(
            {
                "Product": ["A/1", "B'2", "C"],
                "ProductDescription": ["a", "b", "c"],
                "StandardPrice": ["1.10", "2.20", None],
                "LastChangeDateTime": [OLD, OLD + dt.timedelta(hours=1), OLD + dt.timedelta(milliseconds=500)],
            }
        ),
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both databases, to be copied and never opened."""
    folder = tmp_path_factory.mktemp("filled")
    fill(folder)
    return folder


@pytest.fixture
def sandbox(tmp_path: Path, filled: Path) -> Iterator[Sandbox]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    with Sandbox(tmp_path) as running:
        yield running


@contextmanager
def signed_in(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client of the CRM with a token."""
    form = {
        "grant_type": "client_credentials",
        "client_id": "reconcile",
        "client_secret": sandbox.environment["SANDBOX_CRM_SECRET"],
    }
    with httpx.Client(base_url=f"{sandbox.crm_url}/services/data/v62.0", timeout=60) as client:
        answer = client.post(f"{sandbox.crm_url}/services/oauth2/token", data=form)
        client.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


@contextmanager
def signed_on(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client of the ERP with a session and its CSRF token."""
    with httpx.Client(
        base_url=sandbox.erp_url, auth=("RECONCILE", sandbox.environment["SANDBOX_ERP_PASSWORD"]), timeout=60
    ) as client:
        answer = client.get("", headers={"x-csrf-token": "Fetch"})
        client.headers["x-csrf-token"] = answer.headers["x-csrf-token"]
        yield client


@pytest.fixture
def crm(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with signed_in(sandbox) as client:
        yield client


@pytest.fixture
def erp(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with signed_on(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory, filled: Path) -> Iterator[Sandbox]:
    """One sandbox for all tests of a file that write nothing."""
    folder = tmp_path_factory.mktemp("reading")
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    with Sandbox(folder) as running:
        yield running


@pytest.fixture(scope="module")
def reading_crm(reading: Sandbox) -> Iterator[httpx.Client]:
    with signed_in(reading) as client:
        yield client


@pytest.fixture(scope="module")
def reading_erp(reading: Sandbox) -> Iterator[httpx.Client]:
    with signed_on(reading) as client:
        yield client
