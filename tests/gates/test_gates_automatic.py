"""Rules that approve by themselves: only what they name, in full view, and only as long as nobody objects."""

from dataclasses import replace
from typing import Any

import pytest
from access_case import rules
from gate_case import AT, change, config, create, review, update

from reconcile import approve, automatic
from reconcile.config.models import ProjectConfig
from reconcile.errors import NotAllowed, NotByRule, UnknownActions, UnknownRule
from reconcile.results import ActionKind

CITY, NAME = change("city", "Ulm", "Bern"), change("name", "Acme", "Acme Ltd")
RULE = {"name": "cities", "entities": ["customers"], "fields": ["city"], "targets": ["erp"], "amount": 100, "sample": 0}


def settings(*given: dict[str, Any], **approvals: Any) -> ProjectConfig:
    base = config().model_dump(mode="json", exclude_unset=True)
    return ProjectConfig.model_validate({**base, "approvals": {"automatic": given or [RULE], **approvals}})


def run(case, actions, given, name="r1"):
    case.ledger.propose(actions, name, AT)
    return automatic.apply(case.ledger, given, name)


def approved(case):
    return {id_ for id_, state in case.states().items() if state == "approved"}


def test_a_rule_approves_exactly_what_it_covers(case):
    covered = [update("city", CITY), update("cheap", CITY, key="E2", value_at_risk=100.0), create("new", CITY, source_key="C3")]
    left = [
        update("name", NAME, key="E4"),
        update("both", CITY, NAME, key="E5"),
        update("dear", CITY, key="E6", value_at_risk=-100.5),
        update("order", CITY, key="E7", entity="orders"),
        replace(update("medium", CITY, key="E8"), tier="medium"),
        update("refused", CITY, key="E9", problem="city: no such city"),
        update("asked for", CITY, key="E10", proposed_by="anna"),
        replace(update("merge", CITY, key="E11"), kind=ActionKind.MERGE),
        replace(update("end", CITY, key="E12"), kind=ActionKind.DEACTIVATE),
        review("look"),
    ]
    assert run(case, [*covered, *left], settings()) == {"cities": 3}
    assert approved(case) == {"city", "cheap", "new"}
    row = case.ledger.approvals(["city"]).row(0, named=True)
    assert (row["decided_by"], row["rule"], row["sampled"], row["decision"]) == ("rule cities", "cities", False, "approved")
    assert row["expires_at"] is not None
    assert case.ledger.audit_entries(subject="city")["who"].to_list() == ["rule cities"]


def test_a_rule_leaves_what_two_must_approve_and_what_has_a_past(case):
    case.ledger.propose([update("twice", CITY), update("no", CITY, key="E2")], "r0", AT)
    approve.reject(case.ledger, config(), ["no"], by="anna")
    case.ledger.propose([], "r0", AT)
    assert run(case, [update("twice", CITY), update("no", CITY, key="E2")], settings(needed={"low": 2})) == {"cities": 0}
    assert run(case, [update("twice", CITY), update("no", CITY, key="E2")], settings(), "r2") == {"cities": 1}
    assert approved(case) == {"twice"}
    approve.reject(case.ledger, config(), ["twice"], by="anna")
    assert run(case, [update("twice", CITY)], settings(), "r3") == {"cities": 0}


def test_without_rules_nothing_is_approved(case):
    assert run(case, [update("a", CITY)], config()) == {}
    assert approved(case) == set()


def test_the_sample_is_the_share_that_was_asked_for_and_always_the_same(case):
    actions = [update(f"a{n}", CITY, key=f"E{n}") for n in range(400)]
    given = settings(RULE | {"sample": 0.25})
    run(case, actions, given)
    first = case.ledger.by_rule().filter("sampled")["action_id"].to_list()
    assert 60 < len(first) < 140
    approve.reject(case.ledger, config(), [a.id for a in actions], by="anna")
    case.ledger.propose([], "r2", AT)
    whole = settings(RULE | {"sample": 1})
    assert run(case, [replace(a, id=f"b{a.id}") for a in actions[:5]], whole, "r3") == {"cities": 5}
    assert case.ledger.by_rule().filter("sampled")["action_id"].to_list()[-5:] == [f"ba{n}" for n in range(5)]


def test_an_objection_pauses_the_rule_and_rejects_what_is_not_pushed(case):
    people = {"automatic": [RULE | {"sample": 1}]}
    given = rules(**people)
    run(case, [update("a", CITY), update("b", CITY, key="E2")], given)
    assert automatic.review(case.ledger, given, ["a"], good=True, by="anna", comment="right") == ("cities",)
    assert automatic.review(case.ledger, given, ["b"], good=False, by="anna", comment="Ulm was right") == ("cities",)
    assert case.states() == {"a": "approved", "b": "rejected"}
    seen = case.ledger.by_rule().select("action_id", "review", "reviewed_by", "comment").rows()
    assert seen == [("a", "reviewed", "anna", "right"), ("b", "objected", "anna", "Ulm was right")]
    assert case.ledger.paused_rules(["cities", "other"]) == {"cities": "anna: Ulm was right"}
    assert run(case, [update("c", CITY, key="E3")], given, "r2") == {}
    with pytest.raises(NotAllowed, match="anna may not administer access"):
        automatic.resume_rule(case.ledger, given, "cities", by="anna")
    assert automatic.resume_rule(case.ledger, given, "cities", by="bert", comment="corrected")
    assert not automatic.resume_rule(case.ledger, given, "cities", by="bert")
    assert run(case, [update("c", CITY, key="E3")], given, "r3") == {"cities": 1}
    assert case.ledger.audit_entries(subject="rule cities")["event"].to_list() == ["rule resumed", "rule paused"]
    assert case.ledger.verify_audit() is None


def test_who_reviews_what(case):
    given = rules(automatic=[RULE | {"sample": 1}])
    run(case, [update("a", CITY), update("b", NAME, key="E2")], given)
    approve.approve(case.ledger, given, ["b"], by="anna")
    with pytest.raises(NotByRule, match="b"):
        automatic.review(case.ledger, given, ["a", "b"], good=False, by="anna")
    with pytest.raises(UnknownActions, match="nope"):
        automatic.review(case.ledger, given, ["nope"], good=True, by="anna")
    with pytest.raises(NotAllowed, match="vera may not approve"):
        automatic.review(case.ledger, given, ["a"], good=True, by="vera")
    with pytest.raises(UnknownRule, match=r"'city'; `approvals.automatic` has: cities"):
        automatic.resume_rule(case.ledger, given, "city", by="bert")
    assert case.states() == {"a": "approved", "b": "approved"}
    assert case.ledger.paused_rules(["cities"]) == {}
