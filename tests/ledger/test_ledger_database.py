import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import NullPool, create_engine, delete, event, select, update

from reconcile.errors import (
    FileUnreadable,
    LedgerTooNew,
    LedgerUnusable,
    ProjectLocked,
    StoreUnwritable,
    UnknownRun,
)
from reconcile.ledger import Ledger
from reconcile.ledger.tables import audit, runs

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[2]


def edit(url, *statements: str):
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as db:
        for statement in statements:
            db.exec_driver_sql(statement)


def test_runs_are_remembered_newest_first(ledger):
    ledger.start_run("r1", AT, "anna")
    ledger.finish_run("r1", "done", {"breaks": 3})
    ledger.start_run("r2", AT + dt.timedelta(hours=1), "anna")
    frame = ledger.runs()
    assert frame["run_id"].to_list() == ["r2", "r1"]
    assert frame["state"].to_list() == ["running", "done"]
    assert frame.filter(run_id="r1").row(0, named=True)["summary"] == '{"breaks":3}'
    assert ledger.runs(limit=1, offset=1)["run_id"].to_list() == ["r1"]
    with pytest.raises(UnknownRun):
        ledger.finish_run("nope", "done", {})


def _trail(url, count=6):
    with Ledger.open(url) as ledger:
        for n in range(count):
            ledger.start_run(f"r{n}", AT, "anna")
        assert ledger.verify_audit() is None


@pytest.mark.parametrize("column", ["at", "who", "event", "subject", "detail", "prev_hash", "hash"])
def test_any_changed_column_of_the_trail_is_found(url, column):
    _trail(url)
    edit(url, f"UPDATE audit SET {column} = 'x' || substr({column}, 2) WHERE seq = 4")
    with Ledger.open(url) as ledger:
        assert ledger.verify_audit() == 4


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_changed_byte_of_the_trail_is_found(new_ledger, data):
    with new_ledger() as url:
        _any_byte(url, data)


def _any_byte(url, data):
    _trail(url, 3)
    seq = data.draw(st.integers(1, 3))
    column = data.draw(st.sampled_from(["at", "who", "event", "subject", "detail", "hash"]))
    with create_engine(url, poolclass=NullPool).begin() as db:
        entry = audit.c.seq == seq
        text = db.execute(select(audit.c[column]).where(entry)).scalar_one()
        place = data.draw(st.integers(0, len(text) - 1))
        char = data.draw(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters=text[place]))
        db.execute(update(audit).where(entry).values({column: text[:place] + char + text[place + 1 :]}))
    with Ledger.open(url) as ledger:
        assert ledger.verify_audit() == seq


@pytest.mark.parametrize(
    ("tampering", "bad"),
    [
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 6", 6),
        ("DELETE FROM audit", 1),
        ("DELETE FROM audit_head", 7),
        ("UPDATE audit SET seq = 9 WHERE seq = 6", 6),
        ("INSERT INTO audit SELECT 7, at, who, event, subject, detail, hash, hash FROM audit WHERE seq = 6", 7),
    ],
)
def test_entries_taken_out_moved_or_added_are_found(url, tampering, bad):
    _trail(url)
    edit(url, tampering)
    with Ledger.open(url) as ledger:
        assert ledger.verify_audit() == bad


def test_one_run_at_a_time_and_the_same_thread_may_nest(url, ledger):
    with Ledger.open(url) as other:
        with ledger.locked("run by anna"), ledger.locked("push by anna"):
            with pytest.raises(ProjectLocked, match=f"run by anna, process {os.getpid()} on "), other.locked("run by bert"):
                pass
            with ThreadPoolExecutor(1) as thread, pytest.raises(ProjectLocked):
                thread.submit(_lock_once, ledger).result()
        with other.locked("run by bert"):
            pass


def _lock_once(ledger):
    with ledger.locked("another thread"):
        pass


