"""Whatever two files may hold, `reconcile match` and `reconcile dedupe` give a result or a refusal that is clear."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

FIRST = ("Anna", "Bernd", "Carla", "Dora", "Emil")
LAST = ("Abel", "Busch", "Cramer", "Dietz", "Engel", "Faber", "Gross")
TOWNS = ("Ulm", "Bonn", "Kiel", "Jena")
NO_PAIRS, NO_COLUMNS = "No column of", "has no column that its records could be compared by"


def people(count: int, start: int = 0, **columns: list) -> pl.DataFrame:
    """Records of people, each of its own, with other columns if they are given."""
    rows = range(start, start + count)
    made = {
        "id": [f"A{i}" for i in rows],
        "name": [f"{FIRST[i % 5]} {LAST[i // 5 % 7]} {i * 7919 % 10007}" for i in rows],
        "city": [TOWNS[i * 31 % 4] for i in rows],
        "phone": [f"+49{30000000 + i * 104729 % 9999991}" for i in rows],
    }
    return pl.DataFrame(made | columns, strict=False)


def strangers(count: int) -> pl.DataFrame:
    """Records of others: no name or number of `people`."""
    letters = "bcdfghjklm"
    words = ["".join(letters[int(digit)] for digit in str(i * 7907 + 12345)) for i in range(count)]
    return people(
        count, 70_001, name=[f"{w} x{w[::-1]}" for w in words], phone=[f"+1{555000000 + i * 7717}" for i in range(count)]
    )


def blank(count: int) -> pl.DataFrame:
    nothing = pl.Series([None] * count, dtype=pl.String)
    return people(count, name=nothing, city=nothing, phone=nothing)


PINNED = "fields:\n  name: {crm: name, erp: name, type: person_name}\n  city: {crm: city, erp: city, type: text}\n"
SAME = {"name": ["x"] * 50, "city": ["y"] * 50, "phone": ["1"] * 50}
INFINITE = [float("nan"), float("inf"), -float("inf"), 1.0, 5e307] * 10
CONTROL = [f"\x01\x02{name}\x07\u200b\u202e" for name in people(50)["name"]]
HUGE = ["lorem ipsum " * 80_000 + name if at < 3 else name for at, name in enumerate(people(50)["name"])]
CASES = {
    "nothing in common": (people(50), pl.DataFrame({"nr": range(50), "born": ["1990-01-01"] * 50}), NO_PAIRS, None),
    "one side is empty": (people(50), people(0), None, 0),
    "all values are equal": (people(50, **SAME), people(50, **SAME), NO_PAIRS, None),
    "all values are missing": (blank(50), blank(50), NO_PAIRS, None),
    "a key that repeats": (people(50, id=["A1"] * 50), people(50), None, 50),
    "mixed types": (people(50, city=[str(i) if i % 2 else "Ulm" for i in range(50)]), people(50), None, 50),
    "a column of all sorts": (people(50, city=["12.5", "n/a", "true", "2020-01-01", ""] * 10), people(50), None, 50),
    "no numbers among numbers": (people(50, amount=INFINITE), people(50, amount=INFINITE), None, 50),
    "control characters": (people(50, name=CONTROL), people(50), None, 50),
    "formulas": (people(50, name=[f"=1+1 {n}" for n in people(50)["name"]]), people(50), None, 50),
    "noise alone": (people(50, name=CONTROL[::-1], phone=["\x00\x01"] * 50), people(50, 900), None, None),
    "one record a side": (people(1), people(1), NO_PAIRS, None),
    "a side a hundred times larger": (people(30, 100), people(3000), None, 30),
    "no business shared": (people(300), strangers(300), None, 0),
    "a megabyte in a cell": (people(50, name=HUGE), people(50, name=HUGE), None, 50),
    "a megabyte in a key": (people(50, id=[f"{i}" * (500_000 if i < 2 else 1) for i in range(100, 150)]), people(50), None, 50),
}


@pytest.fixture(params=[".csv", ".parquet"])
def ending(request, tmp_path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    return request.param


def write(frame: pl.DataFrame, name: str) -> str:
    if name.endswith(".csv"):
        frame.write_csv(name)
    else:
        frame.write_parquet(name)
    return name


@pytest.mark.parametrize("case", CASES)
def test_two_files(cli, ending, case):
    left, right, refusal, links = CASES[case]
    answer = cli("match", write(left, f"l{ending}"), write(right, f"r{ending}"), "--out", "o.parquet", "-q")
    assert "Traceback" not in answer.err
    assert "went wrong" not in answer.err
    if refusal is not None:
        assert answer.code == 2
        assert refusal in answer.err
        assert not Path("o.parquet").exists()
        return
    assert answer.code == 0, answer.err
    found = pl.read_parquet("o.parquet").filter(pl.col("zone") == "link")
    assert found["crm_key"].is_unique().all()
    assert found["erp_key"].is_unique().all()
    if links is not None:
        assert found.height <= links
        assert found.height >= 0.9 * links


@pytest.mark.parametrize("case", CASES)
def test_one_file(cli, ending, case):
    answer = cli("dedupe", write(CASES[case][0], f"l{ending}"), "--out", "o.parquet", "-q")
    assert "Traceback" not in answer.err
    assert "went wrong" not in answer.err
    assert (answer.code, Path("o.parquet").exists()) in ((0, True), (2, False))
    if answer.code:
        assert NO_COLUMNS in answer.err


def test_one_record_a_side_is_linked_by_fields_that_are_named(cli, ending):
    write(people(1), f"l{ending}")
    write(people(40), f"r{ending}")
    Path("c.yaml").write_text("crm_key: id\nerp_key: id\n" + PINNED)
    answer = cli("match", f"l{ending}", f"r{ending}", "--out", "o.parquet", "--config", "c.yaml")
    assert answer.code == 0, answer.err
    assert set(pl.read_parquet("o.parquet")["crm_key"]) <= {"A0"}


def test_a_thousand_columns(cli, ending):
    wide = {f"c{i}": [f"v{row * (i + 1) % 89}" for row in range(60)] for i in range(1_000)}
    write(people(60), f"l{ending}")
    write(people(60, **wide), f"r{ending}")
    answer = cli("match", f"l{ending}", f"r{ending}", "--out", "o.parquet", "-q")
    assert answer.code == 0, answer.err
    assert pl.read_parquet("o.parquet").filter(pl.col("zone") == "link").height >= 54


def test_column_names_that_repeat_are_refused_by_name(cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(people(50), "r.csv")
    Path("l.csv").write_text("id,name,name\n1,a,b\n2,c,d\n")
    answer = cli("match", "l.csv", "r.csv", "--out", "o.csv")
    assert answer.code == 2
    assert "'name' twice" in answer.err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "gb18030"])
def test_encodings_are_told_apart(cli, tmp_path, monkeypatch, encoding):
    monkeypatch.chdir(tmp_path)
    word = "公司" if encoding == "gb18030" else "Müller"
    named = people(50, name=[f"{word} {name}" for name in people(50)["name"]])
    write(named, "r.csv")
    Path("l.csv").write_bytes(Path("r.csv").read_text(encoding="utf-8").encode(encoding))
    answer = cli("match", "l.csv", "r.csv", "--out", "o.parquet")
    if answer.code:  # a clear refusal, with what to do
        assert answer.code == 2
        assert "l.csv" in answer.err
    else:
        assert pl.read_parquet("o.parquet").filter(pl.col("zone") == "link").height >= 45


def test_thousands_of_equal_names_are_told_apart_by_the_rest(cli, ending):
    count = 6_000
    equal = people(count, name=["John Smith"] * count)
    answer = cli("match", write(equal, f"l{ending}"), write(equal.reverse(), f"r{ending}"), "--out", "o.parquet", "--json")
    assert answer.code == 0, answer.err
    linked = pl.read_parquet("o.parquet").filter(pl.col("zone") == "link")
    assert (linked["crm_key"] == linked["erp_key"]).all()
    assert linked.height >= 0.99 * count


def test_records_that_nothing_tells_apart_are_left_and_counted(cli, ending):
    count = 3_000
    few = {"name": [("John Smith", "Ann Lee")[i % 2] for i in range(count)], "city": [TOWNS[i // 2 % 4] for i in range(count)]}
    ours = pl.DataFrame({"id": [f"A{i}" for i in range(count)], **few})
    theirs = ours.with_columns(id=pl.format("B{}", pl.int_range(count)))
    answer = cli("match", write(ours, f"l{ending}"), write(theirs, f"r{ending}"), "--out", "o.parquet", "--json")
    if answer.code:
        assert answer.code == 2
        return
    told = {choice["what"]: choice["value"] for choice in json.loads(answer.out.splitlines()[-1])["choices"]}
    assert told["left out"] == f"{count * count // 8:,} pairs or more"
    assert pl.read_parquet("o.parquet").filter(pl.col("zone") == "link").is_empty()


def test_a_rule_that_would_explode_is_refused_before_it_is_done(cli, ending):
    towns = [f"Town {i % 50}" for i in range(8_000)]  # 160 people a side each: none so large that it is split
    write(people(8_000, city=towns), f"l{ending}")
    write(people(8_000, 4_000, city=towns), f"r{ending}")
    Path("c.yaml").write_text(PINNED + "match:\n  block: [city]\n")
    answer = cli("match", f"l{ending}", f"r{ending}", "--out", "o.parquet", "--config", "c.yaml", "--memory", "320MB")
    assert answer.code == 2
    assert "city" in answer.err
    assert "match.block" in answer.err
    assert not Path("o.parquet").exists()
    Path("c.yaml").write_text(PINNED + "match:\n  block: [city]\nmemory: 320MB\n")
    assert "match.block" in cli("match", f"l{ending}", f"r{ending}", "--out", "o.parquet", "--config", "c.yaml").err
    more = cli("match", f"l{ending}", f"r{ending}", "--out", "o.parquet", "--config", "c.yaml", "--memory", "3GB")
    assert more.code == 0, more.err


@pytest.mark.parametrize(("memory", "words"), [("100MB", "of memory to be matched"), ("a lot", "Write it as 2GB"), ("0", "2GB")])
def test_too_little_memory_is_said_at_once(cli, ending, memory, words):
    left, right = write(people(50), f"l{ending}"), write(people(50), f"r{ending}")
    answer = cli("match", left, right, "--out", "o.parquet", "--memory", memory)
    assert answer.code == 2
    assert words in answer.err
    assert not Path("o.parquet").exists()
    chinese = cli("match", left, right, "--out", "o.parquet", "--memory", memory, "--language", "zh")
    assert chinese.code == 2
    assert "内存" in chinese.err


def test_the_memory_allowed_has_no_say_in_the_result_where_it_is_enough(cli, ending):
    left, right = write(people(2_000), f"l{ending}"), write(people(2_000, 500), f"r{ending}")
    results = []
    for memory in ("600MB", "8GB"):
        assert cli("match", left, right, "--out", "o.parquet", "--memory", memory).code == 0
        results.append(pl.read_parquet("o.parquet"))
    assert results[0].equals(results[1])


def test_progress_is_told_in_both_languages(cli, ending):
    left, right = write(people(50), f"l{ending}"), write(people(50), f"r{ending}")
    assert "compare pairs" in cli("match", left, right, "--out", "o.parquet").err
    assert "逐对比较" in cli("match", left, right, "--out", "o.parquet", "--language", "zh").err


def test_a_memory_that_is_none_is_told_with_its_line(cli, ending):
    write(people(50), f"l{ending}")
    Path("c.yaml").write_text("crm_key: id\nmemory: a lot\n")
    answer = cli("dedupe", f"l{ending}", "--out", "o.parquet", "--config", "c.yaml")
    assert answer.code == 2
    assert "c.yaml:2: memory" in answer.err
