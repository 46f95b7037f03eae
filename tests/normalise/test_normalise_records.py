"""Raw columns in, canonical records and findings out; what can't be used is said, never dropped in silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reconcile.config.models import Entity, System
from reconcile.normalise import normalise, side_of, source_fields
from reconcile.records import KEY, MODIFIED, RAW, Role

SYSTEM = System.model_validate({"role": "crm", "connector": "files", "path": ".", "timezone": "Europe/Berlin"})
FIELDS: dict[str, dict[str, Any]] = {
    "number": {"crm": "No", "erp": "Number"},
    "name": {"crm": "Name", "erp": "Name1"},
    "credit_limit": {"crm": "Limit", "erp": "CreditLimit"},
    "status": {"crm": "State", "erp": "Status", "values": {"Active": "01", "Ｂlocked": "03"}},
    "since": {"crm": "Since", "erp": "Since", "type": "date"},
}


def entity(key: object = "Id", fields: dict[str, dict[str, Any]] | None = None, **more: object) -> Entity:
    sources = {"crm": {"object": "a", "key": key, **more}, "erp": {"object": "b", "key": "Number"}}
    return Entity.model_validate({**sources, "fields": fields or FIELDS, "match": {"keys": ["number"]}})


def raw(**columns: list[object]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    base = {name: pl.Series(name, [None] * rows, pl.String) for name in ("Id", "No", "Name", "Limit", "State", "Since", "At")}
    return pl.DataFrame({**base, **{name: pl.Series(name, values, strict=False) for name, values in columns.items()}})


def findings(frame: pl.DataFrame, of: Entity, role: Role = Role.CRM) -> list[tuple[Any, ...]]:
    return normalise(frame, "customers", of, role, SYSTEM).findings.select("key", "field", "rule", "severity", "value").rows()


def test_what_a_snapshot_has_to_hold():
    side = side_of("customers", entity(["Id", "No"], modified="At"), Role.CRM, SYSTEM)
    assert source_fields(side) == ["Id", "No", "At", "Name", "Limit", "State", "Since"]
    only_erp = entity(fields={"number": {"erp": "Number"}, "name": FIELDS["name"]})
    assert source_fields(side_of("customers", only_erp, Role.CRM, SYSTEM)) == ["Id", "Name"]


def test_every_field_has_its_standard_form_and_its_evidence():
    table = raw(
        Id=["A"], Name=["  Acme   Ltd "], Limit=["1.234,56"], State=["active"], Since=["05.01.2024"], At=["2024-01-05 08:00:00"]
    )
    frame = normalise(table, "customers", entity(modified="At"), Role.CRM, SYSTEM).frame
    row = frame.row(0, named=True)
    assert (row["name"], row["credit_limit"], row["status"], row["since"]) == ("Acme Ltd", 1234.56, "01", dt.date(2024, 1, 5))
    assert (row[RAW + "name"], row[RAW + "credit_limit"], row[RAW + "status"]) == ("  Acme   Ltd ", "1.234,56", "active")
    assert row[MODIFIED] == dt.datetime(2024, 1, 5, 7, tzinfo=dt.UTC)  # Berlin is an hour ahead in winter


def test_keys_are_text_in_parts_and_the_first_of_a_repeated_one_stays():
    frame = normalise(raw(Id=[1.0, 2.0, 2.0, None], No=["x", "y", "y", "z"]), "customers", entity(["Id", "No"]), Role.CRM, SYSTEM)
    assert frame.frame[KEY].to_list() == ["1/x", "2/y"]
    assert frame.findings.select("key", "rule", "severity").rows() == [
        (None, "key_empty", "blocking"),
        ("2/y", "key_repeated", "blocking"),
    ]
    assert findings(raw(Id=["  ", "A ", "A"], Name=["a", "b", "c"]), entity()) == [
        (None, "_key", "key_empty", "blocking", None),
        ("A", "_key", "key_repeated", "blocking", "A"),
    ]


def test_a_value_that_says_something_unreadable_is_a_finding_an_empty_one_is_not():
    table = raw(Id=["A", "B", "C"], Limit=["abc", " ", None], Since=["31.02.2026", "", "2026-01-31"])
    assert findings(table, entity()) == [
        ("A", "credit_limit", "not_readable", "major", "abc"),
        ("A", "since", "not_readable", "major", "31.02.2026"),
    ]


def test_codes_are_mapped_whatever_their_case_and_width_and_a_hole_in_the_map_is_a_finding():
    frame = normalise(raw(Id=list("ABCD"), State=["ACTIVE", "Blocked", "On hold", None]), "customers", entity(), Role.CRM, SYSTEM)
    assert frame.frame["status"].to_list() == ["01", "03", None, None]
    assert frame.findings.select("key", "rule", "value").rows() == [("C", "code_not_mapped", "On hold")]
    erp = pl.DataFrame(
        {"Number": ["1", "2"], "Name1": ["a", "b"], "CreditLimit": [1, 2], "Status": ["01", "07"], "Since": ["", ""]}
    )
    other = normalise(erp, "customers", entity(), Role.ERP, SYSTEM)
    assert other.frame["status"].to_list() == ["01", None]
    assert other.findings["value"].to_list() == ["07"]


def test_typed_columns_stay_what_they_are():
    table = raw(Id=[10, 20], Limit=[1500.0, 0.1], Since=[dt.date(2024, 1, 5), None])
    frame = normalise(table, "customers", entity(), Role.CRM, SYSTEM).frame
    assert frame.select(KEY, "credit_limit", "since", RAW + "credit_limit").rows() == [
        ("10", 1500.0, dt.date(2024, 1, 5), "1500"),
        ("20", 0.1, None, "0.1"),
    ]


def test_a_huge_value_is_cut_in_the_finding_only():
    table = raw(Id=["A"], Limit=["x" * 10_000])
    result = normalise(table, "customers", entity(), Role.CRM, SYSTEM)
    assert len(result.findings["value"].item()) == 500
    assert len(result.frame[RAW + "credit_limit"].item()) == 10_000


ANY = st.one_of(st.none(), st.text(max_size=12))


@given(
    st.lists(st.fixed_dictionaries({"Id": ANY, "Name": ANY, "Limit": ANY, "State": ANY, "Since": ANY}), min_size=1, max_size=6)
)
def test_every_row_is_a_record_or_a_finding_of_its_key(rows):
    table = pl.DataFrame(rows, schema=dict.fromkeys(("Id", "No", "Name", "Limit", "State", "Since", "At"), pl.String))
    result = normalise(table, "customers", entity(), Role.CRM, SYSTEM)
    lost = result.findings.filter(pl.col("field") == "_key").height
    assert result.frame.height + lost == len(rows)
    assert result.frame[KEY].null_count() == 0
    assert result.frame[KEY].is_unique().all()
    for name in ("Name", "Limit", "State", "Since"):
        canonical = next(field for field, spec in FIELDS.items() if spec["crm"] == name)
        kept = table.filter(pl.col("Id").is_not_null())[name].to_list()
        assert set(result.frame[RAW + canonical].to_list()) <= set(kept)