def test_an_error_under_the_lock_gives_it_back(ledger):
    with pytest.raises(ZeroDivisionError), ledger.locked("run by anna"):
        raise ZeroDivisionError
    with ledger.locked("run by bert"):
        pass


_HOLDER = """
import datetime as dt, sys
from reconcile.ledger import Ledger
ledger = Ledger.open(sys.argv[1])
with ledger.locked("run by a process"):
    ledger.start_run("lost", dt.datetime.now(dt.UTC), "bert")
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_the_lock_of_a_killed_process_is_recognised_and_its_run_interrupted(url, ledger):
    command = [sys.executable, "-c", _HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(ProjectLocked, match=f"run by a process, process {process.pid}"), ledger.locked("mine"):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    with ledger.locked("mine"):
        assert ledger.runs()["state"].to_list() == ["interrupted"]


@pytest.mark.skipif(sys.platform != "linux", reason="only there the start of a process is known")
def test_a_number_that_another_process_got_meanwhile_is_no_holder(url, ledger):
    row = f"1, 't', 'run by anna', '{os.uname().nodename}', {os.getpid()}, 'other:1', '2026'"
    edit(url, f"INSERT INTO project_lock VALUES ({row})")
    with ledger.locked("mine"):
        pass


def test_a_holder_on_another_host_is_believed(url, ledger):
    edit(url, "INSERT INTO project_lock VALUES (1, 't', 'run by anna', 'elsewhere', 1, '', '2026')")
    with pytest.raises(ProjectLocked, match="elsewhere"), ledger.locked("mine"):
        pass


def test_writers_from_many_threads_stand_in_line(url):
    ready = threading.Barrier(4)

    def writer(n):
        with Ledger.open(url) as ledger:
            ready.wait()
            for k in range(10):
                ledger.start_run(f"r{n}-{k}", AT, "anna")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(writer, range(4)))
    with Ledger.open(url) as ledger:
        assert ledger.runs().height == 40
        assert ledger.verify_audit() is None


def test_readers_do_not_wait_for_a_writer(url, ledger):
    ledger.start_run("r1", AT, "anna")
    with ledger._database.write() as writer:
        writer.execute(delete(runs))
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(ledger.runs).result().height == 1


def test_a_ledger_of_a_later_version_is_refused(url, ledger):
    edit(url, "UPDATE schema_version SET version = 99")
    with pytest.raises(LedgerTooNew, match="version 99"):
        Ledger.open(url)


def test_a_file_that_is_no_ledger_is_said_and_left(tmp_path):
    file = tmp_path / "ledger.db"
    url = f"sqlite:///{file}"
    file.write_text("this is no database at all, but a letter to my bank" * 50)
    with pytest.raises(FileUnreadable, match="not a database"):
        Ledger.open(url)
    assert file.read_text().startswith("this is no database")


def test_a_place_that_can_not_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnwritable):
        Ledger.open(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")
    with pytest.raises(StoreUnwritable, match="unable to open"):
        Ledger.open(f"sqlite:///{tmp_path}")


def test_a_full_disk_is_said_and_nothing_is_half_done(tmp_path):
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger._database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    ledger.close()

    def small(connection, _record):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(ledger._database.engine, "connect", small)
    with pytest.raises(StoreUnwritable, match="full"):
        ledger.finish_run(_started(ledger), "done", {"text": "x" * 100_000})
    assert ledger.runs()["state"].to_list() == ["running"]
    assert ledger.verify_audit() is None
    ledger.close()


def _started(ledger):
    ledger.start_run("r1", AT, "anna")
    return "r1"


@pytest.mark.parametrize("url", ["nonsense", "nodatabase://host/x", "postgresql+nodriver://u:hunter2@host/x"])
def test_a_wrong_url_is_said_without_its_password(url):
    with pytest.raises(LedgerUnusable, match="can't be opened") as caught:
        Ledger.open(url)
    assert "hunter2" not in str(caught.value)
