"""The planted log: every defect is there, and each row is true of the two systems as they stand."""

import datetime as dt
from functools import cache
from importlib import resources

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.sandbox.company import ENTITIES, PLANTED, Company, key_column, view
from reconcile.sandbox.data import generate
from reconcile.sandbox.defects import plant
from reconcile.sandbox.names import without_form
from reconcile.sandbox.objects import CRM, ERP

CONFIG = yaml.safe_load(resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text("utf-8"))
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
REFERENCES = {"customer": "customers", "product": "products", "order": "orders", "invoice": "invoices"}
NAMES = {
    "customer_missing_in_erp", "customer_missing_in_crm", "duplicate_in_crm", "duplicate_in_erp", "wrong_credit_limit",
    "stale_address", "stale_phone", "stale_email", "wrong_payment_terms", "wrong_customer_status", "renamed_company",
    "name_cut_at_35", "contact_missing_in_erp", "contact_moved", "contact_email_typo", "price_behind", "stock_behind",
    "product_missing_in_crm", "product_name_stale", "product_status_stale", "order_missing_in_erp", "wrong_order_status",
    "order_amount_off", "orphan_order", "quantity_off_on_one_line", "line_missing_in_erp", "line_price_off", "code_map_hole",
    "invoice_missing_in_crm", "invoice_paid_on_one_side", "invoice_due_date_off", "invoice_amount_off",
    "payment_missing_in_crm", "payment_amount_off", "shipment_missing_in_crm", "time_zone_shift", "wrong_tracking_number",
    "wrong_carrier",
}  # fmt: skip


@cache
def planted() -> tuple[Company, Company, pl.DataFrame]:
    before = generate(7)
    return before, *plant(before, 7, NOW)


def rows(company: Company) -> dict[str, pl.DataFrame]:
    return {**company.crm, **company.erp}


def keys(company: Company, entity: str, side: str) -> pl.Series:
    name = ENTITIES[entity][0 if side == "crm" else 1]
    return rows(company)[name].select(key_column(name).alias("key")).to_series()


def pairs(company: Company, entity: str) -> pl.DataFrame:
    return view(rows(company), company.pairs[entity], entity)


def compared(company: Company, entity: str, field: str) -> pl.DataFrame:
    """crm_key, erp_key, one, other: the field of both sides in the ERP's words; numbers as numbers."""
    spec = CONFIG["entities"][entity]["fields"][field]
    frame = pairs(company, entity).select(
        "crm_key", "erp_key", one=f"crm.{spec['crm']}", other=f"erp.{spec['erp'].rpartition('/')[2]}"
    )
    if "values" in spec:
        frame = frame.with_columns(pl.col("one").replace(spec["values"]))
    if field in REFERENCES:
        links = planted()[0].pairs[REFERENCES[field]]
        frame = frame.with_columns(pl.col("one").replace(links["crm_key"], links["erp_key"]))
    crm = CRM[ENTITIES[entity][0]].field(spec["crm"])
    if crm is not None and crm.type == "decimal":
        frame = frame.with_columns(pl.col("one", "other").cast(pl.Float64))
    return frame


def test_every_defect_is_planted_several_times():
    log = planted()[2]
    assert log.schema == PLANTED
    assert set(log["defect"]) == NAMES
    assert log.group_by("defect").len()["len"].min() >= 5
    assert 400 <= log.height <= 600


def test_a_record_is_hit_by_one_defect_at_most():
    log = planted()[2]
    for side in ("crm_key", "erp_key"):
        hit = log.filter(pl.col(side).is_not_null() & ~pl.col("defect").str.starts_with("duplicate"))
        assert hit.group_by("entity", side).agg(pl.col("defect").n_unique())["defect"].max() == 1
    assert log.select(pl.struct("entity", "crm_key", "erp_key", "field").is_unique().all()).item()


def test_missing_records_are_missing_on_that_side_alone():
    before, after, log = planted()
    for side, other in (("crm", "erp"), ("erp", "crm")):
        missing = log.filter(pl.col("break_kind") == f"missing_in_{side}")
        assert missing[f"{side}_key"].null_count() == missing.height > 50
        for entity in missing["entity"].unique():
            those = missing.filter(entity=entity)[f"{other}_key"]
            assert those.is_in(keys(after, entity, other).implode()).all()
            partner = before.pairs[entity].filter(pl.col(f"{other}_key").is_in(those.implode()))[f"{side}_key"]
            assert partner.len() == those.len()
            assert not partner.is_in(keys(after, entity, side).implode()).any()


