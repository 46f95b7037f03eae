"""A ledger is made, taken over or refused by its version; whoever opens it first does so for all."""

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, inspect, make_url, select, text

from reconcile.errors import LedgerTooNew, LedgerUnusable, SystemUnreachable
from reconcile.ledger import Ledger
from reconcile.ledger.migrations import REVISIONS, head, revision
from reconcile.ledger.tables import SCHEMA_VERSION, schema_version

HERE = Path(__file__).parent


@pytest.fixture
def empty_url(request, new_ledger, tmp_path):
    """A database without tables."""
    if request.node.callspec.params["new_ledger"] == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    with request.getfixturevalue("cluster").database("template0") as url:
        yield url


@pytest.fixture
def first_url(empty_url):
    """A ledger as version 1 of the program left it, with a run, two links, two actions and one approval."""
    if empty_url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(empty_url).database)) as db:
            db.executescript((HERE / "version_1_sqlite.sql").read_text(encoding="utf-8"))
    else:
        url = make_url(empty_url)
        with psycopg.connect(host=url.query["host"], user=url.username, dbname=url.database) as db:
            db.execute((HERE / "version_1_postgresql.sql").read_text(encoding="utf-8"))
    return empty_url


def _one(url, query):
    with create_engine(url, poolclass=NullPool).connect() as db:
        return db.execute(query).scalar_one()


def _shape(url):
    """Every table with its columns, keys and indexes, in no order."""
    there = inspect(create_engine(url, poolclass=NullPool))
    return {
        name: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"], c["primary_key"] > 0) for c in _columns(there, name)},
            "unique": sorted((c["name"], c["column_names"]) for c in there.get_unique_constraints(name)),
            "indexes": sorted((i["name"], i["column_names"], bool(i["unique"])) for i in there.get_indexes(name)),
        }
        for name in there.get_table_names()
        if name != REVISIONS
    }


def _columns(there, name):
    keys = there.get_pk_constraint(name)["constrained_columns"]
    return [{**column, "primary_key": column["name"] in keys} for column in there.get_columns(name)]


def test_tables_and_migrations_agree(first_url, url):
    said = f"v{SCHEMA_VERSION + 1:04d}_….py"
    todo = f"tables.py and the migrations differ: write reconcile/ledger/migrations/versions/{said}, raise SCHEMA_VERSION"
    assert head() == revision(SCHEMA_VERSION), todo
    Ledger.open(first_url).close()
    Ledger.open(url).close()
    new, upgraded = _shape(url), _shape(first_url)
    assert {name: upgraded.get(name) for name in new} == new, todo
    assert set(upgraded) == set(new), todo


def test_a_ledger_of_the_first_version_is_taken_over_with_all_it_holds(first_url):
    for _ in range(2):
        with Ledger.open(first_url) as ledger:
            assert ledger.verify_audit() is None
            assert ledger.runs()["run_id"].to_list() == ["r1"]
            assert sorted(ledger.crosswalk()["rung"]) == ["exact", "person"]
            assert {a.id: (a.state.value, a.changes[0].after) for a in ledger.actions()} == {
                "u1": ("approved", "北京 Acme 'x'"),
                "c1": ("proposed", "New"),
            }
            assert ledger.approvals(["u1"])["comment"].to_list() == ["seen"]
    assert _one(first_url, select(schema_version.c.version)) == SCHEMA_VERSION
    assert _one(first_url, text(f"SELECT version_num FROM {REVISIONS}")) == revision(SCHEMA_VERSION)


def test_a_step_that_fails_leaves_the_ledger_as_it_was(first_url):
    with create_engine(first_url, poolclass=NullPool).begin() as db:  # the last step's own statement can't be done
        db.exec_driver_sql("ALTER TABLE audit RENAME COLUMN subject TO topic")
    before = _shape(first_url)
    with pytest.raises(Exception, match="subject"):
        Ledger.open(first_url)
    assert _shape(first_url) == before
    assert _one(first_url, select(schema_version.c.version)) == 1


