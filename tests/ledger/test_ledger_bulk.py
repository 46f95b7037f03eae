import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, delete, insert, select, update

from reconcile.ledger import Ledger, database
from reconcile.ledger.database import Database, read_frame, rows_with, write_frame
from reconcile.ledger.tables import breaks

TEXTS = st.text() | st.sampled_from(
    ["", "NULL", '"', "\\", "{}", "{a,b}", "a\nb\tc\r", "\\N", "\\.", "%s %(x)s", "'; --", "有限公司", "\x00"]
)
ROWS = st.lists(st.tuples(st.none() | TEXTS, st.none() | st.floats(allow_nan=False)), min_size=1, max_size=30)
SHOWN = ("fingerprint", "label", "value_at_risk")


@pytest.fixture(scope="module")
def ledger_database(new_ledger):
    with new_ledger() as url:
        Ledger.open(url).close()
        opened = Database(url)
        yield opened
        opened.close()


def legible(text, server):
    return text.replace("\x00", "\N{SYMBOL FOR NULL}") if text and server else text


def frame_of(rows, **names: str):
    values = {
        "fingerprint": [f"f{n}" for n in range(len(rows))],
        "label": [r[0] for r in rows],
        "value_at_risk": [r[1] for r in rows],
    }
    schema = {"fingerprint": pl.String(), "label": pl.String(), "value_at_risk": pl.Float64()}
    frame = pl.DataFrame(values, schema=schema)
    said = ("entity", "kind", "state", "first_seen", "last_seen", "first_run_id", "last_run_id")
    return frame.rename(names) if names else frame.with_columns(**{name: pl.lit("x") for name in said})


def held(connection):
    query = select(*(breaks.c[name] for name in SHOWN)).order_by(breaks.c.fingerprint)
    return read_frame(connection, query, {"value_at_risk": pl.Float64()})


@settings(max_examples=60)
@given(first=ROWS, second=ROWS)
def test_any_values_are_inserted_updated_and_deleted_as_they_are(ledger_database, first, second):
    second = (second * len(first))[: len(first)]
    with ledger_database.write() as connection:
        connection.execute(delete(breaks))
        for rows, write in ((first, _insert), (second, _update)):
            write(connection, rows)
            wanted = [(f"f{n}", legible(text, ledger_database.is_server), risk) for n, (text, risk) in enumerate(rows)]
            assert held(connection).rows() == sorted(wanted)
        here = breaks.c.fingerprint == bindparam("b_id")
        write_frame(connection, delete(breaks).where(here), pl.DataFrame({"b_id": ["f0", "no such"]}))
        assert held(connection)["fingerprint"].to_list() == sorted(f"f{n}" for n in range(1, len(first)))


def _insert(connection, rows):
    write_frame(connection, insert(breaks), frame_of(rows))


def _update(connection, rows):
    names = {name: f"b_{name}" for name in SHOWN}
    values = {"label": bindparam("b_label"), "value_at_risk": bindparam("b_value_at_risk"), "state": "y"}
    statement = update(breaks).where(breaks.c.fingerprint == bindparam("b_fingerprint"), breaks.c.entity == "x").values(values)
    write_frame(connection, statement, frame_of(rows, **names))
    assert {row[0] for row in connection.execute(select(breaks.c.state))} == {"y"}


def test_keys_of_any_number_and_shape_are_found(ledger_database, monkeypatch):
    monkeypatch.setattr(database, "ROWS", 7)
    names = [*(f"k{n}" for n in range(40)), '"', "\\", "有限公司", "{a,b}", "' OR 1=1"]
    frame = frame_of([("", 1.0)] * len(names)).with_columns(fingerprint=pl.Series(names))
    with ledger_database.write() as connection:
        connection.execute(delete(breaks))
        write_frame(connection, insert(breaks), frame)
        found = rows_with(connection, select(breaks.c.fingerprint), breaks.c.fingerprint, [*names, *names, "none", "\x00"])
        assert sorted(row[0] for row in found) == sorted(names)
        assert rows_with(connection, select(breaks.c.fingerprint), breaks.c.fingerprint, []) == []