def test_whatever_else_is_missing_has_a_missing_parent_or_is_seconds_old():
    before, after, log = planted()
    parents = {"order_lines": "orders", "payments": "invoices"}
    fresh = after.harmless.filter(variation="created_seconds_ago")["crm_key"]
    for entity in ENTITIES:
        gone = before.pairs[entity].join(after.pairs[entity], on=["crm_key", "erp_key"], how="anti")
        logged = log.filter(pl.col("entity") == entity, pl.col("break_kind").str.starts_with("missing"))
        rest = gone.filter(
            ~pl.col("crm_key").is_in(logged["crm_key"].drop_nulls().implode())
            & ~pl.col("erp_key").is_in(logged["erp_key"].drop_nulls().implode())
            & ~pl.col("crm_key").is_in(fresh.implode())
        )
        if entity not in parents:
            assert rest.is_empty(), (entity, rest)
        elif entity == "order_lines":
            lines = before.crm["OrderItem"].filter(pl.col("Id").is_in(rest["crm_key"].implode()))
            assert lines["OrderId"].is_in(log.filter(defect="order_missing_in_erp")["crm_key"].implode()).all()
        else:
            payments = before.erp["A_IncomingPayment"].filter(pl.col("IncomingPayment").is_in(rest["erp_key"].implode()))
            assert payments["BillingDocument"].is_in(log.filter(defect="invoice_missing_in_crm")["erp_key"].implode()).all()


def test_logged_differences_differ_and_all_others_were_there_before():
    before, after, log = planted()
    for entity, spec in CONFIG["entities"].items():
        for field, f in spec["fields"].items():
            if not f.get("compare", True):
                continue
            now = compared(after, entity, field).filter(pl.col("one").ne_missing(pl.col("other")))
            was = compared(before, entity, field).filter(pl.col("one").ne_missing(pl.col("other")))
            expected = log.filter(pl.col("entity") == entity, pl.col("field") == field)
            differ = expected.join(now, on=["crm_key", "erp_key"], how="semi")
            assert differ.height == expected.height, (entity, field)
            fresh = after.harmless.filter(pl.col("variation") == "changed_seconds_ago", pl.col("entity") == entity)
            rest = (
                now.join(expected, on="crm_key", how="anti")
                .join(fresh, on="crm_key", how="anti")
                .join(was, on="crm_key", how="anti")
            )
            assert rest.is_empty(), (entity, field, rest)


def test_pushable_rows_are_those_the_policy_can_mend():
    log = planted()[2]
    for row in log.iter_rows(named=True):
        entity = CONFIG["entities"][row["entity"]]
        if row["break_kind"].startswith("missing_in_"):
            assert row["pushable"] == (row["break_kind"].removeprefix("missing_in_") in entity["create_in"])
        elif row["break_kind"] == "difference":
            assert row["pushable"] == (entity["fields"][row["field"]]["owner"] in ("crm", "erp"))
        else:
            assert not row["pushable"]


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_value_of_one_side_fits_the_other(entity: str):
    frame = pairs(planted()[1], entity)
    for field, spec in CONFIG["entities"][entity]["fields"].items():
        if not spec.get("compare", True) or field in REFERENCES:
            continue
        one, other = f"crm.{spec['crm']}", f"erp.{spec['erp'].rpartition('/')[2]}"
        names = (*ENTITIES[entity], "A_BusinessPartnerAddress")
        lengths = [f.length for c in (one, other) for n in names if (f := {**CRM, **ERP}[n].field(c[4:]))]
        if "values" not in spec and field != "country":
            for column in (one, other):
                assert (frame[column].str.len_chars().max() or 0) <= min(lengths), (field, column)


def test_whole_customers_are_missing_together_with_their_orders():
    _, after, log = planted()
    customers = log.filter(defect="customer_missing_in_erp")["crm_key"]
    orders = after.crm["Order"].filter(pl.col("AccountId").is_in(customers.implode()))
    assert orders["AccountId"].n_unique() == 3
    assert orders["Id"].is_in(log.filter(defect="order_missing_in_erp")["crm_key"].implode()).all()
    assert not after.crm["Contact"]["AccountId"].is_in(customers.implode()).any()


