"""What a spreadsheet opens: no cell acts as a formula, none is lost."""

from __future__ import annotations

import csv
import io
import re

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.spreadsheet import as_csv, as_xlsx, defused, write_replacing

RISKY = ["=1", "+a", "-b", "@c", "\td", "\re", " =f", " +1+1", "＝g", "－h", "|calc", "%x", "-5+cmd|' /C calc'!A0", "\u00a0=i"]
HARMLESS = ["-12.50", "+5", "+49891234567", "1,5", "Müller", "O'Brien", "2026-01-01", "a=b", "", None]


def cells(texts):
    return defused(pl.DataFrame({"a": texts}, schema={"a": pl.String}))["a"].to_list()


def test_what_looks_like_a_formula_gets_an_apostrophe():
    assert cells(RISKY) == ["'" + text for text in RISKY]


def test_plain_numbers_and_names_stay_as_they_are():
    assert cells(HARMLESS) == HARMLESS


@given(st.text(max_size=30) | st.sampled_from(RISKY))
@settings(max_examples=300, deadline=None)
def test_no_cell_begins_like_a_formula_and_twice_is_once(text):
    cell = cells([text])[0]
    assert not re.match(r"\s*[=@＝＠|%]", cell)
    assert not re.match(r"\s*[+\-＋－]", cell) or re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)*", cell)
    assert cells([cell]) == [cell]


def test_no_cell_is_parted_where_semicolons_part_cells():
    written = as_csv(pl.DataFrame({"a": ["name;=1+1"], "b": [1.5]})).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    assert not any(cell.startswith("=") for row in rows for cell in row)


def test_a_workbook_holds_texts_numbers_and_moments():
    frame = pl.DataFrame({"code": ["0100", "=1"], "amount": [-5.0, None], "at": ["2026-01-01T10:00:00Z", None]})
    moments = frame.with_columns(pl.col("at").str.to_datetime(time_zone="UTC"))
    read = pl.read_excel(io.BytesIO(as_xlsx(moments, "rows")))
    assert read["code"].to_list() == ["0100", "'=1"]
    assert read["amount"].to_list() == [-5.0, None]
    assert str(read["at"][0]) == "2026-01-01 10:00:00"


def test_what_was_there_stays_if_the_new_file_can_not_be_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("old")
    (tmp_path / ".a.csv.part").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_replacing(path, b"new")
    assert path.read_text() == "old"
