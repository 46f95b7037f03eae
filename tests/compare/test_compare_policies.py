"""Who owns a difference by the record that it is of, and how long a field's sync may take."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from reconcile.compare.breaks import Inputs, compare
from reconcile.config.models import Entity
from reconcile.records import KEY, MODIFIED, RAW
from reconcile.results import CANDIDATES, FINDINGS, LINKS, Compared, Matched

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
POLICIES = [
    {"when": "country = 'CN' AND credit_limit > 1000", "owner": "review"},
    {"when": "country IN ('CN', 'HK')", "owner": "erp"},
    {"when": "crm.status <> erp.status", "owner": "changed_side"},
]


def entity(**more: object) -> Entity:
    fields: dict[str, dict[str, Any]] = {
        name: {"crm": name, "erp": name} for name in ("name", "country", "credit_limit", "status")
    }
    fields["name"] |= {"owner": "crm", **more}
    fields["status"]["compare"] = False
    return Entity.model_validate({**{role: {"object": "x", "key": "Id"} for role in ("crm", "erp")}, "fields": fields})


def side(name: str, rows: list[tuple[str, float, str]], at: dt.datetime | None = None) -> pl.DataFrame:
    countries, limits, states = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {
            KEY: [str(n) for n in range(len(rows))],
            "name": [f"{name} {n}" for n in range(len(rows))],
            "country": countries,
            "credit_limit": limits,
            "status": states,
        }
    )
    raw = [pl.col(column).cast(pl.String).alias(RAW + column) for column in frame.columns[1:]]
    return frame.with_columns(*raw, pl.lit(at, pl.Datetime("us", "UTC")).alias(MODIFIED))


def compared(of: Entity, crm: pl.DataFrame, erp: pl.DataFrame, minutes: float = 0) -> Compared:
    links = pl.DataFrame([("customers", key, key, "key", 1.0) for key in crm[KEY]], schema=LINKS, orient="row")
    twins = pl.DataFrame(schema={"system": pl.String, "key": pl.String, "kept": pl.String, "probability": pl.Float64})
    orphans = pl.DataFrame(schema=dict.fromkeys(("system", "key", "field", "value"), pl.String))
    matched, nothing = Matched(links, CANDIDATES.to_frame(), twins), pl.Series(dtype=pl.String)
    return compare(Inputs("customers", of, crm, erp, matched, FINDINGS.to_frame(), orphans, {}, AT, nothing), minutes)


def test_the_first_policy_that_holds_says_who_owns_the_field_of_a_record():
    rows = [("CN", 5000.0, "a"), ("CN", 10.0, "a"), ("HK", 5000.0, "a"), ("DE", 5000.0, "b"), ("DE", 5000.0, "a")]
    of = entity(policies=POLICIES)
    found = compared(of, side("Acme", rows), side("Other", [(country, limit, "a") for country, limit, _ in rows]))
    names = found.breaks.filter(pl.col("field") == "name").sort("crm_key")
    assert names["owner"].to_list() == ["review", "erp", "erp", "changed_side", "crm"]


@pytest.mark.parametrize(
    ("own", "usual", "changed", "breaks"),
    [(None, 15, 10, 0), (None, 15, 20, 1), (60, 15, 20, 0), (60, 15, 61, 1), (0, 15, 10, 1), (0.5, 15, 0.4, 0)],
)
def test_a_field_is_in_flight_as_long_as_its_own_sync_may_take(own, usual, changed, breaks):
    when = AT - dt.timedelta(minutes=changed)
    of = entity() if own is None else entity(sync_minutes=own)
    found = compared(of, side("Acme", [("DE", 1.0, "a")], when), side("Other", [("DE", 1.0, "a")]), usual)
    assert (found.breaks.height, found.counts["in_flight"]) == (breaks, 1 - breaks)


def test_other_fields_of_the_same_record_keep_the_usual_time():
    when = AT - dt.timedelta(minutes=20)
    crm, erp = side("Acme", [("DE", 1.0, "a")], when), side("Other", [("FR", 1.0, "a")])
    assert compared(entity(sync_minutes=60), crm, erp, 15).breaks["field"].to_list() == ["country"]


@pytest.mark.parametrize(("currencies", "reasons"), [(("EUR", "EUR"), []), (("EUR", "USD"), ["beyond_tolerance"])])
def test_the_same_number_in_two_currencies_is_another_amount_where_rates_are_given(currencies, reasons):
    rates = {"base": "EUR", "at": "2026-01-31", "per_base": {"USD": 1.25}}
    fields: dict[str, dict[str, Any]] = {
        "name": {"crm": "name", "erp": "name"},
        "credit_limit": {"crm": "credit_limit", "erp": "credit_limit", "rates": rates},
        "currency": {"crm": "currency", "erp": "currency", "compare": False},
    }
    of = Entity.model_validate({**{role: {"object": "x", "key": "Id"} for role in ("crm", "erp")}, "fields": fields})
    sides = [
        side("Acme", [("DE", 100.0, "a")]).with_columns(pl.lit(currency).alias(name) for name in ("currency", RAW + "currency"))
        for currency in currencies
    ]
    assert compared(of, *sides).breaks["reason"].to_list() == reasons
