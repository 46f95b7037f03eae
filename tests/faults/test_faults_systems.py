"""Small campaigns against real systems by others; the verdict comes from their own databases."""

from __future__ import annotations

from fault_campaign import Campaign, Settings
from fault_django import django_case
from fault_races import race
from fault_tryton import TrytonCase
from systems.tryton_server import tryton_server

CLEAN = {"lost": 0, "doubled": 0, "unapproved": 0, "untruthful": 0, "unknown": 0}


def test_with_tryton_nothing_is_lost_doubled_or_unapproved(tmp_path):
    with tryton_server(tmp_path / "erp") as server:
        settings = Settings(60, kills=1, seed=4, seconds=3, writes=0.4, decoys=4, spares=1)
        report = Campaign(TrytonCase(tmp_path, server), f"sqlite:///{tmp_path / 'ledger.db'}", settings).run()
    assert report.verdict.counts() == CLEAN
    assert report.verdict.states == {"verified": 60}
    assert report.killed >= 1


def test_with_django_crm_as_published_nothing_is_lost_doubled_or_unapproved(tmp_path):
    with django_case(tmp_path) as case:
        settings = Settings(40, kills=1, seed=4, seconds=3, writes=0.1, decoys=4, spares=1)
        report = Campaign(case, f"sqlite:///{tmp_path / 'ledger.db'}", settings).run()
    assert report.verdict.counts() == CLEAN
    assert report.verdict.states == {"verified": 40}
    assert report.killed >= 1


def test_in_tryton_what_somebody_else_edits_is_never_overwritten(tmp_path):
    with tryton_server(tmp_path / "erp") as server:
        settings = Settings(32, seed=3, pushers=1, spares=0, writes=0, reads=0, seconds=60)
        found = race(TrytonCase(tmp_path, server), f"sqlite:///{tmp_path / 'ledger.db'}", settings)
    assert (found.before_push, found.before_write) == (4, 4)
    assert found.states == {"lapsed": 4, "conflict": 4}
    assert found.overwritten == []
