"""Files whose columns have names of their own: a suite says what they hold, so that rules on numbers and dates work on text."""

import polars as pl
import pytest

from expectations import Child
from expectations.load import parse_suite
from reconcile.errors import InvalidConfig
from reconcile.progress import Silent
from reconcile.records import Kind
from reconcile.wiring.checking import AskedOfFile, check_file
from reconcile.wiring.files import typed

SUITE = """\
entity: consignments
owner: me
kinds: {Sent on: date, Weight: quantity}
rules:
  - name: weight_is_positive
    expect: expect_column_values_to_be_between
    kwargs: {column: Weight, min_value: 0, strict_min: true}
    severity: major
    message: {en: No weight., zh: 没有重量。}
  - name: sent_this_century
    expect: expect_column_values_to_be_between
    kwargs: {column: Sent on, min_value: 2000-01-01}
    severity: minor
    message: {en: Old., zh: 太早。}
"""


def test_columns_are_read_as_the_suite_says(tmp_path):
    (tmp_path / "own.yaml").write_text(SUITE, encoding="utf-8")
    (tmp_path / "sent.csv").write_text("Weight,Sent on\n9,1/31/2026\n10,12/1/1999\n-2,1/2/2026\n", encoding="utf-8")
    with Child() as child:
        result = check_file(AskedOfFile(tmp_path / "sent.csv", str(tmp_path / "own.yaml")), child, Silent())
    assert result.notes == ()
    found = result.findings.select("rule", "key", "value").rows()
    assert found == [("weight_is_positive", "3", "-2"), ("sent_this_century", "2", "12/1/1999")]


def test_a_canonical_column_keeps_its_kind():
    frame = pl.DataFrame({"price": ["$1.50"], "when": ["31.12.2025"], "other": ["1"]})
    read = typed(frame, "products", {"price": Kind.TEXT, "when": Kind.DATE, "gone": Kind.DATE})
    assert read["price"].to_list() == [1.5]
    assert read.schema["when"] == pl.Date
    assert set(read.columns) == {*frame.columns, "raw:price", "raw:when"}


def test_an_unknown_kind_is_a_fault_with_its_line(tmp_path):
    with pytest.raises(InvalidConfig, match=r"kinds\.Weight"):
        parse_suite(SUITE.replace("quantity", "heaviness").encode(), tmp_path / "own.yaml")
