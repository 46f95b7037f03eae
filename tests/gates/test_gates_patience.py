"""A request that nobody waits for any more may still land: what it would double is not sent again before that is ruled out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gate_case import Case, change, create, update

from reconcile.config.models import ProjectConfig
from reconcile.records import Role
from reconcile.results import ActionState


def waiting(config: ProjectConfig, seconds: float) -> ProjectConfig:
    """The project with systems that take so long for a request."""
    systems = {name: system.model_copy(update={"timeout_seconds": seconds}) for name, system in config.systems.items()}
    return config.model_copy(update={"systems": systems})


@pytest.fixture
def slow(case: Case) -> Case:
    case.config = waiting(case.config, 30)
    return case


def test_a_create_without_an_answer_is_not_sent_again_while_it_may_be_under_way(slow):
    slow.approved(create("c", change("name", None, "New"), source_key="C9"))
    slow.erp.faults["c"] = "lose"
    for _ in range(3):
        assert slow.push().unknown == 1
    assert len(slow.erp.sent) == 1
    (action,) = slow.ledger.actions(ids=["c"])
    assert "only a push after" in action.message
    entries = slow.ledger.audit_entries(subject="c").height
    slow.push()
    assert slow.ledger.audit_entries(subject="c").height == entries
    slow.erp.put("customers", "N7", Name__c="New", Ext="C9")  # it lands after all
    assert slow.push().verified == 1
    assert len(slow.erp.sent) == 1
    assert slow.ledger.counterparts("customers", Role.CRM, ["C9"]) == {"C9": "N7"}


def test_a_create_is_sent_again_once_its_request_has_come_to_an_end(slow):
    slow.approved(create("c", change("name", None, "New"), source_key="C9"))
    slow.erp.faults["c"] = "lose"
    assert slow.push().unknown == slow.push().unknown == 1
    slow.erp.faults.clear()
    slow.config = waiting(slow.config, 0.000001)
    assert slow.push().verified == 1
    assert slow.erp.landed() == ["c"]


def test_what_a_killed_push_may_have_sent_counts_from_when_that_is_found(slow):
    slow.approved(create("c", change("name", None, "New"), source_key="C9"))
    assert slow.ledger.intend(["c"], "a push that was killed") == {"c"}
    slow.config = waiting(slow.config, 0.5)
    assert slow.push().unknown == 1
    slow.config = waiting(slow.config, 30)
    assert slow.push().unknown == 1
    assert slow.erp.sent == []
    slow.config = waiting(slow.config, 0.000001)
    assert slow.push().verified == 1


def test_an_update_under_a_version_need_not_wait(slow):
    slow.erp.put("customers", "E1", Name__c="Acme")
    slow.approved(update("u", change("name", "Acme", "Acme Ltd")))
    slow.erp.faults["u"] = "lose"
    assert slow.push().unknown == 1
    slow.erp.faults.clear()
    assert slow.push().verified == 1
    assert slow.state("u") is ActionState.VERIFIED


def test_an_update_under_a_version_that_its_system_does_not_look_at_waits(slow, monkeypatch):
    slow.erp.put("customers", "E1", Name__c="Acme")
    slow.approved(update("u", change("name", "Acme", "Acme Ltd")))
    fetch = slow.erp.fetch
    loose = lambda *asked: {key: replace(current, binding=False) for key, current in fetch(*asked).items()}  # noqa: E731  # short
    monkeypatch.setattr(slow.erp, "fetch", loose)
    slow.erp.faults["u"] = "lose"
    assert [slow.push().unknown for _ in range(3)] == [1, 1, 1]
    assert len(slow.erp.sent) == 1
