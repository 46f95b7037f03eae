"""Files of breaks: complete, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import polars as pl
import pytest

from reconcile.errors import FileUnreadable, StoreUnwritable
from reconcile.results import BREAKS
from reconcile.spreadsheet import as_csv, as_xlsx
from reports.export import write_breaks


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_break_is_in_the_file(ending, result, tmp_path):
    path = tmp_path / "new folder" / f"breaks.{ending}"
    write_breaks(result.breaks, path)
    write_breaks(result.breaks, path)
    read = pl.read_csv(path, infer_schema=False) if ending == "csv" else pl.read_excel(path)
    assert read.columns == BREAKS.names()
    assert read["fingerprint"].to_list() == result.breaks["fingerprint"].to_list()
    assert "北京晨光文具有限公司" in read["label"].to_list()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_formula_is_text_in_both(result):
    cells = next(row for row in csv.reader(io.StringIO(as_csv(result.breaks).decode("utf-8-sig"))) if "HYPERLINK" in str(row))
    assert [c for c in cells if "HYPERLINK" in c] == ['\'=HYPERLINK("http://evil.example","click")']
    with zipfile.ZipFile(io.BytesIO(as_xlsx(result.breaks, "breaks"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert not re.search(r"<f[ >]", sheet)
        assert "externalLink" not in str(book.namelist())
        assert "hyperlinks" not in sheet


def test_a_cell_longer_than_excel_allows_is_cut(result):
    long = result.breaks.head(1).with_columns(crm_value=pl.lit("x" * 100_000))
    assert len(pl.read_excel(io.BytesIO(as_xlsx(long, "breaks")))["crm_value"][0]) == 32_767
    assert len(pl.read_csv(as_csv(long))["crm_value"][0]) == 100_000


def test_nothing_found_is_an_empty_file_with_a_head(empty_result, tmp_path):
    for ending in ("csv", "xlsx"):
        write_breaks(empty_result.breaks, tmp_path / f"none.{ending}")
    assert pl.read_csv(tmp_path / "none.csv").columns == BREAKS.names()


def test_what_can_not_be_written_is_said(result, tmp_path):
    with pytest.raises(FileUnreadable, match="neither CSV nor XLSX"):
        write_breaks(result.breaks, tmp_path / "breaks.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable):
        write_breaks(result.breaks, tmp_path / "file" / "breaks.csv")
