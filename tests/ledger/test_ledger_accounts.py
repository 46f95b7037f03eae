"""Local accounts on both databases: who gets in, who is locked out and for how long, and what is never written down."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import argon2
import pytest
from sqlalchemy import text, update

from reconcile.errors import AccountExists, PasswordUnfit, UnknownAccount
from reconcile.ledger import Ledger, accounts
from reconcile.ledger.database import instant, now
from reconcile.ledger.tables import accounts as table

GOOD, WRONG = "correct horse battery", "wrong horse battery"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm with less memory: what is tested here is not the cost."""
    monkeypatch.setattr(accounts, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts._nobodys_hash.cache_clear()


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    with Ledger.open(ledger_url) as ledger:
        ledger.accounts.create("anna", GOOD, "root")
        yield ledger


def events(ledger: Ledger) -> list[tuple[str, str, str]]:
    return list(ledger.audit_entries().select("who", "event", "subject").reverse().iter_rows())


def lock_ends(ledger: Ledger, name: str = "anna") -> None:
    """Turn the clock: the lock of the account is over."""
    past = instant(now() - dt.timedelta(seconds=1))
    with ledger._database.write() as connection:
        connection.execute(update(table).where(table.c.name == name).values(locked_until=past))


def test_the_right_password_signs_in_and_others_do_not(ledger: Ledger):
    assert ledger.accounts.sign_in("anna", WRONG) is None
    found = ledger.accounts.sign_in("anna", GOOD)
    assert found
    assert found.name == "anna"
    assert ledger.accounts.find("anna").failures == 0
    assert ledger.accounts.sign_in("anna", GOOD + " ") is None
    assert ledger.accounts.sign_in("Anna", GOOD) is None
    assert events(ledger) == [
        ("root", "account created", "account anna"),
        ("unknown", "sign-in refused", "account anna"),
        ("anna", "signed in", "account anna"),
        ("unknown", "sign-in refused", "account anna"),
        ("unknown", "sign-in refused", "account"),
    ]
    assert ledger.verify_audit() is None


def test_neither_password_nor_wrong_name_is_written_anywhere(tmp_path: Path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.accounts.create("anna", GOOD, "root")
        ledger.accounts.sign_in("anna", WRONG)
        ledger.accounts.sign_in(GOOD, "anna")
        ledger.accounts.sign_in("anna", GOOD)
        shown = repr(ledger.accounts.all())
    assert "argon2" not in shown
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        everything = "\n".join(database.iterdump())
    assert "$argon2id$" in everything
    assert GOOD not in everything
    assert WRONG not in everything


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 257, "é" * 11])
def test_a_password_of_another_length_is_no_password(ledger: Ledger, password: str):
    for change in (ledger.accounts.create, ledger.accounts.set_password):
        with pytest.raises(PasswordUnfit) as refused:
            change("anna", password, "root")
        assert not password or password not in str(refused.value)


def test_one_password_however_it_is_composed(ledger: Ledger):
    ledger.accounts.create("jürgen", "Grüße aus München", "root")
    assert ledger.accounts.sign_in("jürgen", "Gru\u0308ße aus Mu\u0308nchen")
    assert ledger.accounts.sign_in("jürgen", "\ud800 no text at all") is None


def test_wrong_passwords_lock_and_each_further_one_locks_longer(ledger: Ledger):
    for _ in range(accounts.FREE - 1):
        assert ledger.accounts.sign_in("anna", WRONG) is None
    assert ledger.accounts.find("anna").locked_until is None
    lasted = []
    for _ in range(8):
        before = now()
        assert ledger.accounts.sign_in("anna", WRONG) is None
        lasted.append(ledger.accounts.find("anna").locked_until - before)
        assert ledger.accounts.sign_in("anna", GOOD) is None, "locked"
        lock_ends(ledger)
    assert lasted[0] >= accounts.FIRST_LOCK
    assert all(later > earlier for earlier, later in pairwise(lasted[:6]))
    assert max(lasted) < accounts.LONGEST_LOCK + dt.timedelta(minutes=1)
    assert ledger.accounts.sign_in("anna", GOOD)
    assert ledger.accounts.find("anna").failures == 0


