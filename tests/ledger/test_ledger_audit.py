"""The audit trail holds against a change of any byte, for our own verification and for the script that the documents print."""

from __future__ import annotations

import datetime as dt
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconcile.ledger import Ledger

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
COLUMNS = ("seq", "at", "who", "event", "subject", "detail", "prev_hash", "hash")
PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


def script() -> str:
    return re.search(r"(?ms)^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"))[1]


@pytest.fixture(scope="module")
def trail(tmp_path_factory):
    """A ledger with a few entries, its file, and the script of the document as a function."""
    folder = tmp_path_factory.mktemp("audit")
    (folder / "verify_audit.py").write_text(script(), encoding="utf-8")
    path = folder / "ledger.db"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        for n, who in enumerate(("anna", "李伟", 'b"e\\rt\n', "")):
            ledger.start_run(f"r{n}", AT, who)
            ledger.finish_run(f"r{n}", "finished", {"breaks": n}, AT)
        yield ledger, path


def ran(path: Path) -> tuple[int, str]:
    """The script in a process of its own, with nothing but Python's own library."""
    command = [sys.executable, "-I", "-S", str(path.parent / "verify_audit.py"), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def by_script(path: Path, monkeypatch, capsys) -> int | None:
    """What the script names as bad, run in this process, where it costs nothing."""
    monkeypatch.setattr(sys, "argv", ["verify_audit.py", str(path)])
    capsys.readouterr()
    names: dict[str, object] = {}
    try:
        exec(script(), names)  # noqa: S102 - the script of our own document is what is tested
        code: object = 0
    except SystemExit as stop:
        code = stop.code
    finally:
        names["ledger"].close()  # type: ignore[attr-defined]  # the script's own name for its connection
    said = capsys.readouterr().out
    assert (code == 0) == said.startswith("OK")
    found = re.match(r"BROKEN at entry (\d+)", said)
    return int(found[1]) if found else None


def stored(path: Path, seq: int, column: str) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT CAST({column} AS BLOB) FROM audit WHERE seq = ?", (seq,)).fetchone()[0]


def put(path: Path, seq: int, column: str, value: bytes) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        kind = "INTEGER" if column == "seq" else "TEXT"
        connection.execute(f"UPDATE audit SET {column} = CAST(? AS {kind}) WHERE seq = ?", (value, seq))


def test_the_script_finds_a_good_ledger_good(trail):
    ledger, path = trail
    count, head = ledger.audit_head()
    assert (ledger.verify_audit(), count) == (None, 8)
    assert ran(path) == (0, f"OK: 8 entries, the last with hash {head}\n")


def test_the_script_is_short_and_needs_python_alone():
    assert len(script().splitlines()) <= 32
    assert set(re.findall(r"(?m)^(?:import|from) (\w+)", script())) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("column", COLUMNS[1:])
def test_any_byte_of_any_entry_that_is_changed_is_found(trail, column, monkeypatch, capsys):
    """Each byte of each entry, one bit low and one bit high: the second is no UTF-8 any more."""
    ledger, path = trail
    changed = 0
    with monkeypatch.context() as patched:
        for seq in range(1, 9):
            good = stored(path, seq, column)
            for place in range(len(good)):
                bit = 0x01 if (place + seq) % 2 else 0x80
                put(path, seq, column, good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :])
                assert (ledger.verify_audit(), by_script(path, patched, capsys)) == (seq, seq)
                changed += 1
            put(path, seq, column, good)
    assert changed or column == "who"
    assert ledger.verify_audit() is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seq=st.integers(1, 8), column=st.sampled_from(COLUMNS[1:]), value=st.binary(max_size=80))
@example(seq=8, column="who", value=b"\x00")
@example(seq=3, column="detail", value=b"")
def test_any_other_value_is_found(trail, monkeypatch, capsys, seq, column, value):
    ledger, path = trail
    good = stored(path, seq, column)
    put(path, seq, column, value)
    try:
        expected = None if value == good else seq
        with monkeypatch.context() as patched:
            assert (ledger.verify_audit(), by_script(path, patched, capsys)) == (expected, expected)
    finally:
        put(path, seq, column, good)


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE audit SET seq = 9 WHERE seq = 8", 8),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 8", 8),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_head", 9),
        ("UPDATE audit_head SET seq = 7", 9),
        ("UPDATE audit SET detail = CAST(detail AS BLOB) WHERE seq = 5", 5),
    ],
)
def test_what_is_moved_or_taken_out_is_found(trail, tmp_path, change, first_bad, monkeypatch, capsys):
    _, path = trail
    copy = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        with target:
            target.execute(change)
    (tmp_path / "verify_audit.py").write_text(script(), encoding="utf-8")
    with Ledger.open(f"sqlite:///{copy}") as opened:
        assert opened.verify_audit() == first_bad
    assert by_script(copy, monkeypatch, capsys) == first_bad
    assert ran(copy)[0] == 1


def test_what_is_exported_is_the_trail_as_it_is_stored(trail):
    ledger, path = trail
    rows = [json.loads(line) for line in ledger.audit_lines()]
    with closing(sqlite3.connect(path)) as connection:
        there = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM audit ORDER BY seq").fetchall()
    assert [tuple(row.values()) for row in rows] == there
    assert list(rows[0]) == list(COLUMNS)
