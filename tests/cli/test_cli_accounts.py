"""`reconcile account`: passwords come from standard input and are shown nowhere; administrators alone change accounts."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from reconcile import wiring
from reconcile.ledger import Ledger

GOOD = "correct horse battery"
ACCESS = """
access:
  roles:
    viewer: {may: [see]}
    admin: {may: [see, administer]}
  people:
    Anna: {roles: [admin], login: LOGIN}
    Bert: {roles: [viewer], email: bert@example.com}
"""


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """`typed(text)`: what stands in standard input."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
def guarded(project: Path) -> Path:
    """The project with people; whoever runs the test is Anna, who administers."""
    file = project / "reconcile.yaml"
    file.write_text(file.read_text(encoding="utf-8") + ACCESS.replace("LOGIN", wiring.whoami()), encoding="utf-8")
    return project


def signs_in(project: Path, name: str, password: str) -> bool:
    with Ledger.open(f"sqlite:///{project / '.reconcile' / 'ledger.db'}") as ledger:
        return ledger.accounts.sign_in(name, password) is not None


def test_an_account_is_made_changed_disabled_and_enabled(guarded, cli, typed):
    typed(GOOD + "\n")
    made = cli("account", "add", "bert@example.com")
    assert made.code == 0
    assert "Bert can sign in" in made.out
    assert signs_in(guarded, "Bert", GOOD)
    typed("another horse battery\r\n")
    assert cli("account", "password", "bert").code == 0
    assert signs_in(guarded, "Bert", "another horse battery")
    assert not signs_in(guarded, "Bert", GOOD)
    assert cli("account", "disable", "Bert").code == 0
    assert not signs_in(guarded, "Bert", "another horse battery")
    assert "disabled" in cli("account", "list").out
    assert cli("account", "enable", "Bert").code == 0
    assert signs_in(guarded, "Bert", "another horse battery")
    (one,) = json.loads(cli("account", "list", "--json").out)
    assert (one["name"], one["disabled"]) == ("Bert", False)
    trail = cli("audit", "list", "--json")
    assert "account created" in trail.out
    assert "horse" not in trail.out
    assert cli("audit", "verify").code == 0


def test_no_password_is_an_argument_and_none_is_shown(guarded, cli, typed):
    typed(GOOD)
    assert cli("account", "add", "Bert", "--password", GOOD).code == 2
    typed("short")
    refused = cli("account", "add", "Bert")
    assert refused.code == 2
    assert "12 to 256 characters" in refused.err
    assert "short" not in refused.out + refused.err
    typed("")
    assert cli("account", "add", "Bert").code == 2
    assert cli("account", "list", "--json").out.strip() == "[]"


def test_only_administrators_change_accounts_once_there_is_one(guarded, cli, typed):
    file = guarded / "reconcile.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace(f"login: {wiring.whoami()}", "login: somebody-else"), encoding="utf-8"
    )
    typed(GOOD)
    assert cli("account", "add", "Bert").code == 0, "the first account of a ledger"
    for command in (("add", "Anna"), ("password", "Bert"), ("disable", "Bert"), ("enable", "Bert")):
        typed(GOOD)
        refused = cli("account", *command)
        assert refused.code == 2, command
        assert "may not administer access" in refused.err
    typed(GOOD)
    assert cli("account", "disable", "Bert", "--by", "Anna").code == 2, "to say that one is Anna takes her password"
    assert signs_in(guarded, "Bert", GOOD)


def test_what_is_not_there_is_said_and_nobody_without_a_role_is_a_surprise(guarded, cli, typed):
    typed(GOOD)
    assert "no role, so they may only look" in cli("account", "add", "Chris").out
    for command in ("disable", "enable"):
        assert "There is no account 'Bert'" in cli("account", command, "Bert").err
    typed(GOOD)
    assert "There is no account 'Bert'" in cli("account", "password", "Bert").err
    typed(GOOD)
    assert "There is an account 'Chris' already" in cli("account", "add", "Chris").err
