"""Laws of deciding, whatever people try in whatever order."""

import datetime as dt
import tempfile
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from access_case import rules
from gate_case import AT, Case, change, update
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile import approve
from reconcile.access import Person, Rules
from reconcile.access.delegation import delegate, end_delegations
from reconcile.access.rules import CANDIDATES
from reconcile.config.models import ProjectConfig
from reconcile.errors import ReconcileError

NAME = change("name", "Acme", "Acme Ltd")
WHO = ("anna", "bert", "cleo", "vera")
PEOPLE = {"anna": {"roles": ["all"]}, "bert": {"roles": ["all"]}, "cleo": {"roles": ["all"]}, "vera": {"roles": ["viewer"]}}
ALL = {"all": {"may": ["approve", "reject", "delegate"]}, "viewer": {}}
SPELLINGS = st.sampled_from(["anna", "ANNA ", "ａnna", "an\u200bna"])


@given(steps=st.lists(st.tuples(st.sampled_from(["approve", "reject", "lend", "take", "end", "again"]), SPELLINGS), max_size=12))
@settings(max_examples=40)
def test_nobody_alone_gives_the_two_approvals_that_are_needed(steps):
    """Anna does all: also as deputy of everybody whom she can make lend her their right, which is nobody but herself."""
    with tempfile.TemporaryDirectory() as folder:
        case, config = Case(Path(folder)), rules(PEOPLE, ALL, needed={"low": 2})
        case.ledger.propose([update("a", NAME)], "r1", AT)
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        delegate(case.ledger, config, to="vera", until=soon, by="anna")  # her own right, in other hands, is still one right
        for step, name in steps:
            with suppress(ReconcileError):
                if step == "approve":
                    approve.approve(case.ledger, config, ["a"], by=name)
                elif step == "reject":
                    approve.reject(case.ledger, config, ["a"], by=name)
                elif step == "lend":
                    delegate(case.ledger, config, to=name, until=soon, away="bert", by="anna")
                elif step == "take":
                    approve.approve(case.ledger, config, ["a"], by="vera")
                elif step == "end":
                    end_delegations(case.ledger, config, by=name)
                else:
                    case.ledger.propose([update("a", NAME)], "r2", AT)
            assert case.states()["a"] != "approved"
        case.close()


@given(
    steps=st.lists(st.tuples(st.sampled_from(WHO), st.booleans(), st.sampled_from(WHO)), max_size=10), needed=st.integers(1, 3)
)
@settings(max_examples=40)
def test_what_is_approved_was_approved_by_so_many_different_people_by_as_many_rights(steps, needed):
    with tempfile.TemporaryDirectory() as folder:
        case, config = Case(Path(folder)), rules(PEOPLE, ALL, needed={"low": needed})
        case.ledger.propose([update("a", NAME)], "r1", AT)
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        for who, lends, other in steps:
            with suppress(ReconcileError):
                if lends:
                    delegate(case.ledger, config, to=other, until=soon, by=who)
                else:
                    before = case.states()["a"]
                    done = approve.approve(case.ledger, config, ["a"], by=who)
                    twice = approve.approve(case.ledger, config, ["a"], by=who)
                    assert (twice.changed, twice.waiting) == (0, 0)
                    assert done.changed + done.waiting == 0 or before == "proposed"
            rows = case.ledger.approvals(["a"])
            rights = [lender or decider for decider, lender in rows.select("decided_by", "on_behalf_of").iter_rows()]
            assert len(set(rights)) == rows["decided_by"].n_unique() == rows.height <= needed
            assert "vera" not in rights
            assert (case.states()["a"] == "approved") == (rows.height == needed)
        case.close()


OPERATIONS = ("approve", "reject", "push")
ROLE = st.fixed_dictionaries(
    {"may": st.lists(st.sampled_from(OPERATIONS), unique=True)},
    optional={
        "entities": st.lists(st.sampled_from(["customers", "orders"]), unique=True),
        "targets": st.lists(st.sampled_from(["crm", "erp"]), unique=True),
        "tiers": st.lists(st.sampled_from(["low", "high"]), unique=True),
        "amount": st.sampled_from([0, 10, 1000]),
        "amounts": st.dictionaries(st.sampled_from(["EUR", "JPY"]), st.sampled_from([0, 10, 1000])),
    },
)
ROWS = pl.DataFrame(
    [
        (entity, target, tier, value, currency, "")
        for entity in ("customers", "orders")
        for target in ("crm", "erp")
        for tier in ("low", "high")
        for value, currency in ((None, None), (10.0, "EUR"), (-11.0, "EUR"), (10.5, "JPY"), (999.0, None), (5000.0, "USD"))
    ],
    schema=CANDIDATES,
    orient="row",
)


def allowed(config: ProjectConfig, roles: tuple[str, ...], operation) -> pl.Series:
    return Rules.of(config).objections(Person("anna", roles), operation, ROWS) == ""


@given(one=ROLE, other=ROLE, operation=st.sampled_from(OPERATIONS))
@settings(max_examples=150)
def test_more_rights_never_allow_less(one, other, operation):
    config = rules({"anna": {"roles": ["one", "other"]}}, {"one": one, "other": other})
    first, second, both = (allowed(config, roles, operation) for roles in (("one",), ("other",), ("one", "other")))
    assert both.to_list() == (first | second).to_list()
    wider = {name: value for name, value in one.items() if name == "may"} | {"may": [*one["may"], operation]}
    widest = allowed(rules({"anna": {"roles": ["one"]}}, {"one": wider}), ("one",), operation)
    assert (widest | ~first).all()


@pytest.mark.parametrize("operation", OPERATIONS)
@given(role=ROLE)
@settings(max_examples=100)
def test_the_limits_mean_what_they_say(operation, role):
    """The same as the columnar rules, told row by row."""
    config = rules({"anna": {"roles": ["one"]}}, {"one": role})
    told = []
    for entity, target, tier, value, currency, _ in ROWS.iter_rows():
        ok = operation in role["may"] and entity in role.get("entities", [entity]) and target in role.get("targets", [target])
        if operation == "approve":
            most = role.get("amounts", {}).get(currency, role.get("amount"))
            ok = ok and tier in role.get("tiers", [tier]) and (value is None or most is None or abs(value) <= most)
        told.append(ok)
    assert allowed(config, ("one",), operation).to_list() == told
