"""The score: what is named is found, what is not named is false, whichever way a break says it."""

import datetime as dt

import polars as pl

from reconcile.results import BREAKS
from reconcile.sandbox.company import HARMLESS, PLANTED
from reconcile.sandbox.data import generate
from reconcile.sandbox.defects import plant
from reconcile.sandbox.score import harmless_reported, score


def log(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    names = ["entity", "break_kind", "field", "crm_key", "erp_key"]
    return pl.DataFrame(
        [dict(zip(names, row, strict=True)) | {"defect": "d", "pushable": True, "note": ""} for row in rows], schema=PLANTED
    )


def breaks(*rows: tuple[str | None, ...]) -> pl.DataFrame:
    names = ["entity", "kind", "field", "crm_key", "erp_key", "crm_value", "erp_value"]
    return pl.DataFrame([dict(zip(names, (*row, None, None)[:7], strict=True)) for row in rows], schema=BREAKS)


def counts(planted: pl.DataFrame, reported: pl.DataFrame) -> tuple[int, int, int]:
    result = score(planted, reported)
    return result.planted, result.found, result.false


def test_everything_reported_is_everything_found():
    _, planted = plant(generate(3, 200, 200, 40, 400), 3, dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    reported = planted.select("entity", "field", "crm_key", "erp_key", kind="break_kind")
    full = pl.concat([BREAKS.to_frame(), reported], how="diagonal")
    result = score(planted, full)
    assert (result.found, result.false, result.fraction_found, result.fraction_false) == (planted.height, 0, 1.0, 0.0)
    assert (result.by_defect["planted"] == result.by_defect["found"]).all()
    nothing = score(planted, BREAKS.to_frame())
    assert (nothing.found, nothing.missed.height) == (0, planted.height)


def test_field_and_kind_and_keys_must_agree():
    planted = log(("customers", "difference", "phone", "A", "1"))
    assert counts(planted, breaks(("customers", "difference", "phone", "A", "1"))) == (1, 1, 0)
    assert counts(planted, breaks(("customers", "difference", "email", "A", "1"))) == (1, 0, 1)
    assert counts(planted, breaks(("customers", "difference", "phone", "A", "2"))) == (1, 0, 1)
    assert counts(planted, breaks(("customers", "missing_in_erp", None, "A", None))) == (1, 0, 1)
    assert counts(planted, breaks(("contacts", "difference", "phone", "A", "1"))) == (1, 0, 1)


def test_one_key_is_enough_where_the_other_is_not_known():
    planted = log(("orders", "missing_in_erp", None, "A", None), ("orders", "orphan_in_crm", "customer", "B", "2"))
    assert counts(
        planted, breaks(("orders", "missing_in_erp", None, "A", None), ("orders", "orphan_in_crm", None, "B", None))
    ) == (2, 2, 0)
    assert counts(planted, breaks(("orders", "orphan_in_crm", "customer", None, "2"))) == (2, 1, 0)


def test_a_duplicate_is_named_by_its_own_key_or_beside_the_kept_one():
    planted = log(("customers", "duplicate_in_crm", None, "X", "1"))
    assert counts(planted, breaks(("customers", "duplicate_in_crm", None, "X", None))) == (1, 1, 0)
    assert counts(planted, breaks(("customers", "duplicate_in_crm", None, "KEPT", "1", "X, Y"))) == (1, 1, 0)
    assert counts(planted, breaks(("customers", "duplicate_in_crm", None, "KEPT", "1", "Y"))) == (1, 0, 1)


def test_harmless_rows_that_are_reported_are_named():
    harmless = pl.DataFrame(
        [
            {"variation": "email_case", "entity": "customers", "crm_key": "A", "erp_key": "1", "field": "email"},
            {"variation": "created_seconds_ago", "entity": "orders", "crm_key": "O", "erp_key": None, "field": None},
        ],
        schema=HARMLESS,
    )
    assert harmless_reported(harmless, breaks(("customers", "difference", "phone", "A", "1"))).is_empty()
    assert harmless_reported(harmless, breaks(("customers", "difference", "email", "A", "1"))).height == 1
    assert harmless_reported(harmless, breaks(("orders", "missing_in_erp", None, "O", None)))["variation"].to_list() == [
        "created_seconds_ago"
    ]
