"""Laws of what must add up, whatever the documents: their order, their names and what is unrelated change nothing."""

from __future__ import annotations

import datetime as dt
import itertools
from random import Random

import numpy as np
import polars as pl
import pytest
from conservation_documents import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.balances import Conserved
from reconcile.compare.conservation import Inputs, conserve
from reconcile.compare.conservation.search import ways
from reconcile.config.conservation import Conservation
from reconcile.normalise import with_whole
from reconcile.records import KEY, MODIFIED, RAW, SHAPES, Kind, Role
from reconcile.results import LINKS
from reconcile.sandbox.quote_to_cash.company import digits_of, quote_to_cash

Frames = dict[str, pl.DataFrame]
SEEDS = st.integers(0, 10_000)
ALL = Conservation()  # type: ignore[call-arg]  # every key has a default
FEW = settings(max_examples=6)
"""Each example is a company."""


def company(seed: int) -> dict[Role, Frames]:
    """Canonical records of both sides, with violations among them."""
    made = quote_to_cash(90, seed, planted=1)
    return {Role.CRM: _canonical(made.crm), Role.ERP: _canonical(made.erp)}


def _canonical(tables) -> Frames:
    out: Frames = {}
    for name, table in tables.items():
        kinds = SHAPES[name].fields
        frame = table.rename(
            {"date": f"{name.removesuffix('s')}_date".replace("credit_note", "credit")} if "date" in table.columns else {}
        )
        scale = pl.lit(10.0).pow(digits_of(pl.col("currency"))) if "currency" in frame.columns else pl.lit(1.0)
        money = [(pl.col(n) / scale).alias(n) for n, kind in kinds.items() if kind is Kind.MONEY and n in frame.columns]
        counts = [(pl.col(n) / 1000).alias(n) for n, kind in kinds.items() if kind is Kind.QUANTITY and n in frame.columns]
        frame = frame.with_columns(*money, *counts, pl.lit(None, pl.Datetime("us", "UTC")).alias(MODIFIED)).rename({"key": KEY})
        kept = [n for n in frame.columns if n in kinds or n in (KEY, MODIFIED)]
        if SHAPES[name].parent:
            kept = [n for n in kept if n != "currency"] if name != "payments" else kept
        out[name] = frame.select(kept).with_columns(pl.col(n).cast(pl.String).alias(RAW + n) for n in kept if n in kinds)
    return out


def added(records: dict[Role, Frames], given: Conservation = ALL) -> Conserved:
    """What the rules say; orders are linked by number."""
    whole: dict[Role, Frames] = {role: {} for role in Role}
    for role in Role:
        for name in (name for name in SHAPES if name in records[role]):
            whole[role][name] = with_whole(records[role][name], name, whole[role])
    sides = [
        records[role]["orders"].select("number", pl.col(KEY).alias(f"{role}_key")) if "orders" in records[role]
        else pl.DataFrame(schema={"number": pl.String, f"{role}_key": pl.String})
        for role in Role
    ]  # fmt: skip  # two cases
    links = (
        sides[0]
        .join(sides[1], on="number")
        .select(entity=pl.lit("orders"), crm_key="crm_key", erp_key="erp_key", rung=pl.lit("key"), probability=pl.lit(1.0))
    )
    inputs = Inputs(whole, {"orders": links.cast(dict(LINKS.items()))}, NOW, pl.Series("f", [], dtype=pl.String))
    return conserve(inputs, given, 15.0)


def residuals(found: Conserved, level: str) -> pl.DataFrame:
    return found.residuals.filter(level=level).sort("system", "key", "currency", nulls_last=True)


@FEW
@given(SEEDS)
def test_the_order_of_the_records_changes_nothing(seed):
    records = company(seed)
    shuffled = {
        role: {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in frames.items()}
        for role, frames in records.items()
    }
    one, other = added(records), added(shuffled)
    assert one.breaks.height > 0
    assert one.breaks.equals(other.breaks)
    assert one.rules.equals(other.rules)
    for level in ("order", "customer"):
        assert residuals(one, level).equals(residuals(other, level))


