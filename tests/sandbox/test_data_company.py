"""The generated company: repeatable, true to life where others check it, and the same on both sides."""

import datetime as dt
from functools import cache

import phonenumbers
import polars as pl
import pytest
from stdnum.cn import uscc
from stdnum.de import vat as german_vat
from stdnum.gb import vat as uk_vat
from stdnum.us import ein

from reconcile.sandbox import identifiers, store
from reconcile.sandbox.company import ENTITIES, HARMLESS, Company, key_column, view
from reconcile.sandbox.data import UNTIL, generate, write
from reconcile.sandbox.defects import plant
from reconcile.sandbox.objects import CRM, ERP, ORDER_STATUS, ObjectSpec
from reconcile.sandbox.salesforce.ids import checksum, salesforce_id

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


@cache
def company() -> Company:
    return generate(7)


def rows() -> dict[str, pl.DataFrame]:
    return {**company().crm, **company().erp}


def test_sizes_are_those_asked_for():
    made = company()
    assert {n: made.crm[n].height for n in ("Account", "Contact", "Product2", "Order")} == {
        "Account": 2000, "Contact": 3000, "Product2": 400, "Order": 5000,
    }  # fmt: skip
    assert made.crm["OrderItem"].height > 10_000
    assert all(made.crm[n].height > 3000 for n in ("Invoice__c", "Payment__c", "Shipment__c"))


def test_same_seed_gives_the_same_bytes_and_another_seed_another_company(tmp_path):
    def content(seed: int) -> bytes:
        made = generate(seed, 60, 80, 20, 100)
        damaged, log = plant(made, seed, NOW)
        return "".join(f.write_csv() for f in (*damaged.crm.values(), *damaged.erp.values(), damaged.harmless, log)).encode()

    assert content(3) == content(3)
    assert content(3) != content(4)


@pytest.mark.parametrize("name", [*CRM, *ERP])
def test_every_row_is_what_the_system_would_have_accepted(name: str):
    spec: ObjectSpec = {**CRM, **ERP}[name]
    frame = rows()[name]
    assert frame.columns == [f.name for f in spec.fields]
    assert set(frame.dtypes) == {pl.String}
    assert frame.select(pl.struct(spec.key).is_unique().all()).item()
    for f in spec.fields:
        values = frame[f.name]
        assert not f.required or (values.null_count() == 0 and (values != "").all()), f.name
        if f.type == "string":
            assert (values.str.len_chars().max() or 0) <= f.length, f.name
        if f.picklist:
            assert set(values.drop_nulls()) <= set(f.picklist), f.name
        if f.type == "decimal":
            assert values.drop_nulls().str.contains(r"^\d+(\.\d+)?$").all(), f.name


@pytest.mark.parametrize("name", [*CRM, *ERP])
def test_every_reference_points_to_a_record(name: str):
    spec: ObjectSpec = {**CRM, **ERP}[name]
    for f in spec.fields:
        if f.refers_to:
            there = rows()[f.refers_to].select(key_column(f.refers_to)).to_series()
            assert rows()[name][f.name].is_in(there.implode()).all(), f.name
    if name == "A_SalesOrderItem":
        assert rows()[name]["SalesOrder"].is_in(rows()["A_SalesOrder"]["SalesOrder"].implode()).all()


def test_nothing_was_changed_after_the_last_days_of_business():
    last = dt.datetime.combine(UNTIL, dt.time(), dt.UTC) + dt.timedelta(days=9)
    for name, spec in {**CRM, **ERP}.items():
        assert rows()[name][spec.modified].max() <= last.strftime("%Y-%m-%dT%H:%M:%SZ"), name
        assert rows()[name][spec.modified].null_count() == 0


