"""Who may decide what, on the command line: the account of the operating system, `--by` with a password, deputies and reviews."""

from __future__ import annotations

import os
import pwd

import pytest

from reconcile.ledger import Ledger

LOGIN = pwd.getpwuid(os.getuid()).pw_name
PASSWORD = "correct horse battery"  # of accounts that live as long as a test
ACCESS = f"""
access:
  roles:
    steward: {{may: [run, approve, reject, undo, push, stop, delegate], tiers: [low, medium]}}
    controller: {{may: [approve, reject, delegate, administer]}}
  people:
    anna: {{roles: [steward], login: {LOGIN}}}
    bert: {{roles: [controller]}}
    vera: {{}}
"""


@pytest.fixture
def people(project, monkeypatch):
    """The project with people: anna is at the keyboard."""
    monkeypatch.delenv("RECONCILE_PASSWORD", raising=False)
    file = project / "reconcile.yaml"
    file.write_text(file.read_text(encoding="utf-8") + ACCESS, encoding="utf-8")
    return file


def _ledger(file):
    return Ledger.open(f"sqlite:///{file.parent / '.reconcile' / 'ledger.db'}", crm="shop", erp="books")


def _say(file, text):
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def _update(cli):
    return next(action for action in cli("actions", "--json").last if action["kind"] == "update")["id"]


def test_the_account_at_the_keyboard_signs_and_no_variable_changes_that(people, cli, monkeypatch):
    monkeypatch.setenv("LOGNAME", "bert")
    monkeypatch.setenv("USER", "bert")
    assert cli("run", "--json").code == 1
    assert cli("approve", _update(cli), "--comment", "seen").code == 0
    with _ledger(people) as ledger:
        assert ledger.runs()["started_by"].to_list() == ["anna"]
        assert ledger.approvals([_update_of(ledger)])["decided_by"].to_list() == ["anna"]


def _update_of(ledger):
    return next(action.id for action in ledger.actions() if action.kind == "update")


def test_whoever_has_no_role_may_only_look(people, cli):
    cli("run", "--json")
    one = _update(cli)
    people.write_text(people.read_text(encoding="utf-8").replace(f"login: {LOGIN}", "login: somebody-else"), encoding="utf-8")
    assert cli("actions").code == 0
    for command in (("approve", one), ("reject", one), ("push", "--yes"), ("push",), ("push", "--stop"), ("undo", one), ("run",)):
        refused = cli(*command)
        assert refused.code == 2, command
        assert "has no role; give one under `access.people`" in refused.err
        assert "may." in refused.err
    assert cli("delegate", "--to", "bert", "--until", "2099-01-01").code == 2


def test_another_name_takes_the_password_of_that_account(people, cli, monkeypatch):
    cli("run", "--json")
    one = _update(cli)
    assert cli("approve", one, "--by", "ANNA").code == 0  # that is who is at the keyboard
    refused = cli("reject", one, "--by", "bert")
    assert (refused.code, "it takes the password of that account" in refused.err) == (2, True)
    with _ledger(people) as ledger:
        ledger.accounts.create("bert", PASSWORD, "anna")
    monkeypatch.setenv("RECONCILE_PASSWORD", "wrong " + PASSWORD)
    wrong = cli("reject", one, "--by", "bert")
    assert (wrong.code, "its password is another one" in wrong.err, PASSWORD in wrong.err) == (2, True, False)
    monkeypatch.setenv("RECONCILE_PASSWORD", PASSWORD)
    assert "1 actions rejected." in cli("reject", one, "--by", "bert").out
    with _ledger(people) as ledger:
        assert ledger.approvals([one])["decided_by"].to_list() == ["anna", "bert"]


def test_what_one_may_not_approve_is_left_and_said(people, cli):
    cli("run", "--json")
    _say(people, "approvals: {needed: {low: 2, medium: 2}}\n")
    done = cli("approve", "--all")
    assert done.code == 0
    assert "wait for somebody else's as well." in done.out
    assert "1 of 2 approvals: anna at " in cli("actions").out
    again = cli("approve", "--all")
    assert "left as they are: anna has approved it already" in again.out


def test_a_deputy_is_named_listed_and_taken_back(people, cli):
    cli("run", "--json")
    made = cli("delegate", "--to", "vera", "--until", "2099-12-31", "--comment", "holidays")
    assert made.code == 0
    assert "vera decides in place of anna until the end of 2099-12-31 UTC" in made.out
    (row,) = cli("delegate", "--list", "--json").last
    assert (row["person"], row["deputy"], row["until"][:10], row["comment"]) == ("anna", "vera", "2100-01-01", "holidays")
    assert "holidays" in cli("delegate", "--list").out
    assert "1 delegations ended" in cli("delegate", "--end", "--to", "vera").out
    assert cli("delegate", "--end", "--json").last == {"ended": 0}
    assert "did you mean bert" in cli("delegate", "--to", "bret", "--until", "2099-12-31").err
    assert cli("delegate", "--to", "vera", "--until", "2099-12-31", "--away", "bert").code == 2
    for wrong in (("--to", "vera"), ("--end", "--until", "2099-12-31"), ("--list", "--end"), ()):
        assert cli("delegate", *wrong).code == 2


def test_what_a_rule_approved_is_shown_and_reviewed(people, cli, monkeypatch):
    _say(people, "approvals:\n  automatic: [{name: all small, tiers: [low, medium, high], amount: 1000000, sample: 1}]\n")
    cli("run", "--json")
    one = cli("actions", "--sampled", "--json").last[0]["action_id"]
    assert one in cli("actions", "--sampled").out
    assert "1 actions reviewed." in cli("review", one, "--good", "--comment", "right").out
    assert "Paused until somebody resumes it: all small" in cli("review", one, "--bad", "--comment", "wrong").out
    (figures,) = cli("review", "--json").last
    assert (figures["rule"], figures["bad"], figures["paused"]) == ("all small", 1, "anna: wrong")
    assert "anna: wrong" in cli("review").out
    assert "anna may not administer access" in cli("review", "--resume", "all small").err
    with _ledger(people) as ledger:
        ledger.accounts.create("bert", PASSWORD, "anna")
    monkeypatch.setenv("RECONCILE_PASSWORD", PASSWORD)
    assert "applies again" in cli("review", "--resume", "all small", "--by", "bert").out
    assert cli("review", "--resume", "all small", "--by", "bert", "--json").last == {"changed": False}
    for wrong in ((one,), (one, "--good", "--bad"), ("--good",), (one, "--resume", "all small")):
        assert cli("review", *wrong).code == 2
    assert cli("audit", "verify").code == 0


def test_what_has_lapsed_is_listed_as_proposed(people, cli):
    _say(people, "approvals: {expire_days: 0.000000001}\n")
    cli("run", "--json")
    one = _update(cli)
    assert cli("approve", one).code == 0
    (action,) = [action for action in cli("actions", "--json").last if action["id"] == one]
    assert action["state"] == "proposed"
    assert action["message"].startswith("the approval by anna of")
