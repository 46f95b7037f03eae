"""The whole way with a real CRM: run, approve, push, proof. As published, it answers every write with 500 after it is done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from systems.django_crm_project import approved, contacts, customers, held, lay_out, opened
from systems.django_crm_server import django_crm_server

from reconcile import wiring
from reconcile.progress import Silent

HERE = Path(__file__).parent


@pytest.fixture(params=[True, False], ids=["answers", "as-published"])
def answers(request):
    return request.param


@pytest.fixture
def server(tmp_path, answers):
    with django_crm_server(tmp_path / "crm", answers=answers) as server:
        yield server


@pytest.fixture
def project_of(tmp_path, server):
    projects = []

    def project_of(**sizes: int):
        lay_out(tmp_path, server, **sizes)
        projects.append(opened(tmp_path))
        return projects[-1]

    yield project_of
    for project in projects:
        project.close()


def push(project, ids=None):
    more = {"by": "anna", "progress": Silent(), "beyond_limits": True}  # as nothing was there, any number is a great share
    return wiring.push(project, ids, dry_run=False, **more)


def states(project):
    return Counter(action.state.value for action in project.ledger.actions())


def is_as_in_the_erp(server, *, accounts, people):
    in_crm = held(server)
    assert in_crm[0].equals(customers(accounts).select(in_crm[0].columns).sort("number"))
    assert in_crm[1].equals(contacts(people).select(in_crm[1].columns).sort("email"))
    return True


def test_what_was_found_is_corrected_and_found_no_more_whatever_the_crm_answers(project_of, server, answers):
    project = project_of(update=50, create=30, people=20)
    ids = approved(project)
    written = len(server.sent("POST", "PUT"))
    pushed = push(project)
    assert (pushed.planned, pushed.verified, pushed.unknown) == (100, 100, 0)
    said = project.ledger.outcomes(ids)
    assert Counter(said["status"]) == {"ok" if answers else "unknown": 100}
    assert answers or said["message"].str.starts_with("no answer came, but a read shows that it was written").all()
    assert len(server.sent("POST", "PUT")) - written == 100
    assert is_as_in_the_erp(server, accounts=80, people=20)
    assert push(project).planned == 0
    second = wiring.run(project, Silent())
    assert (second.actions, wiring.open_count(second)) == (0, 0)
    assert project.ledger.verify_audit() is None


def test_what_somebody_changed_after_the_approval_is_not_overwritten(project_of, server):
    project = project_of(update=20, create=10, people=0)
    approved(project)
    server.sql("UPDATE accounts_account SET billing_city = 'moved' WHERE id <= 10")
    for n in range(21, 26):  # created by somebody else meanwhile, under the same number
        place = {f"billing_{name}": "x" for name in ("address_line", "street", "city", "state", "postcode")}
        server.call(
            "POST", "accounts/", name=f"Other {n}", email="o@example.com", billing_country="AT", tags=f'["C{n}"]', **place
        )
    before = server.sql("SELECT * FROM accounts_account WHERE billing_city IN ('moved', 'x')")
    pushed = push(project)
    assert (pushed.verified, pushed.lapsed) == (15, 15)
    assert server.sql("SELECT * FROM accounts_account WHERE billing_city IN ('moved', 'x')") == before
    assert server.sql("SELECT count(*) FROM accounts_account") == [(30,)]


def _killed(folder, point):
    command = [sys.executable, str(HERE / "killed_django_crm_push.py"), str(folder), str(point)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE.parents[1])])}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("answers", [False], ids=["as-published"], indirect=True)
def test_killed_at_any_step_nothing_is_lost_doubled_or_written_without_approval(project_of, server, tmp_path):
    project = project_of(update=25, create=15, people=10)
    approved(project)
    dice = random.Random(20260301)  # noqa: S311  # seeded, so that a failure can be repeated
    killed = [_killed(tmp_path, dice.randrange(3, 30)) for _ in range(5)]
    died = [done.returncode == -signal.SIGKILL for done in killed]
    assert sum(died) >= 3, [done.stderr for done in killed]
    for _ in range(2):  # the first finds what may still be under way, and leaves it to the next
        end = _killed(tmp_path, 0)
        assert end.returncode == 0, end.stderr
    assert states(project) == {"verified": 50}
    assert is_as_in_the_erp(server, accounts=40, people=10)
    assert project.ledger.verify_audit() is None
