import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from gate_case import AT, Case, change, create, update

from reconcile import approve

HERE = Path(__file__).parent


def _plan():
    updates = [update(f"u{n}", change("name", "Acme", f"Acme {n}"), key=f"E{n}") for n in range(60)]
    customers = [create(f"c{n}", change("name", None, f"New {n}"), source_key=f"C{n}") for n in range(30)]
    orders = [
        create(
            f"o{n}",
            change("customer", None, f"C{n}", "reference", "customers"),
            change("amount", None, f"{n}.50", "money"),
            entity="orders",
            source_key=f"O{n}",
            depends_on=(f"c{n}",),
        )
        for n in range(30)
    ]
    return [*updates, *customers, *orders]


@pytest.fixture
def killed(tmp_path, ledger_url):
    case = Case(tmp_path, ledger_url)
    for n in range(60):
        case.erp.put("customers", f"E{n}", Name__c="Acme")
    case.ledger.propose([*_plan(), update("never", change("name", "Acme", "Evil"), key="E0")], "r1", AT)
    approve.approve(case.ledger, case.config, [action.id for action in _plan()], by="anna")
    yield case
    case.close()


def _push(folder, url, point):
    command = [sys.executable, str(HERE / "killed_push.py"), str(folder), url, str(point)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1])])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def _nothing_lost_doubled_or_unapproved(case):
    case.push()  # finds out what was interrupted; what may still be under way is sent again by the next
    result = case.push()
    assert case.push().planned == 0
    states = case.states()
    assert states.pop("never") == "proposed"
    assert Counter(states.values()) == {"verified": 120}, result
    assert Counter(case.erp.landed()) == {action.id: 1 for action in _plan()}
    customers, orders = case.erp.records("customers"), case.erp.records("orders")
    assert {key: row["Name__c"] for key, row in customers.items() if "Ext" not in row} == {
        f"E{n}": f"Acme {n}" for n in range(60)
    }
    keys = {row["Ext"]: key for key, row in customers.items() if "Ext" in row}
    assert len(keys) == len(orders) == 30
    assert {row["Ext"]: row["Customer__c"] for row in orders.values()} == {f"O{n}": keys[f"C{n}"] for n in range(30)}
    assert case.ledger.crosswalk().height == 60
    assert case.ledger.verify_audit() is None


def test_killed_at_any_step_nothing_is_lost_doubled_or_written_without_approval(killed, tmp_path, ledger_url):
    dice = random.Random(20260301)  # noqa: S311  # seeded, so that a failure can be repeated
    died = 0
    for point in [*range(2, 14), *(dice.randrange(14, 60) for _ in range(6))]:
        with _push(tmp_path, ledger_url, point) as process:
            process.communicate(timeout=300)
        died += process.returncode == -signal.SIGKILL
    assert died >= 15
    assert Counter(killed.erp.landed()).most_common(1)[0][1] == 1
    _nothing_lost_doubled_or_unapproved(killed)


def test_killed_at_any_instant_from_outside(killed, tmp_path, ledger_url):
    dice = random.Random(7)  # noqa: S311  # as above
    died = 0
    for _ in range(5):
        with _push(tmp_path, ledger_url, 0) as process:
            assert process.stdout.readline() == "ready\n"
            try:
                process.wait(timeout=dice.uniform(0.005, 0.15))
            except subprocess.TimeoutExpired:
                process.kill()
        died += process.returncode == -signal.SIGKILL
    assert died >= 1
    _nothing_lost_doubled_or_unapproved(killed)
