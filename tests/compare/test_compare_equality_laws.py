"""Laws of equality: nothing differs from itself, the sides and the order have no say, and strictness never hides anything."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.compare.equality import MIRRORED, REASONS, Rule, Verdict, judged, unsettled
from reconcile.records import Kind
from reconcile.sandbox.phantoms import HARMLESS, REAL
from reconcile.values import Reading, standard
from reconcile.values.rule import Exchange

WRITTEN = {kind: {case.crm for case in (*HARMLESS, *REAL) if case.kind == kind} for kind in map(str, Kind)}
WRITTEN = {k: v | {case.erp for case in (*HARMLESS, *REAL) if case.kind == k} for k, v in WRITTEN.items()}
BLANKS = ("n", "m", "x", "x2", "t", "z", "y", "usd", "w")
LETTERS = st.sampled_from(list("aAbBéÉüß上機机 .,-&/'\u00a0ＡｂI0129")) | st.characters(codec="utf-8")
RATES = Exchange("EUR", dt.date(2026, 3, 31), (("USD", 1.25),))
RULES = [
    {},
    {"tolerance": 1.0, "seconds": 60.0, "days": 1},
    {"relative": 0.01, "date_only": True, "business_days": 1},
    {"minor_units": 1.0, "zone": "Europe/Berlin", "nothing": ("", "0", "tbd")},
    {"exchange": RATES, "units": ("kg", "g")},
    {"separator": ";"},
    {"counts": frozenset({"case", "accents", "legal_form", "word_order", "separators", "prefix"})},
]


def said(kind):
    known = st.sampled_from(sorted(text for text in WRITTEN[kind] if text is not None) or ["a"])
    filled = st.tuples(known, st.sampled_from(["1000", "1001", "12"])).map(lambda both: filled_in(*both))
    return st.none() | filled | filled | st.text(LETTERS, max_size=8) | st.sampled_from(["", "N/A", "0", "1.50", "2026-03-09"])


def filled_in(template, value):
    for blank in BLANKS:
        template = template.replace(f"{{{blank}}}", value)
    return template


@st.composite
def cells(draw):
    """A rule, and cells as its callers give them."""
    kind = draw(st.sampled_from(list(Kind)))
    rule = Rule(kind, **draw(st.sampled_from(RULES)))
    rows = draw(st.lists(st.tuples(said(kind), said(kind)), max_size=8))
    return rule, frame(kind, rows)


def frame(kind, rows):
    raw = pl.DataFrame(rows, schema={"crm_raw": pl.String, "erp_raw": pl.String}, orient="row")
    german = Reading(country=pl.lit("DE"))
    typed = [standard(kind, pl.col(f"{side}_raw"), pl.String(), german).alias(side) for side in ("crm", "erp")]
    return raw.with_columns(typed).with_columns(
        crm_country=pl.lit("DE"), erp_country=pl.lit("DE"), crm_more=pl.lit("10115 Berlin"), erp_more=pl.lit("10115 Berlin")
    )


def swapped(asked):
    return asked.select(
        pl.col(name).alias(
            name.replace("crm", "_").replace("erp", "crm").replace("_", "erp", 1) if name[:3] == "crm" else "crm" + name[3:]
        )
        for name in asked.columns
    )


@settings(deadline=None, max_examples=60)
@given(cells())
def test_every_cell_gets_one_verdict_and_a_reason_that_is_known(asked):
    rule, rows = asked
    told = judged(rule, rows)
    assert told.height == rows.height
    assert told.null_count().row(0) == (0, 0)
    assert set(told["reason"]) <= set(REASONS)


@settings(deadline=None, max_examples=60)
@given(cells())
def test_nothing_differs_from_itself(asked):
    rule, rows = asked
    rule = Rule(**{**rule.__dict__, "units": (None, None)})
    same = rows.with_columns(erp="crm", erp_raw="crm_raw")
    assert set(judged(rule, same)["verdict"]) <= {str(Verdict.EQUAL)}
    assert not same.select(unsettled(rule).alias("u"))["u"].any()


@settings(deadline=None, max_examples=60)
@given(cells())
def test_swapping_the_sides_swaps_the_reasons_and_nothing_else(asked):
    rule, rows = asked
    here, there = judged(rule, rows), judged(rule.mirrored, swapped(rows))
    assert there["verdict"].to_list() == here["verdict"].to_list()
    assert there["reason"].to_list() == [MIRRORED.get(reason, reason) for reason in here["reason"]]


@settings(deadline=None, max_examples=60)
@given(cells(), st.randoms())
def test_the_order_of_the_cells_has_no_say(asked, random):
    rule, rows = asked
    order = random.sample(range(rows.height), rows.height)
    assert judged(rule, rows[order]).equals(judged(rule, rows)[order])


@settings(deadline=None, max_examples=60)
@given(cells())
def test_what_nobody_has_to_ask_about_is_equal(asked):
    rule, rows = asked
    settled = rows.filter(~rows.select(unsettled(rule).alias("u"))["u"])
    harmless = {str(Verdict.EQUAL), str(Verdict.EQUAL_BY_RULE), str(Verdict.NOT_COMPARABLE)}
    assert set(judged(rule, settled)["verdict"]) <= harmless


TIGHTER = [
    (Kind.MONEY, "tolerance"), (Kind.MONEY, "relative"), (Kind.MONEY, "minor_units"), (Kind.QUANTITY, "tolerance"),
    (Kind.DATE, "days"), (Kind.DATE, "business_days"), (Kind.DATETIME, "seconds"), (Kind.DATETIME, "days"),
]  # fmt: skip  # a table


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(TIGHTER), st.data())
def test_a_tighter_tolerance_never_hides_a_difference(which, data):
    kind, name = which
    whole = "days" in name
    number = st.integers(0, 5) if whole else st.floats(0, 5)
    tight, loose = sorted((data.draw(number), data.draw(number)))
    values = st.floats(-100, 100).map(lambda n: f"{n:.3f}")
    if kind is Kind.DATE:
        values = st.dates(dt.date(2026, 3, 1), dt.date(2026, 3, 14)).map(str)
    elif kind is Kind.DATETIME:
        start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
        values = st.integers(0, 200_000).map(lambda seconds: (start + dt.timedelta(seconds=seconds)).isoformat())
    rows = frame(kind, data.draw(st.lists(st.tuples(values, values), min_size=1, max_size=8)))
    by = {limit: judged(Rule(kind, **{name: limit}), rows)["verdict"] == str(Verdict.DIFFERENT) for limit in (tight, loose)}
    assert not (by[loose] & ~by[tight]).any()


@settings(deadline=None, max_examples=60)
@given(cells())
def test_a_rule_that_does_not_hold_never_hides_a_difference(asked):
    rule, rows = asked
    strict = Rule(**{**rule.__dict__, "counts": frozenset(REASONS)})
    different = judged(rule, rows)["verdict"].is_in([str(Verdict.DIFFERENT), str(Verdict.ONE_SIDED)])
    still = judged(strict, rows)["verdict"].is_in([str(Verdict.DIFFERENT), str(Verdict.ONE_SIDED)])
    assert not (different & ~still).any()


@settings(deadline=None, max_examples=60)
@given(cells())
def test_standardising_twice_is_once(asked):
    rule, rows = asked
    for side in ("crm", "erp"):
        again = standard(rule.kind, pl.col(side), rows.schema[side], Reading(country=pl.lit("DE")))
        assert rows.select(again.alias(side))[side].equals(rows[side], null_equal=True)