def test_salesforce_ids_carry_the_checksum():
    assert checksum("001A0000006Vm9r") == "IAC"  # Salesforce's own example
    for name, frame in company().crm.items():
        numbers = pl.Series(range(1, frame.height + 1)).to_numpy()
        assert frame["Id"].to_list()[:50] == [salesforce_id(name, number) for number in range(1, 51)]
        assert identifiers.salesforce_ids(name, numbers).equals(frame["Id"], null_equal=True)


def test_check_digits_hold():
    valid = {"GB": uk_vat.is_valid, "DE": german_vat.is_valid, "CN": uscc.is_valid, "US": ein.is_valid}
    accounts = company().crm["Account"].filter(pl.col("TaxId__c").is_not_null())
    wrong = [
        (country, tax)
        for country, tax in accounts.select("BillingCountryCode", "TaxId__c").iter_rows()
        if not valid[country](tax)
    ]
    assert wrong == []
    assert set(accounts["BillingCountryCode"]) == set(valid)


def test_phones_are_valid_where_the_company_is_however_they_are_written():
    accounts = view(rows(), company().pairs["customers"], "customers").select(
        "crm.BillingCountryCode", "crm.Phone", "erp.PhoneNumber"
    )
    for country, *phones in accounts.iter_rows():
        numbers = [phonenumbers.parse(phone, country) for phone in phones]
        assert all(phonenumbers.is_valid_number(n) for n in numbers), phones
        assert len({phonenumbers.format_number(n, phonenumbers.PhoneNumberFormat.E164) for n in numbers}) == 1, phones
    contacts = view(rows(), company().pairs["contacts"], "contacts").select("crm.Phone", "erp.PhoneNumber")
    for pair in contacts.iter_rows():
        # a contact has no country: its number must say it
        numbers = [phonenumbers.parse(phone.replace("00", "+", 1) if phone.startswith("00") else phone, None) for phone in pair]
        assert numbers[0] == numbers[1], pair


@pytest.mark.parametrize(("seed", "count"), [(7, 2000), (11, 2000), (1, 20_000)])
def test_company_names_are_distinct_and_some_belong_together(seed: int, count: int):
    accounts = generate(seed, count, 10, 20, 10).erp["A_BusinessPartner"]
    assert accounts["BusinessPartnerFullName"].is_unique().all()
    assert (
        accounts["TaxNumber"]
        .str.replace("^$", "none")
        .drop_nulls()
        .filter(accounts["TaxNumber"].drop_nulls() != "")
        .is_unique()
        .all()
    )
    first_words = accounts["BusinessPartnerFullName"].str.extract(r"^(\S+ \S+) ")
    assert first_words.drop_nulls().is_duplicated().sum() > 20


def test_line_amounts_add_up_to_orders_and_order_amounts_to_invoices():
    crm = company().crm
    lines = crm["OrderItem"].with_columns(pl.col("Quantity", "UnitPrice", "TotalPrice").cast(pl.Float64))
    assert ((lines["Quantity"] * lines["UnitPrice"] - lines["TotalPrice"]).abs() < 0.0051).all()
    sums = lines.group_by("OrderId").agg(pl.col("TotalPrice").sum())
    orders = crm["Order"].join(sums, left_on="Id", right_on="OrderId", how="left")
    assert ((orders["TotalAmount__c"].cast(pl.Float64) - orders["TotalPrice"]).abs() < 0.005).all()
    vat = {"EUR": 0.19, "GBP": 0.20, "USD": 0.0, "CNY": 0.13}
    invoices = company().erp["A_BillingDocument"].join(orders, left_on="ReferenceSDDocument", right_on="ERP_Number__c")
    gross = invoices["TotalPrice"] * (1 + invoices["TransactionCurrency"].replace_strict(vat))
    assert invoices.height == company().erp["A_BillingDocument"].height
    assert ((invoices["TotalGrossAmount"].cast(pl.Float64) - gross).abs() < 0.011).all()


