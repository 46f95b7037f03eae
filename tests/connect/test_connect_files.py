"""Files as an analyst finds them: any delimiter, any encoding, and what may be broken in them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.config.models import Source, System
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.files.sniff import delimiter_of, encoding_of
from reconcile.connect.port import OutcomeStatus, Write
from reconcile.errors import FileMissing, FileUnreadable


def connector(folder: Path) -> FilesConnector:
    return FilesConnector("shop", System(role="crm", connector="files", path="."), folder)


def source(name: str, **more: object) -> Source:
    return Source(object=name, key="id", **more)


def rows_of(folder: Path, name: str, content: bytes | str, fields=("id", "name"), **more: object) -> list[tuple[object, ...]]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return pl.concat(connector(folder).read(source(name, **more), fields)).rows()


LATIN = "abcdefghijklmnopqrstuvwxyz"
HAN = "北京上海公司有限技术贸易中国深广州杭科发展集团（）"
LATIN_NAME = st.lists(
    st.sampled_from(["Müller", "Garçon", "Ünal", "Straße", "café", "Gómez", "plain", "x; y", 'a "b"']), min_size=1
)
HAN_NAME = st.text(HAN, min_size=2, max_size=12)
CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=("Cs",)), max_size=20)


def csv_text(rows: list[tuple[str, str]], delimiter: str, newline: str) -> str:
    cells = [["id", "name"], *rows]
    return newline.join(delimiter.join('"' + c.replace('"', '""') + '"' for c in row) for row in cells) + newline


@settings(max_examples=60, deadline=None)
@given(
    names=st.one_of(st.lists(HAN_NAME, min_size=1, max_size=8), LATIN_NAME),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "legacy"]),
)
def test_what_was_written_is_read_whatever_the_delimiter_and_encoding(names, delimiter, newline, encoding):
    codec = encoding if encoding != "legacy" else "gb18030" if any(c in HAN for c in names[0]) else "windows-1252"
    rows = [(f"K{i}", name) for i, name in enumerate(names)]
    with tempfile.TemporaryDirectory() as folder:
        read = rows_of(Path(folder), "t.csv", csv_text(rows, delimiter, newline).encode(codec))
    assert read == rows


@settings(max_examples=60, deadline=None)
@given(cells=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), newline=st.sampled_from(["\n", "\r\n"]))
def test_any_cell_survives_and_only_the_empty_one_is_null(cells, newline):
    with tempfile.TemporaryDirectory() as folder:
        read = rows_of(Path(folder), "t.csv", csv_text(cells, ",", newline), encoding="utf-8", delimiter=",")
    assert read == [(a or None, b or None) for a, b in cells]


def test_values_stay_exactly_as_in_the_file(tmp_path):
    text = 'id,name\n0012," 1.234,56 "\n=1+1,<script>alert(1)</script>\n007,31.02.2026\n'
    assert rows_of(tmp_path, "t.csv", text) == [
        ("0012", " 1.234,56 "),
        ("=1+1", "<script>alert(1)</script>"),
        ("007", "31.02.2026"),
    ]


def test_ten_megabytes_in_one_cell_with_line_breaks(tmp_path):
    big = "漢字\n" * 1_500_000
    rows = rows_of(tmp_path, "t.csv", f'id,name\n1,"{big}"\n2,x\n')
    assert rows == [("1", big), ("2", "x")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,name\n1,a\n\n2\n", "line 4 has 1 cells where the header has 2"),
        ('id,name\n1,"a\nb"\n2,b,c\n', "line 4 has 3 cells where the header has 2"),
        ("id,name,id\n1,a,2\n", "line 1: the header says 'id' twice"),
        ("", "there is no header"),
        ("\n \n", "there is no header"),
        ('id,name\n1,"a\n2,b\n3,c\n', "a quote that opens on line 2 is never closed"),
        (b"id,name\n1,ok\n2,\xc3\xa4\xc3\xb6\xe9" + "ü".encode() * 20 + b"\n", "it is UTF-8, but line 3 holds a byte"),
        (b"id,name\n1,\x81\xff\n", "its encoding can't be told"),
        ("id;nom\n1;a\n", "it has no column 'name'; its columns are: id, nom"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(tmp_path, text, says):
    with pytest.raises(FileUnreadable, match=r"t\.csv") as error:
        rows_of(tmp_path, "t.csv", text)
    assert says in str(error.value)


def test_a_setting_that_is_not_the_files_own_is_said(tmp_path):
    for setting, says in [
        ({"encoding": "gb18030"}, "line 2 is not text in gb18030"),
        ({"encoding": "klingon"}, "`encoding: klingon` is not known"),
        ({"delimiter": ";"}, "Check the names, and `delimiter:`"),
        ({"delimiter": ";;"}, "is not one character"),
        ({"where": "nope = 1"}, "`where: nope = 1` can't be applied"),
    ]:
        with pytest.raises(FileUnreadable) as error:
            rows_of(tmp_path, "t.csv", b"id,name\n1,\xff\xff\n" if "encoding" in setting else "id,name\n1,a\n", **setting)
        assert says in str(error.value)


def test_what_breaks_far_down_is_said_with_its_line(tmp_path, monkeypatch):
    rows = [f"{n},value {n}" for n in range(100_000)]
    late = "\n".join(["id,name", *rows]).encode()
    for tail, setting, says in [
        (b"\n1,\xff\xfe\n", {"encoding": "utf-8"}, "line 100002 is not text in utf-8"),
        (b"\n1,\xff\xff\n", {"encoding": "gb18030"}, "line 100002 is not text in gb18030"),
        (b"\n1,\xe4\xf6x\n", {"encoding": "ascii"}, "line 100002 is not text in ascii"),
        (b"\n\n1\n", {}, "line 100003 has 1 cells"),
        (b'\n1,"open\n2,x\n', {}, "line 100002 is never closed"),
    ]:
        with pytest.raises(FileUnreadable) as error:
            rows_of(tmp_path, "t.csv", late + tail, **setting)
        assert says in str(error.value)
    assert rows_of(tmp_path, "t.csv", late + "\n1,Größe\n".encode("windows-1252"))[-1] == ("1", "Größe")
    monkeypatch.setattr("reconcile.connect.files.delimited._BLOCK_BYTES", 1 << 16)
    with pytest.raises(FileUnreadable, match=r"a record near line .* is larger than|is never closed"):
        rows_of(tmp_path, "t.csv", late + b'\n1,"' + b"x\n" * 200_000 + b'"\n')


def test_trailing_blanks_unnamed_columns_and_where(tmp_path):
    text = "id,name,\n1,a,\n2,b,x\n\n   \n"
    assert rows_of(tmp_path, "t.csv", text) == [("1", "a"), ("2", "b")]
    assert rows_of(tmp_path, "t.csv", text, where="name = 'b'") == [("2", "b")]
    assert connector(tmp_path).describe(source("t.csv")).fields == {"id", "name"}


def test_the_line_that_tells_excel_the_delimiter_is_not_the_header(tmp_path):
    assert rows_of(tmp_path, "t.csv", "sep=;\r\nid;name\r\n1;a,b,c\r\n") == [("1", "a,b,c")]
    assert rows_of(tmp_path, "t.csv", "\ufeffSEP=|\nid|name\n1|a\n") == [("1", "a")]
    with pytest.raises(FileUnreadable, match="line 4 has 3 cells"):
        rows_of(tmp_path, "t.csv", "sep=;\nid;name\n1;a\n2;b;c\n")


def test_no_record_is_dropped_for_its_key(tmp_path):
    rows = [("1", "a"), ("1", "b"), (None, "c"), (" ", "d")]
    assert rows_of(tmp_path, "t.csv", "id,name\n1,a\n1,b\n,c\n ,d\n") == rows
    pl.DataFrame(rows, schema=["id", "name"], orient="row").write_parquet(tmp_path / "t.parquet")
    assert pl.concat(connector(tmp_path).read(source("t.parquet"), ["id", "name"])).rows() == rows
    assert set(connector(tmp_path).fetch(source("t.csv"), ["1", ""], ["name"])) == {"1"}


def test_a_file_without_records_gives_one_empty_page(tmp_path):
    empty = pl.DataFrame(schema={"id": pl.String, "name": pl.String})
    empty.write_csv(tmp_path / "t.csv")
    empty.write_excel(tmp_path / "t.xlsx")
    empty.write_parquet(tmp_path / "t.parquet")
    for name in ("t.csv", "t.xlsx", "t.parquet"):
        (page,) = connector(tmp_path).read(source(name), ["name"])
        assert (page.columns, page.height) == (["name"], 0)


def test_a_missing_file_and_an_unknown_ending(tmp_path):
    assert connector(tmp_path).describe(source("t.csv")) is None
    with pytest.raises(FileMissing, match=r"t\.csv: no such file"):
        list(connector(tmp_path).read(source("t.csv"), ["id"]))
    with pytest.raises(FileUnreadable, match=r"\.doc is not known.*\.xlsx"):
        rows_of(tmp_path, "t.doc", "x")


def workbook(path: Path, rows: list[list[object]], sheet: str = "Data") -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                page.write(r, c, value)


def test_a_workbook_with_a_column_of_mixed_types(tmp_path):
    late = [[f"K{i}", i] for i in range(1500)]
    workbook(tmp_path / "t.xlsx", [["id", "name"], *late, ["0012", "text"]])
    read = pl.concat(connector(tmp_path).read(source("t.xlsx", sheet="Data"), ["name", "id"]))
    assert read.row(3) == ("3", "K3")
    assert read.row(-1) == ("text", "0012")
    workbook(tmp_path / "n.xlsx", [["id", "name"], [1001, 1.5], [1002, 2]])
    assert pl.concat(connector(tmp_path).read(source("n.xlsx"), ["id", "name"])).rows() == [(1001, 1.5), (1002, 2.0)]


def test_a_workbook_that_is_none_or_has_not_the_sheet(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(FileUnreadable, match="can't be read as a workbook"):
        connector(tmp_path).describe(source("t.xlsx"))
    workbook(tmp_path / "u.xlsx", [["id", "id"]])
    with pytest.raises(FileUnreadable, match="'id' twice"):
        connector(tmp_path).describe(source("u.xlsx"))
    with pytest.raises(FileUnreadable, match=r'sheet with name "No" not found.*check `sheet:`'):
        connector(tmp_path).describe(source("u.xlsx", sheet="No"))


def test_json_lines(tmp_path):
    text = '\ufeff{"id": "1", "name": "a", "more": 1}\r\n\r\n{"id": "2"}\n{"id": 3, "name": null}\n'
    assert rows_of(tmp_path, "t.jsonl", text) == [("1", "a"), ("2", None), ("3", None)]
    for bad, says in [('{"id": "1"}\n{"id": \n', "line 2: "), ("[1]\n", "line 1: it is no JSON object"), ("", "it is empty")]:
        with pytest.raises(FileUnreadable) as error:
            rows_of(tmp_path, "t.jsonl", bad)
        assert says in str(error.value)


def test_parquet_keeps_its_dtypes_and_knows_its_count(tmp_path):
    frame = pl.DataFrame({"id": [1, 2], "amount": [1.5, None], "day": pl.Series([None, None], dtype=pl.Date)})
    frame.write_parquet(tmp_path / "t.parquet")
    assert pl.concat(connector(tmp_path).read(source("t.parquet"), frame.columns)).equals(frame)
    assert connector(tmp_path).count(source("t.parquet")) == 2
    (tmp_path / "u.parquet").write_bytes(b"no")
    with pytest.raises(FileUnreadable, match="can't be read as Parquet"):
        connector(tmp_path).describe(source("u.parquet"))


def test_a_file_is_never_written(tmp_path):
    (outcome,) = connector(tmp_path).write([Write("a1", source("t.csv"), {"name": "x"}, key="1")])
    assert (outcome.status, outcome.key) == (OutcomeStatus.REJECTED, "1")
    assert "correct the record in the system that the file comes from" in outcome.message


def test_a_million_rows_come_in_pages(tmp_path):
    frame = pl.DataFrame({"id": pl.int_range(1_000_000, eager=True).cast(pl.String)}).with_columns(name=pl.col("id") + "北京")
    frame.write_csv(tmp_path / "t.csv")
    heights = [page.height for page in connector(tmp_path).read(source("t.csv"), ["name"])]
    assert sum(heights) == 1_000_000


@given(st.sampled_from([",", ";", "\t", "|"]), st.integers(2, 6), st.integers(1, 20))
def test_the_delimiter_is_found_among_decoys(delimiter, columns, rows):
    decoy = next(d for d in ",;|" if d != delimiter)
    line = delimiter.join([f"1{decoy}5"] + ["x"] * (columns - 1))
    header = delimiter.join(f"c{i}" for i in range(columns))
    assert delimiter_of("\n".join([header, *[line] * rows])) == delimiter


def test_one_accent_is_enough_to_tell_the_encoding(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("id,name\n1,Niño\n".encode("windows-1252"))
    assert encoding_of(path) == "windows-1252"