@FEW
@given(SEEDS)
def test_an_unrelated_document_changes_no_residual_and_no_break(seed):
    records = company(seed)
    before = added(records)
    more = {
        "invoices": {"customer": "nobody", "amount": 12.34, "currency": "EUR"},
        "payments": {"customer": "nobody", "amount": 5.0, "currency": "EUR"},
    }
    for name, row in more.items():
        frame = records[Role.ERP][name]
        extra = pl.DataFrame([{KEY: f"{name} of nobody", **row}])
        records[Role.ERP][name] = pl.concat([frame, extra], how="diagonal_relaxed").select(frame.columns)
    after = added(records)
    others = pl.col("key").ne_missing("nobody")
    for level in ("order", "customer"):
        assert residuals(before, level).equals(residuals(after, level).filter(others))
    assert set(before.breaks["fingerprint"]) <= set(after.breaks["fingerprint"])
    assert set(after.breaks["erp_key"]) - set(before.breaks["erp_key"]) == {"invoices of nobody", "payments of nobody"}


@FEW
@given(SEEDS, st.randoms(use_true_random=False))
def test_splitting_an_invoice_in_two_changes_no_order_residual(seed, random):
    records = company(seed)
    erp = records[Role.ERP]
    heads = erp["invoices"].filter(pl.col("order").is_not_null())
    lines = erp["invoice_lines"].join(heads, left_on="invoice", right_on=KEY, how="semi")
    several = lines.filter(pl.len().over("invoice") > 1).sort(KEY)
    before = residuals(added(records), "order")
    split = random.choice(sorted(set(several["invoice"])))
    part = several.filter(invoice=split)[:1]
    net, tax = part["amount"][0], part["tax"][0]
    new = heads.filter(pl.col(KEY) == split).with_columns(pl.lit("new").alias(KEY), amount=pl.lit(net + tax), tax=pl.lit(tax))
    here = pl.col(KEY) == split
    rest = erp["invoices"].with_columns(
        amount=pl.when(here).then(pl.col("amount") - net - tax).otherwise("amount"),
        tax=pl.when(here).then(pl.col("tax") - tax).otherwise("tax"),
    )
    moved = pl.when(pl.col(KEY) == part[KEY][0]).then(pl.lit("new")).otherwise("invoice")
    records[Role.ERP] = erp | {
        "invoices": pl.concat([rest, new]),
        "invoice_lines": erp["invoice_lines"].with_columns(invoice=moved),
    }
    assert residuals(added(records), "order").equals(before)


@FEW
@given(SEEDS)
def test_names_of_documents_mean_nothing(seed):
    """Every ERP invoice gets another key, in another order."""
    records = company(seed)
    erp = records[Role.ERP]
    keys = erp["invoices"][KEY].to_list()
    renamed = dict(zip(keys, [f"Z{len(keys) - n:05}" for n in range(len(keys))], strict=True))
    changed = {
        name: frame.with_columns(pl.col(column).replace(renamed) for column in (KEY, "invoice") if column in frame.columns)
        if name in ("invoices", "invoice_lines", "credit_notes", "payments", "payment_applications")
        else frame
        for name, frame in erp.items()
    }
    one, other = added(records), added({**records, Role.ERP: changed})
    by = ["entity", "reason", "erp_key", "crm_key", "value_at_risk"]
    expected = one.breaks.select(by).with_columns(pl.col("erp_key").replace(renamed))
    assert other.breaks.select(by).sort(by).equals(expected.sort(by))
    assert residuals(one, "order").equals(residuals(other, "order"))


@FEW
@given(SEEDS)
def test_the_other_side_is_held_to_the_same(seed):
    """All documents of the ERP as the CRM's: the same breaks, mirrored."""
    erp = company(seed)[Role.ERP]
    here, there = added({Role.CRM: {}, Role.ERP: erp}), added({Role.CRM: erp, Role.ERP: {}})
    by = ["entity", "reason", "value_at_risk", "severity"]
    one = here.breaks.select(*by, key="erp_key", said="erp_value").sort("key", "reason")
    other = there.breaks.select(*by, key="crm_key", said="crm_value").sort("key", "reason")
    assert one.height > 0
    assert one.equals(other)
    assert set(here.breaks["fingerprint"]).isdisjoint(there.breaks["fingerprint"])