def test_payments_are_the_invoice_amount_where_it_is_paid_and_less_where_it_is_not():
    erp = company().erp
    paid = erp["A_IncomingPayment"].group_by("BillingDocument").agg(pl.col("AmountInTransactionCurrency").cast(pl.Float64).sum())
    invoices = erp["A_BillingDocument"].join(paid, on="BillingDocument", how="left")
    amount, got = invoices["TotalGrossAmount"].cast(pl.Float64), invoices["AmountInTransactionCurrency"]
    status = invoices["OverallBillingStatus"]
    assert ((amount - got).abs().filter(status == "C") < 0.005).all()
    assert (got < amount).filter(status == "B").all()
    assert got.filter(status == "A").null_count() == (status == "A").sum() > 100


def test_every_way_to_link_a_customer_occurs():
    pairs = view(rows(), company().pairs["customers"], "customers")
    assert pairs.height == 2000
    number, reference = pairs["crm.ERP_Number__c"].is_not_null(), pairs["erp.ExternalReference"].is_not_null()
    tax, email = pairs["crm.TaxId__c"].is_not_null(), pairs["crm.Email__c"].is_not_null()
    assert 0.72 < number.mean() < 0.8
    assert 0.55 < reference.mean() < 0.65
    assert (~number & ~reference & tax & ~email).mean() > 0.03
    assert (~number & ~reference & ~tax & email).mean() > 0.02
    alone = pairs.filter(~number & ~reference & ~tax & ~email)
    assert alone.height >= 0.03 * pairs.height
    assert (pairs.filter(number)["crm.ERP_Number__c"] == pairs.filter(number)["erp_key"]).all()
    assert (pairs.filter(reference)["erp.ExternalReference"] == pairs.filter(reference)["crm_key"]).all()
    # nobody else has this town, postal code and telephone number
    assert alone.select(pl.struct("crm.BillingCity", "crm.BillingPostalCode", "crm.Phone").is_unique().all()).item()
    contacts = company().crm["Contact"]["ERP_Number__c"]
    assert 0.8 < contacts.is_not_null().mean() < 0.9


def test_keys_that_link_are_unique():
    crm = company().crm
    for name, column in (("Account", "TaxId__c"), ("Account", "Email__c"), ("Contact", "Email"), ("Order", "OrderNumber")):
        assert crm[name][column].drop_nulls().is_unique().all(), column


def test_orders_spread_over_eighteen_months_with_every_status_and_one_to_six_lines():
    orders = company().crm["Order"]
    assert orders["EffectiveDate"].max() <= "2026-10-31"
    assert orders["EffectiveDate"].min() < "2025-06-01"
    assert set(orders["Status__c"]) == set(ORDER_STATUS)
    lines = company().crm["OrderItem"].group_by("OrderId").len()["len"]
    assert (lines.min(), lines.max(), lines.len()) == (1, 6, 5000)


def test_pairs_name_records_of_both_sides():
    for entity, (one, other) in ENTITIES.items():
        pairs = company().pairs[entity]
        assert set(pairs["crm_key"]) == set(rows()[one].select(key_column(one)).to_series())
        assert set(pairs["erp_key"]) == set(rows()[other].select(key_column(other)).to_series())


def test_written_databases_hold_every_row_and_the_logs(tmp_path):
    made = generate(5, 80, 100, 30, 150)
    damaged, log = plant(made, 5, NOW)
    write(damaged, tmp_path / "sandbox", log)
    for file, side in (("crm.db", damaged.crm), ("erp.db", damaged.erp)):
        for name, frame in side.items():
            key = ({**CRM, **ERP})[name].key
            assert store.read(tmp_path / "sandbox" / file, name).sort(*key).equals(frame.sort(*key), null_equal=True)
    assert pl.read_parquet(tmp_path / "sandbox" / "planted.parquet").equals(log, null_equal=True)
    assert pl.read_ndjson(tmp_path / "sandbox" / "planted.jsonl").height == log.height
    assert pl.read_parquet(tmp_path / "sandbox" / "harmless.parquet").schema == HARMLESS
