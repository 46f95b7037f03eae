"""What stands in the files that people open: no formula, no lost zero, every row."""

from __future__ import annotations

import csv
import re
import zipfile

import fastexcel
import polars as pl
import pytest

from reconcile.cleanse import write_cleaned, write_rejects
from reconcile.errors import StoreUnwritable


def test_csv(tmp_path, raw, clean):
    (path,) = write_cleaned(clean(raw), tmp_path / "out", "csv")
    assert path.name == "customers_crm_cleaned.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    assert rows["6"]["name"] == '\'=HYPERLINK("http://evil")'
    assert rows["6"]["number"] == "'=1+1"
    assert rows["6"]["credit_limit"] == "-5.0"
    assert rows["2"]["number"] == "0100"
    assert rows["2"]["changed"] == "name, city, phone"
    assert rows["1"]["phone"] == "+49891234567"
    assert rows["1"]["original_name"] == "MÜLLER UND SÖHNE G.M.B.H."
    assert rows["3"]["name"] == "上海贸易有限公司"


def test_xlsx(tmp_path, raw, clean):
    (path,) = write_cleaned(clean(raw), tmp_path, "xlsx")
    with zipfile.ZipFile(path) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<f[ >]|<hyperlink", sheet)
    frame = fastexcel.read_excel(path).load_sheet(0).to_polars()
    assert frame["number"].to_list() == ["100", "0100", None, "'=1+1", "300"]
    assert frame["credit_limit"].to_list() == [1234.56, 1234.56, 5000.0, -5.0, 1000.0]


def test_parquet_keeps_types(tmp_path, raw, clean):
    done = clean(raw)
    (path,) = write_cleaned(done, tmp_path, "parquet")
    frame = pl.read_parquet(path)
    assert frame.height == done.cleaned.height
    assert frame["name"].to_list()[3] == '=HYPERLINK("http://evil")'


@pytest.mark.parametrize("format_", ["csv", "xlsx", "parquet"])
def test_a_list_without_records(tmp_path, raw, clean, format_):
    done = clean(raw.clear())
    assert write_cleaned(done, tmp_path, format_)[0].stat().st_size > 0
    assert write_rejects(done, tmp_path).read_text(encoding="utf-8-sig").startswith('"key","reason",')


def test_rejects(tmp_path, raw, clean):
    with write_rejects(clean(raw), tmp_path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["key"], row["original_name"]) for row in rows] == [("3", "second with key 3"), ("", "without key"), ("5", "")]


def test_a_cell_of_ten_megabytes(tmp_path, raw, clean):
    large = raw.with_columns(pl.when(pl.col("Id") == "1").then(pl.lit("x" * 10_000_000)).otherwise("Street").alias("Street"))
    done = clean(large)
    assert fastexcel.read_excel(write_cleaned(done, tmp_path, "xlsx")[0]).load_sheet(0).to_polars().height == 5


def test_a_folder_that_can_not_be_written(tmp_path, raw, clean):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnwritable):
        write_cleaned(clean(raw), tmp_path / "file", "csv")