@FEW
@given(SEEDS, st.floats(0, 50), st.floats(0, 50))
def test_a_tighter_tolerance_never_removes_a_break(seed, one, other):
    records = company(seed)
    low, high = sorted((one, other))
    rules = ("header_lines", "tax_lines", "paid_invoiced", "applied_paid", "order_invoiced", "line_quantity", "invoiced_shipped")
    tight, loose = (
        set(added(records, Conservation.model_validate({rule: {"tolerance": each} for rule in rules})).breaks["fingerprint"])
        for each in (low, high)
    )
    assert loose <= tight


@given(st.lists(st.integers(-50, 100), max_size=9), st.integers(1, 200), st.integers(0, 3))
def test_every_subset_is_found(amounts, total, tolerance):
    by_hand = [
        chosen
        for size in range(1, len(amounts) + 1)
        for chosen in itertools.combinations(range(len(amounts)), size)
        if abs(sum(amounts[at] for at in chosen) - total) <= tolerance
    ]
    found = ways(np.array(amounts, dtype=np.int64), total, tolerance, 9)
    assert (found.count, found.all_tried) == (len(by_hand), True)
    assert found.fewest == (min(by_hand, key=lambda chosen: (len(chosen), chosen)) if by_hand else ())


@given(st.lists(st.integers(-50, 100), min_size=3, max_size=9), st.integers(1, 200))
def test_past_the_bound_single_amounts_and_pairs_are_tried(amounts, total):
    by_hand = [
        chosen
        for size in (1, 2)
        for chosen in itertools.combinations(range(len(amounts)), size)
        if sum(amounts[at] for at in chosen) == total
    ]
    found = ways(np.array(amounts, dtype=np.int64), total, 0, 2)
    assert (found.count, found.all_tried) == (len(by_hand), False)
    assert len(found.fewest) == (len(by_hand[0]) if by_hand else 0)


@pytest.mark.parametrize("count", [36])
def test_the_search_is_bounded_in_time(count):
    """As many amounts as the configuration allows: 2^36 subsets, by two times 2^18."""
    amounts = np.arange(1, count + 1, dtype=np.int64) * 10**9 + 1
    begun = dt.datetime.now(dt.UTC)
    assert ways(amounts, int(amounts.sum()), 0, count).fewest == tuple(range(count))
    assert (dt.datetime.now(dt.UTC) - begun).total_seconds() < 20


@pytest.fixture(scope="module")
def one_company():
    return company(1)


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_mapped_every_rule_runs_or_says_what_it_misses(one_company, seed):
    """Any entities, any fields of them, some values empty, some documents none: never an error."""
    random = Random(seed)  # noqa: S311  # no secret comes of it
    records = {role: dict(frames) for role, frames in one_company.items()}
    for role in Role:
        for name in list(records[role]):
            frame = records[role][name]
            fields = [n for n in SHAPES[name].fields if n in frame.columns and random.random() < 0.2]
            frame = frame.drop(*fields, *(RAW + n for n in fields))
            holes = [n for n in frame.columns if n in SHAPES[name].fields and random.random() < 0.1]
            frame = frame.with_columns(pl.when(pl.int_range(pl.len()) % 3 > 0).then(n).alias(n) for n in holes)
            records[role][name] = frame.head(random.choice([0, 1, 10**6, 10**6]))
            if random.random() < 0.15:
                del records[role][name]
    if any("number" not in records[role].get("orders", pl.DataFrame({"number": []})).columns for role in Role):
        for role in Role:
            records[role].pop("orders", None)
    found = added(records)
    assert set(found.rules["state"]) <= {"ran", "not_mapped"}
    assert (found.rules.filter(state="not_mapped")["detail"] != "").all()
    assert found.breaks["fingerprint"].is_unique().all()