def test_a_lock_counts_nothing_so_that_it_can_be_waited_for(ledger: Ledger):
    for _ in range(accounts.FREE):
        ledger.accounts.sign_in("anna", WRONG)
    until, noted = ledger.accounts.find("anna").locked_until, len(events(ledger))
    for _ in range(5):
        ledger.accounts.sign_in("anna", WRONG)
    assert ledger.accounts.find("anna").locked_until == until
    assert len(events(ledger)) == noted


def test_guesses_at_the_same_moment_lock_as_well(ledger: Ledger):
    threads = [threading.Thread(target=ledger.accounts.sign_in, args=("anna", WRONG)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.accounts.find("anna").failures == accounts.FREE
    assert ledger.accounts.sign_in("anna", GOOD) is None


def test_names_without_an_account_are_noted_once_a_minute(ledger: Ledger):
    for name in ("eve", "mallory", ""):
        assert ledger.accounts.sign_in(name, GOOD) is None
    assert [event for event in events(ledger) if event[1] == "sign-in refused"] == [("unknown", "sign-in refused", "account")]


def test_a_disabled_account_is_closed_until_it_is_enabled(ledger: Ledger):
    before = ledger.accounts.find("anna").changed_at
    ledger.accounts.disable("anna", "root")
    assert ledger.accounts.find("anna").disabled
    assert ledger.accounts.find("anna").changed_at > before
    assert ledger.accounts.sign_in("anna", GOOD) is None
    ledger.accounts.set_password("anna", GOOD, "root")
    assert ledger.accounts.sign_in("anna", GOOD) is None, "another password does not enable"
    ledger.accounts.enable("anna", "root")
    assert ledger.accounts.sign_in("anna", GOOD)


def test_another_password_replaces_the_one_before_and_ends_the_lock(ledger: Ledger):
    for _ in range(accounts.FREE):
        ledger.accounts.sign_in("anna", WRONG)
    before = ledger.accounts.find("anna")
    ledger.accounts.set_password("anna", "another horse battery", "root")
    after = ledger.accounts.find("anna")
    assert after.changed_at > before.changed_at
    assert after.created_at == before.created_at
    assert after.locked_until is None
    assert ledger.accounts.sign_in("anna", GOOD) is None
    assert ledger.accounts.sign_in("anna", "another horse battery")


def test_what_is_not_there_is_said(ledger: Ledger):
    with pytest.raises(AccountExists):
        ledger.accounts.create("anna", GOOD, "root")
    for change in (ledger.accounts.disable, ledger.accounts.enable):
        with pytest.raises(UnknownAccount):
            change("bob", "root")
    with pytest.raises(UnknownAccount):
        ledger.accounts.set_password("bob", GOOD, "root")
    assert [account.name for account in ledger.accounts.all()] == ["anna"]


def test_signing_in_renews_a_hash_of_other_parameters_and_keeps_sessions(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    before = ledger.accounts.find("anna").changed_at
    monkeypatch.setattr(accounts, "_hasher", argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    assert ledger.accounts.sign_in("anna", WRONG) is None
    for expected in ("t=1", "t=2", "t=2"):
        with ledger._database.read() as connection:
            assert expected in connection.execute(text("select password_hash from accounts")).scalar()
        assert ledger.accounts.sign_in("anna", GOOD)
    assert ledger.accounts.find("anna").changed_at == before


def test_the_product_hashes_with_the_defaults_of_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.undo()
    assert argon2.extract_parameters(accounts._hasher.hash(GOOD)) == argon2.profiles.get_default_parameters()


def test_an_unknown_name_costs_a_hash_as_well(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    verified = []
    kept = accounts._hasher

    class Counting:
        def __getattr__(self, name: str) -> object:
            verified.append(name)
            return getattr(kept, name)

    accounts._nobodys_hash()
    monkeypatch.setattr(accounts, "_hasher", Counting())
    ledger.accounts.sign_in("eve", GOOD)
    assert verified == ["verify"]
