"""Harmless variation: all that differs before the damage is logged, and means the same to the product's own rules."""

import datetime as dt
from functools import cache
from importlib import resources

import polars as pl
import pytest
import yaml

from reconcile.sandbox.company import ADDRESS, ENTITIES, Company, view
from reconcile.sandbox.data import generate
from reconcile.sandbox.objects import CRM, ERP

CONFIG = yaml.safe_load(resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text("utf-8"))
REFERENCES = {"customer": "customers", "product": "products", "order": "orders", "invoice": "invoices"}


@cache
def company() -> Company:
    return generate(7)


def columns(entity: str, field: str) -> tuple[str, str]:
    """The view's columns of a canonical field."""
    spec = CONFIG["entities"][entity]["fields"][field]
    return f"crm.{spec['crm']}", f"erp.{spec['erp'].rpartition('/')[2]}"


def is_number(entity: str, field: str) -> bool:
    column = columns(entity, field)[0].removeprefix("crm.")
    spec = CRM[ENTITIES[entity][0]].field(column)
    return spec is not None and spec.type == "decimal"


def differing(made: Company, entity: str, field: str) -> pl.DataFrame:
    """The pairs whose values are not simply the same, code maps and references translated, numbers as numbers."""
    frame = view({**made.crm, **made.erp}, made.pairs[entity], entity)
    crm, erp = columns(entity, field)
    one, other = frame[crm], frame[erp]
    spec = CONFIG["entities"][entity]["fields"][field]
    if "values" in spec:
        one = one.replace(spec["values"])
    if field in REFERENCES:
        links = made.pairs[REFERENCES[field]]
        one = one.replace(links["crm_key"], links["erp_key"])
    if is_number(entity, field):
        one, other = one.cast(pl.Float64), other.cast(pl.Float64)
    return frame.filter(one.ne_missing(other)).select(
        "crm_key", "erp_key", one=one.filter(one.ne_missing(other)), other=other.filter(one.ne_missing(other))
    )


FIELDS = [
    (entity, field)
    for entity, spec in CONFIG["entities"].items()
    for field, f in spec["fields"].items()
    if f.get("compare", True)
]


@pytest.mark.parametrize(("entity", "field"), FIELDS)
def test_what_differs_is_logged_and_nothing_else(entity: str, field: str):
    logged = company().harmless.filter(pl.col("entity") == entity, pl.col("field") == field)
    assert logged.select(pl.struct("crm_key").is_unique().all()).item()
    found = differing(company(), entity, field)
    unlogged = found.join(logged, on=["crm_key", "erp_key"], how="anti")
    assert unlogged.is_empty(), unlogged
    silent = logged.join(found, on=["crm_key", "erp_key"], how="anti")
    assert set(silent["variation"]) <= {"trailing_zeros"}  # the same number


def test_at_least_fifteen_ways_of_writing_occur_often():
    ways = company().harmless.group_by("variation").len().filter(pl.col("len") >= 5)
    assert ways.height >= 15


def test_numbers_are_a_cent_apart_at_most():
    for entity, field in FIELDS:
        if is_number(entity, field):
            found = differing(company(), entity, field)
            assert ((found["one"] - found["other"]).abs() < 0.0101).all(), (entity, field)


def test_variation_fits_the_fields():
    for name, spec in {**CRM, **ERP}.items():
        frame = {**company().crm, **company().erp}[name]
        for f in spec.fields:
            if f.type == "string":
                assert (frame[f.name].str.len_chars().max() or 0) <= f.length


def test_an_address_is_read_with_its_partner():
    frame = view({**company().crm, **company().erp}, company().pairs["customers"], "customers")
    assert frame["erp.AddressID"].null_count() == 0
    assert company().erp[ADDRESS].height == frame.height
    assert dt.date.fromisoformat(company().erp["A_SalesOrder"]["SalesOrderDate"][0])
