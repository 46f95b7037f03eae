"""The base: what both systems agreed on last, kept for as long as the pair is linked, and written only where it is news."""

import datetime as dt
import itertools
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from older_ledger import without_lives
from sqlalchemy import NullPool, create_engine

from reconcile.ledger import Ledger
from reconcile.results import BASE

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FIELDS = ("city", "name", "vat")
VALUE = pl.Struct({"crm": pl.String, "erp": pl.String})


def day(number):
    return AT + dt.timedelta(days=number)


def agreed(cells, fields=FIELDS):
    """`cells`: (crm_key, erp_key) to field to (crm, erp)."""
    rows = [
        {
            "crm_key": pair[0],
            "erp_key": pair[1],
            **{f: dict(zip(("crm", "erp"), said[f], strict=True)) if f in said else None for f in fields},
        }
        for pair, said in cells.items()
    ]
    return pl.DataFrame(rows, schema={"crm_key": pl.String, "erp_key": pl.String, **dict.fromkeys(fields, VALUE)})


def links(pairs):
    return pl.DataFrame(list(pairs), schema={"crm_key": pl.String, "erp_key": pl.String}, orient="row")


def record(ledger, cells, run, fields=FIELDS, linked=None):
    return ledger.record_base("customers", agreed(cells, fields), links(cells if linked is None else linked), f"r{run}", day(run))


def held(ledger):
    rows = ledger.base("customers").rows()
    assert len({row[:3] for row in rows}) == len(rows)
    return {row[:3]: row[3:] for row in rows}


ONE = {("c1", "e1"): {"city": ("Leeds", "LEEDS"), "vat": (None, None)}}


def test_what_is_agreed_is_read_back_as_each_side_wrote_it(ledger):
    assert record(ledger, ONE, 1) == 1
    assert ledger.base("customers").schema == BASE
    assert held(ledger) == {
        ("c1", "e1", "city"): ("Leeds", "LEEDS", day(1), "r1"),
        ("c1", "e1", "vat"): (None, None, day(1), "r1"),
    }
    assert ledger.base("contacts").is_empty()


def test_to_agree_twice_is_to_agree_once(ledger):
    record(ledger, ONE, 1)
    before, entries = held(ledger), ledger.audit_head()
    assert record(ledger, ONE, 2) == 0
    assert held(ledger) == before
    assert ledger.audit_head() == entries


def test_only_the_field_with_another_value_is_dated_anew_and_a_difference_keeps_what_was_agreed(ledger):
    record(ledger, {("c1", "e1"): {"city": ("Leeds", "Leeds"), "name": ("A", "A")}, ("c2", "e2"): {"city": ("B", "B")}}, 1)
    assert record(ledger, {("c1", "e1"): {"name": ("A", "a"), "vat": ("1", "1")}, ("c2", "e2"): {"city": ("B", "B")}}, 2) == 1
    assert held(ledger) == {
        ("c1", "e1", "city"): ("Leeds", "Leeds", day(1), "r1"),
        ("c1", "e1", "name"): ("A", "a", day(2), "r2"),
        ("c1", "e1", "vat"): ("1", "1", day(2), "r2"),
        ("c2", "e2", "city"): ("B", "B", day(1), "r1"),
    }


def test_a_field_that_is_no_longer_compared_keeps_its_base(ledger):
    record(ledger, {("c1", "e1"): {"city": ("Leeds", "Leeds"), "name": ("A", "A")}}, 1)
    record(ledger, {("c1", "e1"): {"name": ("B", "B")}}, 2, fields=("name",))
    assert held(ledger)[("c1", "e1", "city")] == ("Leeds", "Leeds", day(1), "r1")


def test_a_record_with_another_partner_inherits_nothing_and_its_first_partner_finds_nothing_when_it_is_back(ledger):
    record(ledger, ONE, 1)
    record(ledger, {("c1", "e2"): {"name": ("A", "A")}}, 2)
    assert {key[:2] for key in held(ledger)} == {("c1", "e2")}
    record(ledger, {("c1", "e1"): {}}, 3)
    assert held(ledger) == {}


def test_a_pair_that_agrees_on_nothing_now_is_kept_as_long_as_it_is_linked(ledger):
    record(ledger, ONE, 1)
    assert record(ledger, {}, 2, linked=ONE) == 0
    assert len(held(ledger)) == 2
    assert record(ledger, {}, 3, linked=()) == 0
    assert held(ledger) == {}


def test_other_systems_and_entities_have_their_own(url):
    with Ledger.open(url, crm="salesforce", erp="s4") as one, Ledger.open(url, crm="salesforce", erp="shop") as two:
        record(one, ONE, 1)
        record(two, {("c1", "e1"): {"city": ("York", "York")}}, 1)
        two.record_base("contacts", agreed({}), links([]), "r2", day(2))
        assert held(one)[("c1", "e1", "city")][0] == "Leeds"
        assert held(two)[("c1", "e1", "city")][0] == "York"