_OPENER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from reconcile.ledger import Ledger
import reconcile.ledger.migrations

def opened(url):
    with Ledger.open(url) as ledger:
        return ledger.verify_audit() is None

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as threads:
    print(sum(threads.map(opened, [sys.argv[1]] * 4)))
"""


def _race(url, openers=2):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([sys.executable, "-c", _OPENER, url], cwd=HERE.parents[1], **pipes) for _ in range(openers)]
    for process in started:
        assert process.stdout.readline() == "ready\n", process.communicate()[1]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    return Counter("".join(process.communicate(timeout=300)) for process in started)


def test_several_processes_that_open_a_new_ledger_at_once_make_one(empty_url):
    assert _race(empty_url) == {"4\n": 2}
    assert _one(empty_url, select(schema_version.c.version)) == SCHEMA_VERSION
    assert _one(empty_url, text("SELECT count(*) FROM audit_head")) == 1


def test_several_processes_that_open_an_old_ledger_at_once_upgrade_it_once(first_url):
    assert _race(first_url) == {"4\n": 2}
    assert _one(first_url, text(f"SELECT version_num FROM {REVISIONS}")) == revision(SCHEMA_VERSION)


def test_a_ledger_that_is_up_to_date_is_opened_by_one_select_and_without_alembic(url):
    Ledger.open(url).close()
    program = f"""
import sys
from sqlalchemy import event, Engine
from reconcile.ledger import Ledger
said = []
event.listen(Engine, "before_cursor_execute", lambda c, cursor, statement, *_: said.append(statement.split()[0]))
Ledger.open({url!r}).close()
print(said.count("SELECT"), "alembic" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HERE.parents[1])
    assert done.stdout == "1 False\n"


def test_a_later_version_is_refused_and_left(url):
    Ledger.open(url).close()
    with create_engine(url, poolclass=NullPool).begin() as db:
        db.exec_driver_sql(f"UPDATE schema_version SET version = {SCHEMA_VERSION + 1}")
    with pytest.raises(LedgerTooNew, match=f"version {SCHEMA_VERSION + 1}"):
        Ledger.open(url)


def test_the_database_of_another_application_is_left_alone(empty_url):
    with create_engine(empty_url, poolclass=NullPool).begin() as db:
        db.exec_driver_sql("CREATE TABLE runs (distance INTEGER)")
    with pytest.raises(LedgerUnusable, match="table runs that is no ledger's"):
        Ledger.open(empty_url)
    assert inspect(create_engine(empty_url, poolclass=NullPool)).get_table_names() == ["runs"]


def test_a_server_that_is_away_is_said_without_the_password():
    for url in ("postgresql+psycopg://anna:hunter2@127.0.0.1:1/l", "postgresql+psycopg://127.0.0.1:1/l?password=hunter2"):
        with pytest.raises(SystemUnreachable, match=r"ledger: .*127\.0\.0\.1:1/l can't be reached: .*refused") as caught:
            Ledger.open(url)
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_driver_that_is_missing_is_said_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(LedgerUnusable, match=r"pip install 'crm-erp-reconcile\[postgres\]'"):
        Ledger.open("postgresql+psycopg://host/x")


def test_a_user_who_may_make_no_tables_is_told_so(cluster):
    with cluster.database("template0") as url:
        with create_engine(url, poolclass=NullPool).begin() as db:
            db.exec_driver_sql("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        with pytest.raises(LedgerUnusable, match="permission denied for schema public"):
            Ledger.open(url.replace("postgres@", "guest@"))


def test_a_ledger_outlives_a_restart_of_its_server(cluster):
    with cluster.database() as url, Ledger.open(url) as ledger:
        ledger.runs()
        cluster.disconnect_all()
        assert ledger.runs().is_empty()
