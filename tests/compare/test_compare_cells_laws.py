"""Laws of comparing two keyed tables: nothing differs from itself, sides can be swapped, rows shuffled, no key pairs twice."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.compare.cells import Field, Sides, Wanted, compared
from reconcile.compare.keyed import paired
from reconcile.compare.listing import listed
from reconcile.progress import Silent
from reconcile.records import Kind

KINDS = {"name": Kind.COMPANY_NAME, "city": Kind.TEXT, "amount": Kind.MONEY, "day": Kind.DATE}
VALUES = {
    "name": st.sampled_from(["Acme Ltd", "ACME LIMITED", "Acme GmbH", "Borg", "", None]),
    "city": st.sampled_from(["Köln", "KOELN", "Koln ", "Bonn", None]),
    "amount": st.sampled_from(["1.00", "1", "1,000.00", "1000", "x", None]),
    "day": st.sampled_from(["2026-03-04", "04.03.2026", "2026-03-05", None]),
}
KEY = st.sampled_from(["a", "b", "c", "d", "a ", "ｂ", "", None])
ROWS = st.lists(st.fixed_dictionaries({"key": KEY, **VALUES}), max_size=7)
SOME = settings(max_examples=30, deadline=None)
"""Each example compares four columns twice."""
SCHEMA = {"key": pl.String, **dict.fromkeys(VALUES, pl.String)}


def differences(crm: pl.DataFrame, erp: pl.DataFrame, *, exact: bool = False) -> pl.DataFrame:
    pairs = paired(crm.select("key"), erp.select("key"), exact=exact)
    fields = [Field(name, name, name, kind) for name, kind in KINDS.items()]
    sides = Sides((crm.get_column, erp.get_column))
    with Silent().step("compare") as step:
        cells = compared(fields, pairs, sides, Wanted(lambda _field, _values: Kind.TEXT, exact=exact), step)
    return listed(cells, pairs, (crm["key"], erp["key"]))


def told(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    return sorted(frame.rows(), key=repr)


@pytest.mark.parametrize("exact", [False, True])
@SOME
@given(rows=ROWS)
def test_nothing_differs_from_itself(exact, rows):
    frame = pl.DataFrame(rows, schema=SCHEMA)
    found = differences(frame, frame, exact=exact)
    assert found.filter(pl.col("verdict") != "not-comparable").height == 0
    assert set(found["reason"]) <= {"key_repeated", "key_missing"}


_MIRRORED = {
    "empty_in_crm": "empty_in_erp",
    "empty_in_erp": "empty_in_crm",
    "missing_in_crm": "missing_in_erp",
    "missing_in_erp": "missing_in_crm",
}


@pytest.mark.parametrize("exact", [False, True])
@SOME
@given(left=ROWS, right=ROWS)
def test_swapping_the_sides_mirrors(exact, left, right):
    crm, erp = (pl.DataFrame(rows, schema=SCHEMA) for rows in (left, right))
    there, back = differences(crm, erp, exact=exact), differences(erp, crm, exact=exact)
    mirrored = back.select(
        "field", crm_value="erp_value", erp_value="crm_value", verdict="verdict", reason=pl.col("reason").replace(_MIRRORED)
    )
    assert told(there.drop("key")) == told(mirrored)


@SOME
@given(left=ROWS, right=ROWS, order=st.randoms(use_true_random=False))
def test_the_order_of_rows_has_no_say(left, right, order):
    crm, erp = (pl.DataFrame(rows, schema=SCHEMA) for rows in (left, right))
    numbered = pl.col("reason") == "key_missing"  # these are told by the number of their row
    before = differences(crm, erp).filter(~numbered)
    order.shuffle(left)
    order.shuffle(right)
    after = differences(*(pl.DataFrame(rows, schema=SCHEMA) for rows in (left, right))).filter(~numbered)
    assert told(before) == told(after)
    assert before["key"].is_sorted()


@SOME
@given(left=ROWS, right=ROWS)
def test_exact_differences_are_those_of_a_naive_join(left, right):
    """The same by dictionaries, a record at a time."""
    sides = []
    for rows in (left, right):
        by_key = defaultdict(list)
        for row in rows:
            by_key[row["key"]].append(row)
        sides.append(by_key)
    expected = []
    for key in {*sides[0], *sides[1]} - {None, ""}:
        ours, theirs = (side.get(key, []) for side in sides)
        if len(ours) > 1 or len(theirs) > 1:
            expected.append((key, None, str(len(ours)), str(len(theirs)), "not-comparable", "key_repeated"))
        elif not ours or not theirs:
            expected.append((key, None, None, None, "one-sided", "missing_in_crm" if theirs else "missing_in_erp"))
        else:
            expected += [(key, name, *both) for name in VALUES if (both := _told_naively(ours[0][name], theirs[0][name]))]
    for side, rows in enumerate((left, right)):
        for number, row in enumerate(rows, 1):
            if not row["key"]:
                values = (str(number), None) if side == 0 else (None, str(number))
                expected.append((row["key"], None, *values, "not-comparable", "key_missing"))
    crm, erp = (pl.DataFrame(rows, schema=SCHEMA) for rows in (left, right))
    assert told(differences(crm, erp, exact=True)) == sorted(expected, key=repr)


def _told_naively(ours, theirs):
    if ours == theirs:
        return None
    if ours is None or theirs is None:
        return ours, theirs, "one-sided", "empty_in_crm" if ours is None else "empty_in_erp"
    return ours, theirs, "different", "different"


@SOME
@given(left=ROWS, right=ROWS)
def test_a_rule_only_takes_differences_away(left, right):
    crm, erp = (pl.DataFrame(rows, schema=SCHEMA) for rows in (left, right))
    place = ["key", "field"]
    exact = differences(crm, erp, exact=True).filter(pl.col("field").is_not_null())
    typed = differences(crm, erp).filter(pl.col("field").is_not_null()).filter(pl.col("key").is_in(exact["key"].implode()))
    same = typed.filter(pl.col("key").str.strip_chars() == pl.col("key"))
    assert same.join(exact, on=place, how="anti", nulls_equal=True).height == 0


def test_keys_that_repeat_a_hundred_thousand_times_make_no_cross_join():
    many = 100_000
    crm = pl.DataFrame({"key": ["x"] * many + ["y"], "a": ["1"] * (many + 1)})
    erp = pl.DataFrame({"key": ["x"] * many + ["y"], "a": ["2"] * (many + 1)})
    pairs = paired(crm.select("key"), erp.select("key"))
    assert (pairs.both, pairs.repeated.select("crm", "erp").rows()) == (1, [(many, many)])


def test_two_keys_with_one_number_are_told_apart(monkeypatch):
    """The number that stands for a key may be that of another one."""
    crm = pl.DataFrame({"key": ["a", "b", "c", "d", "d"]})
    erp = pl.DataFrame({"key": ["c", "a", "e", "d"]})
    monkeypatch.setattr("reconcile.compare.keyed._hashed", lambda key: pl.repeat(7, key.height, dtype=pl.UInt64, eager=True))
    found = paired(crm, erp)
    assert found.linked.to_list() == [True, False, True, False, False]
    assert found.counterpart.gather([0, 2]).to_list() == [1, 0]
    assert [rows.to_list() for rows in found.alone] == [[1], [2]]
    assert found.repeated.select("crm", "erp").rows() == [(2, 1)]


def test_tidier_keys_pair_what_is_left():
    crm = pl.DataFrame({"key": ["C1", " C2", "Ｃ3", "N/A", "C5"]})
    erp = pl.DataFrame({"key": ["C3", "C2 ", "C1", "C9"]})
    found = paired(crm, erp)
    assert found.linked.to_list() == [True, True, True, False, False]
    assert found.counterpart.head(3).to_list() == [2, 1, 0]
    assert [rows.to_list() for rows in found.alone] == [[4], [3]]
    assert [rows.to_list() for rows in found.without] == [[3], []]
    assert paired(crm, erp, exact=True).both == 1