def test_one_may_ask_for_some_records(ledger):
    record(ledger, {(f"c{n}", f"e{n}"): {"city": ("x", "y")} for n in range(30)}, 1)
    assert sorted(ledger.base("customers", ["c3", "c4", "none"])["erp_key"]) == ["e3", "e4"]
    assert ledger.base("customers", []).is_empty()


_TEXT = st.none() | st.text(max_size=5) | st.sampled_from(["", '"', "\\", "],[", "null", "有限公司", "\x00", "\u2028", "{}"])
_CELLS = st.dictionaries(st.sampled_from(FIELDS), st.tuples(_TEXT, _TEXT))
_RUN = st.dictionaries(st.integers(0, 4), st.tuples(st.integers(0, 4), _CELLS))


@pytest.fixture(scope="module")
def shared_url(new_ledger):
    with new_ledger() as url:
        yield url


NUMBERS = itertools.count()


@settings(max_examples=40)
@given(runs=st.lists(_RUN, min_size=1, max_size=4), data=st.data())
def test_the_base_is_the_last_agreement_of_each_linked_pair_whatever_the_order_of_rows(shared_url, runs, data):
    wanted, name = {}, f"crm{next(NUMBERS)}"
    with Ledger.open(shared_url, crm=name) as ledger, Ledger.open(shared_url, crm=f"{name} shuffled") as other:
        for number, run in enumerate(runs):
            taken = set()
            cells = {(f"c{c}", f"e{e}"): said for c, (e, said) in run.items() if not (e in taken or taken.add(e))}
            wanted = {key: value for key, value in wanted.items() if key[:2] in cells}
            before = dict(wanted)
            for pair, said in cells.items():
                for field, values in said.items():
                    if wanted.get((*pair, field), ())[:2] != values:
                        wanted[(*pair, field)] = (*values, day(number), f"r{number}")
            touched = {key[:2] for key, value in wanted.items() if before.get(key) != value}
            assert record(ledger, cells, number) == len(touched)
            assert record(ledger, cells, number + 1) == 0
            shuffled = dict(data.draw(st.permutations(list(cells.items()))))
            record(other, shuffled, number, fields=data.draw(st.permutations(FIELDS)))
            assert held(ledger) == held(other) == wanted


def test_a_ledger_of_the_version_before_starts_with_an_empty_base_and_keeps_the_rest(url):
    with Ledger.open(url) as ledger:
        ledger.start_run("r0", AT, "anna")
    with create_engine(url, poolclass=NullPool).begin() as db:
        without_lives(db)
        db.exec_driver_sql("DROP TABLE base")
        db.exec_driver_sql("ALTER TABLE crosswalk DROP COLUMN model")
        db.exec_driver_sql("UPDATE schema_version SET version = 3")
    with Ledger.open(url) as ledger:
        assert ledger.base("customers").is_empty()
        assert record(ledger, ONE, 1) == 1
        assert ledger.runs()["run_id"].to_list() == ["r0"]
    with Ledger.open(url) as ledger:
        assert len(held(ledger)) == 2


_DIES = """
import os, signal, sys
sys.path.insert(0, sys.argv[2])
from sqlalchemy import Engine, event
from reconcile.ledger import Ledger, database
from test_ledger_agreements import record

database.ROWS = 10
statements = []
def dies(connection, cursor, statement, *_):
    if " base " in statement and statement.startswith(("UPDATE", "INSERT", "DELETE")):
        statements.append(statement.split()[0])
        if len(statements) == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)
with Ledger.open(sys.argv[1]) as ledger:
    event.listen(Engine, "after_cursor_execute", dies)
    record(ledger, {(f"c{n}", f"e{n}"): {"city": ("new", "new")} for n in range(20, 80)}, 2)
"""


@pytest.mark.parametrize("statement", [1, 3, 7])
def test_a_run_that_dies_in_the_middle_leaves_the_old_base_whole(url, statement):
    with Ledger.open(url) as ledger:
        record(ledger, {(f"c{n}", f"e{n}"): {"city": ("old", "old")} for n in range(50)}, 1)
        before = held(ledger)
    here = Path(__file__).parent
    command = [sys.executable, "-c", _DIES, url, str(here), str(statement)]
    done = subprocess.run(command, cwd=here.parents[1], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Ledger.open(url) as ledger:
        assert held(ledger) == before
        assert ledger.verify_audit() is None
        assert record(ledger, {("c1", "e1"): {"city": ("new", "new")}}, 3, linked=[("c1", "e1")]) == 1
