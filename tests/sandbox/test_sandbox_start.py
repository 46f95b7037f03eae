"""A folder becomes two running systems: once with generated and damaged data, later with what it holds."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import httpx
import polars as pl
import pytest

from reconcile.sandbox import store
from reconcile.sandbox.objects import CRM, ERP
from reconcile.sandbox.servers import Sandbox, create_empty

SMALL = {"customers": 120, "contacts": 150, "products": 40, "orders": 200}


def test_a_new_folder_is_filled_once_and_kept(tmp_path):
    folder = tmp_path / "new"
    with Sandbox(folder, 7, **SMALL) as first:
        accounts = store.read(first.crm_path, "Account")
        changed = dict.fromkeys(("Phone",), "+49 1")
        connection = store.connect(first.crm_path)
        store.change_row(connection, CRM["Account"], {"Id": accounts["Id"][0]}, changed)
        connection.close()
    assert accounts.height > 100
    planted = pl.read_parquet(folder / "planted.parquet")
    assert planted.height == pl.read_ndjson(folder / "planted.jsonl").height > 0
    with Sandbox(folder, 8) as again:
        kept = store.read(again.crm_path, "Account")
    assert kept.height == accounts.height
    assert kept["Phone"][0] == "+49 1"
    assert sorted(path.name for path in folder.iterdir()) == [
        "crm.db",
        "erp.db",
        "harmless.parquet",
        "planted.jsonl",
        "planted.parquet",
    ]


def test_a_folder_left_half_way_is_filled_anew(tmp_path):
    (tmp_path / "erp.db").write_bytes(b"")
    (tmp_path / "crm.db.part").write_bytes(b"half")
    with Sandbox(tmp_path, 7, **SMALL) as filled:
        assert store.read(filled.erp_path, "A_BusinessPartner").height > 100


def test_an_empty_pair_answers_with_nothing(tmp_path):
    create_empty(tmp_path / "a" / "b")
    with (
        Sandbox(tmp_path / "a" / "b") as empty,
        httpx.Client(base_url=empty.erp_url, auth=("RECONCILE", "sandbox-password"), timeout=60) as erp,
    ):
        for name in ERP:
            assert erp.get(name).json()["value"] == []
        assert (tmp_path / "a" / "b" / "crm.db").exists()
    assert not (tmp_path / "a" / "b" / "planted.parquet").exists()


def test_columns_are_stored_in_the_files_own_form(tmp_path):
    create_empty(tmp_path)
    moment = dt.datetime(2026, 1, 31, 10, 0, 0, 120_000, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    rows = pl.DataFrame(
        {
            "SalesOrder": ["1", "2"],
            "SalesOrderDate": [dt.date(2026, 1, 31), None],
            "TotalNetAmount": pl.Series([1.5, 12.0]).cast(pl.Decimal(18, 2)),
            "LastChangeDateTime": [moment, moment.replace(microsecond=0)],
        }
    )
    store.insert(tmp_path / "erp.db", "A_SalesOrder", rows)
    read = store.read(tmp_path / "erp.db", "A_SalesOrder")
    assert read["LastChangeDateTime"].to_list() == ["2026-01-31T08:00:00.12Z", "2026-01-31T08:00:00Z"]
    assert read["SalesOrderDate"].to_list() == ["2026-01-31", None]
    assert read["TotalNetAmount"].to_list() == ["1.50", "12.00"]
    assert set(read.columns) == {f.name for f in ERP["A_SalesOrder"].fields}
    assert store.time_text(moment) == "2026-01-31T08:00:00.12Z"


@pytest.mark.parametrize("text", ["1e50", "NaN", "Infinity", "1e-50"])
def test_numbers_out_of_all_measure_are_refused(text):
    with pytest.raises(ValueError, match="can't be stored"):
        store.number_text(Decimal(text))
