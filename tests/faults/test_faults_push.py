"""Small campaigns: pushes under faults and kills, on both ledgers; the verdict comes from the systems' own databases."""

from __future__ import annotations

import random
import sqlite3

import pytest
from fault_campaign import Campaign, Settings
from fault_proxy import Fault
from fault_races import race
from fault_sandbox import SandboxCase
from fault_verdict import Judge

from reconcile.records import Role
from reconcile.results import ActionState


@pytest.fixture
def case(tmp_path):
    case = SandboxCase(tmp_path)
    case.start()
    yield case
    case.close()


def test_killed_under_faults_nothing_is_lost_doubled_or_unapproved(case, ledger_url):
    settings = Settings(600, kills=7, seed=5, writes=0.25, decoys=6)
    report = Campaign(case, ledger_url, settings).run()
    assert report.verdict.counts() == {"lost": 0, "doubled": 0, "unapproved": 0, "untruthful": 0, "unknown": 0}
    assert report.verdict.states == {"verified": 600}
    assert report.killed >= 4
    assert report.faults.total() > 5
    assert report.audit_broken_at is None


def test_of_two_processes_that_push_at_once_none_sends_what_the_other_has_sent(case, ledger_url):
    report = Campaign(case, ledger_url, Settings(200, pushers=3, spares=0, writes=0, reads=0, seconds=20)).run()
    assert report.verdict.counts() == {"lost": 0, "doubled": 0, "unapproved": 0, "untruthful": 0, "unknown": 0}
    assert report.verdict.states == {"verified": 200}


def test_a_request_that_arrives_late_doubles_nothing(tmp_path):
    case = SandboxCase(tmp_path, (Role.ERP,))
    case.start()
    settings = Settings(60, seed=2, seconds=0.5, writes=0.4, reads=0, decoys=0, kinds=(Fault.LATE,))
    report = Campaign(case, f"sqlite:///{tmp_path / 'ledger.db'}", settings).run()
    case.close()
    assert report.faults.total() >= 1
    assert report.verdict.counts() == {"lost": 0, "doubled": 0, "unapproved": 0, "untruthful": 0, "unknown": 0}


def test_what_somebody_else_edits_is_never_overwritten(case, ledger_url):
    found = race(case, ledger_url, Settings(80, seed=3, pushers=1, spares=0, writes=0, reads=0, seconds=20))
    assert (found.before_push, found.before_write) == (10, 10)
    assert found.states == {"lapsed": 10, "conflict": 10}
    assert found.overwritten == []
    assert not any(found.others.values())


# The verdict sees what it is there for


@pytest.fixture
def judged(tmp_path):
    """A CRM that holds everything that was approved, and how it is judged after one more statement."""
    case = SandboxCase(tmp_path, (Role.CRM,))
    approved, _ = case.plan(8, 0, random.Random(1))  # noqa: S311  # repeatable
    books = case.books[Role.CRM]
    books.log()
    before = books.rows()
    with sqlite3.connect(books.file) as db:
        for each in approved:
            for (table, key, column), value in each.cells.items():
                db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "Id" = ?', (value, key))
            for new in each.rows:
                given = {"Id": f"new {new.mark}", "ERP_Number__c": new.mark, **_plain(new.cells)}
                names = ", ".join(f'"{name}"' for name in given)
                db.execute(f'INSERT INTO "{new.table}" ({names}) VALUES ({", ".join("?" * len(given))})', tuple(given.values()))
        db.execute("DELETE FROM fault_log")
    db.close()

    def judge(sql="", states=None):
        with sqlite3.connect(books.file) as db:
            db.executescript(sql)
        db.close()
        said = dict.fromkeys((each.action.id for each in approved), ActionState.VERIFIED) | (states or {})
        return Judge(books, before, approved).verdict(said)

    return judge


def _plain(cells):
    return {name: value if isinstance(value, str) else f"new {value.mark}" for name, value in cells.items()}


_COLUMNS = "Name, BillingCity, ERP_Number__c"
_COPY = f"INSERT INTO Account (Id, {_COLUMNS}) SELECT 'x', {_COLUMNS} FROM Account WHERE Id LIKE 'new%1'"


def test_the_verdict_is_clean_when_everything_is_as_approved(judged):
    assert judged().clean


@pytest.mark.parametrize(
    ("sql", "states", "wrong"),
    [
        ("UPDATE Account SET Name = 'Kunde 1' WHERE Name LIKE 'Kunde 1 GmbH%'", {}, {"lost", "untruthful"}),
        (
            _COPY,
            {},
            {"doubled"},
        ),
        ("INSERT INTO Account (Id, Name) VALUES ('y', 'Evil')", {}, {"unapproved"}),
        ("UPDATE Account SET Phone = '666' WHERE Phone = '1'", {}, {"unapproved"}),
        ("UPDATE Account SET BillingCity = 'Paris' WHERE Id LIKE 'new%1'", {}, {"unapproved", "lost", "untruthful"}),
        ("DELETE FROM Contact WHERE LastName = 'Old'", {}, {"unapproved"}),
        ("UPDATE Account SET Name = Name; UPDATE Account SET Name = Name", {}, {"doubled"}),
        ("", {"crm-c00001": ActionState.REFUSED}, {"untruthful"}),
        ("", {"crm-c00001": ActionState.PUSHING}, {"lost"}),
        ("", {"crm-c00001": ActionState.UNKNOWN}, {"unknown"}),
    ],
)
def test_the_verdict_names_what_is_wrong(judged, sql, states, wrong):
    counts = judged(sql, states).counts()
    assert {name for name, count in counts.items() if count} == wrong