def test_names_are_cut_inside_the_name_and_not_in_its_legal_form():
    _, after, log = planted()
    cut = pairs(after, "customers").join(log.filter(defect="name_cut_at_35"), on="crm_key", how="semi")
    assert (cut["erp.BusinessPartnerFullName"].str.len_chars() <= 35).all()
    core = cut.select(pl.col("crm.Name").pipe(without_form)).to_series()
    assert (core.str.len_chars() > 35).all()


def test_duplicates_carry_the_real_pair_and_no_number():
    _, after, log = planted()
    for side, name, other in (("crm", "Account", "erp"), ("erp", "A_BusinessPartner", "crm")):
        rows_ = log.filter(defect=f"duplicate_in_{side}")
        extra = rows(after)[name].filter(key_column(name).is_in(rows_[f"{side}_key"].implode()))
        assert extra.height == rows_.height
        assert not rows_[f"{side}_key"].is_in(planted()[0].pairs["customers"][f"{side}_key"].implode()).any()
        assert extra["ERP_Number__c" if side == "crm" else "ExternalReference"].null_count() == extra.height
        assert rows_[f"{other}_key"].is_in(after.pairs["customers"][f"{other}_key"].implode()).all()
    assert not after.crm["Order"]["AccountId"].is_in(log.filter(defect="duplicate_in_crm")["crm_key"].implode()).any()


def test_time_zone_shift_is_eight_hours_and_orphans_point_nowhere():
    _, after, log = planted()
    shifted = pairs(after, "shipments").join(log.filter(defect="time_zone_shift"), on="crm_key", how="semi")
    form = "%Y-%m-%dT%H:%M:%SZ"
    late = shifted["erp.ActualGoodsMovementDateTime"].str.to_datetime(form) - shifted["crm.ShippedAt__c"].str.to_datetime(form)
    assert (late == dt.timedelta(hours=8)).all()
    orphans = after.crm["Order"].filter(pl.col("Id").is_in(log.filter(defect="orphan_order")["crm_key"].implode()))
    assert orphans["AccountId"].null_count() > 0
    assert not orphans["AccountId"].drop_nulls().is_in(after.crm["Account"]["Id"].implode()).any()


def test_no_reference_dangles_but_those_of_orphan_orders():
    _, after, log = planted()
    orphans = log.filter(defect="orphan_order")["crm_key"]
    for name, spec in {**CRM, **ERP}.items():
        for f in spec.fields:
            if f.refers_to:
                there = rows(after)[f.refers_to].select(key_column(f.refers_to)).to_series()
                frame = rows(after)[name].filter(~pl.col("Id").is_in(orphans.implode())) if name == "Order" else rows(after)[name]
                assert frame[f.name].is_in(there.implode()).all(), (name, f.name)


def test_fresh_changes_are_seconds_old_and_everything_else_is_days_old():
    _, after, _ = planted()
    fresh = after.harmless.filter(pl.col("variation").str.ends_with("seconds_ago"))
    assert fresh.height > 25
    young = 0
    for name, spec in {**CRM, **ERP}.items():
        moments = rows(after)[name][spec.modified].str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
        young += moments.filter(moments > NOW - dt.timedelta(days=5)).len()
        assert (moments < NOW).all()
    assert young == fresh.height


@pytest.mark.parametrize("name", [*CRM, *ERP])
def test_damaged_rows_stay_within_the_systems_limits(name: str):
    frame, spec = rows(planted()[1])[name], {**CRM, **ERP}[name]
    assert frame.select(pl.struct(spec.key).is_unique().all()).item()
    for f in spec.fields:
        if f.type == "string":
            assert (frame[f.name].str.len_chars().max() or 0) <= f.length
        if f.picklist:
            assert set(frame[f.name].drop_nulls()) <= set(f.picklist)


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**31), customers=st.integers(1, 12), orders=st.integers(0, 40))
def test_small_companies_are_damaged_without_a_failure(seed: int, customers: int, orders: int):
    before = generate(seed, customers, customers, 15, orders)
    after, log = plant(before, seed, NOW)
    assert log.schema == PLANTED
    assert after.pairs.keys() == before.pairs.keys()
