import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from gate_case import AT, Case, change, create, update
from sqlalchemy import MetaData, NullPool, create_engine, select

from reconcile import approve
from reconcile.config.models import Source
from reconcile.connect.memory import MemoryConnector
from reconcile.errors import ProjectLocked, SystemUnreachable, UnknownActions
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import Change


def _everything(url):
    """All rows of all tables of a database."""
    there = MetaData()
    with create_engine(url, poolclass=NullPool).connect() as db:
        there.reflect(db)
        return {name: sorted(map(str, db.execute(select(table)))) for name, table in there.tables.items()}


NAME = change("name", "Acme", "Acme Ltd")


def test_exactly_the_approved_values_are_sent_under_their_version_and_verified(case):
    case.erp.put("customers", "E1", Name__c="Acme", Limit__c="100.00", Since__c="2020-01-01", Seen__c=None, Vip__c="false")
    case.approved(
        update(
            "a",
            NAME,
            change("limit", "100", "250.50", "money"),
            change("since", "2020-01-01T00:00:00", "2021-02-03", "date"),
            change("seen", "", "2026-01-02T03:04:05+00:00", "datetime"),
            change("vip", "false", "true", "boolean"),
        )
    )
    result = case.push()
    assert (result.planned, result.verified, result.skipped) == (1, 1, 0)
    (write,) = case.erp.sent
    assert (write.key, write.version, write.external_id) == ("E1", "1", None)
    assert write.values == {
        "Name__c": "Acme Ltd",
        "Limit__c": Decimal("250.50"),
        "Since__c": dt.date(2021, 2, 3),
        "Seen__c": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
        "Vip__c": True,
    }
    (outcome,) = case.ledger.outcomes(["a"]).rows(named=True)
    assert (outcome["status"], outcome["verified"], outcome["key"]) == ("ok", True, "E1")
    assert json.loads(outcome["read_back"])["Name__c"] == "Acme Ltd"


def test_a_second_push_does_nothing(case):
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME))
    case.push()
    audit = case.ledger.audit_entries().height
    again = case.push()
    assert (again.planned, again.verified, again.actions) == (0, 0, ())
    assert case.push(["a"]).skipped == 0
    assert len(case.erp.sent) == 1
    assert case.ledger.audit_entries().height == audit


def test_a_record_that_moved_since_it_was_shown_lapses_and_is_left_alone(case):
    case.erp.put("customers", "E1", Name__c="Acme Holding")
    case.approved(update("a", NAME), update("gone", NAME, key="E9"))
    result = case.push()
    assert result.lapsed == 2
    assert {a.id: a.message for a in result.actions} == {
        "a": "name moved from 'Acme' to 'Acme Holding' since it was shown",
        "gone": "E9 is no longer there",
    }
    assert case.erp.sent == []


def test_a_record_that_holds_the_values_already_is_verified_without_a_write(case):
    case.erp.put("customers", "E1", Name__c=" Acme Ltd ", Limit__c="250.5")
    case.approved(update("a", NAME, change("limit", "1", "250.50", "money")))
    assert case.push().verified == 1
    assert case.erp.sent == []
    assert case.ledger.outcomes(["a"])["status"].to_list() == ["read"]


def test_only_what_a_person_approved_is_written(case):
    case.erp.put("customers", "E1", Name__c="Acme")
    case.ledger.propose([update("a", NAME), update("b", NAME)], "r1", AT)
    approve.reject(case.ledger, case.config, ["b"], by="anna")
    assert case.push().planned == 0
    result = case.push(["a", "b"])
    assert (result.planned, result.skipped) == (0, 2)
    assert {a.message for a in result.actions} == {"is proposed, not approved", "is rejected, not approved"}
    assert case.erp.sent == []
    with pytest.raises(UnknownActions):
        case.push(["nope"])


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE actions SET payload = replace(payload, 'Acme Ltd', 'Evil Ltd')",
        "UPDATE actions SET payload = replace(payload, '\"E1\"', '\"E2\"')",
        "UPDATE approvals SET payload_hash = '0'",
        "UPDATE actions SET approval_id = NULL",
        "UPDATE actions SET approval_id = 2",
    ],
)
def test_a_payload_that_is_not_the_approved_one_is_refused(case, ledger_url, tampering):
    for key in ("E1", "E2"):
        case.erp.put("customers", key, Name__c="Acme")
    case.approved(update("a", NAME))
    with create_engine(ledger_url, poolclass=NullPool).begin() as db:
        db.exec_driver_sql(tampering)
    result = case.push()
    assert (result.refused, case.erp.sent) == (1, [])
    assert "not those that were approved" in result.actions[0].message


def test_children_are_created_after_their_parents_with_the_parents_new_keys(case):
    customer = create("customer", change("name", None, "Neu GmbH"), source_key="C7")
    of_customer = change("customer", None, "C7", "reference", "customers")
    order = create("order", of_customer, entity="orders", source_key="O7", depends_on=("customer",))
    of_order = change("order", None, "O7", "reference", "orders")
    line = create("line", of_order, entity="order_lines", source_key="L7", depends_on=("order",))
    case.approved(line, order, customer)
    result = case.push()
    assert (result.planned, result.verified) == (3, 3)
    key = case.ledger.counterparts("customers", Role.CRM, ["C7"])["C7"]
    assert case.erp.records("customers")[key] == {"Name__c": "Neu GmbH", "Ext": "C7"}
    (made,) = case.erp.records("orders").values()
    assert made == {"Customer__c": key, "Ext": "O7"}
    links = case.ledger.crosswalk()
    assert set(links["rung"]) == {"created"}
    assert links.height == 3


def test_a_child_waits_while_its_parent_is_not_there(case):
    customer = create("customer", change("name", None, "Neu GmbH"), source_key="C7")
    of_customer = change("customer", None, "C7", "reference", "customers")
    order = create("order", of_customer, entity="orders", source_key="O7", depends_on=("customer",))
    other = create("other", change("customer", None, "C8", "reference", "customers"), entity="orders", source_key="O8")
    case.ledger.propose([customer, order, other], "r1", AT)
    approve.approve(case.ledger, case.config, ["order", "other"], by="anna")
    result = case.push()
    assert (result.planned, result.skipped, case.erp.sent) == (2, 2, [])
    assert all(a.message.startswith("waits for its parent") for a in result.actions)
    assert set(case.states().values()) == {"proposed", "approved"}
    approve.approve(case.ledger, case.config, ["customer"], by="anna")
    assert (case.push().verified, case.state("other")) == (2, "approved")


@pytest.mark.parametrize(("fault", "state"), [("reject", "refused"), ("conflict", "conflict"), ("cut", "unverified")])
def test_the_systems_answer_decides_the_state_and_its_words_are_kept(case, fault, state):
    case.erp.put("customers", "E1", Name__c="Acme")
    case.erp.put("customers", "E2", Name__c="Acme")
    case.erp.faults["a"] = fault
    case.approved(update("a", NAME), update("b", NAME, key="E2"))
    result = case.push()
    assert case.states() == {"a": state, "b": "verified"}
    assert getattr(result, state) == 1
    assert (f"fault: {fault}" if fault != "cut" else "name is 'Acm', not 'Acme Ltd'") in case.ledger.actions(ids=["a"])[0].message


def test_somebody_who_writes_between_the_look_and_the_write_makes_a_conflict(tmp_path, ledger_url):
    def meddle(moment):
        if moment == "write begins":
            case.erp.put("customers", "E1", Name__c="Meddled")

    case = Case(tmp_path, ledger_url, at=meddle)
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME))
    assert case.push().conflict == 1
    assert case.erp.records("customers")["E1"]["Name__c"] == "Meddled"
    case.close()


@pytest.mark.parametrize("kind", ["update", "create"])
def test_a_lost_answer_is_resolved_by_reading_and_not_by_writing_again(case, kind):
    case.erp.put("customers", "E1", Name__c="Acme")
    action = update("a", NAME) if kind == "update" else create("a", change("name", None, "Neu"), source_key="C7")
    case.erp.faults["a"] = "lost"
    case.approved(action)
    result = case.push()
    assert (result.verified, len(case.erp.sent), case.erp.landed()) == (1, 1, ["a"])
    assert "no answer came" in result.actions[0].message
    assert case.ledger.outcomes(["a"])["status"].to_list() == ["unknown"]
    assert case.push().planned == 0


@pytest.mark.parametrize("kind", ["update", "create"])
def test_a_write_that_did_not_arrive_stays_unknown_until_the_next_push_has_read_again(case, kind):
    case.erp.put("customers", "E1", Name__c="Acme")
    action = update("a", NAME) if kind == "update" else create("a", change("name", None, "Neu"), source_key="C7")
    case.erp.faults["a"] = "lose"
    case.approved(action)
    assert case.push().unknown == 1
    assert case.states() == {"a": "unknown"}
    case.erp.faults.clear()
    assert (case.push().verified, case.erp.landed()) == (1, ["a"])


def test_an_external_id_that_is_there_already_is_taken_over_or_refused_if_it_is_there_twice(case):
    for key, ext, name in (("E1", "C1", "Neu"), ("E2", "C2", "Neu"), ("E3", "C2", "Neu"), ("E4", "C4", "Alt")):
        case.erp.put("customers", key, Ext=ext, Name__c=name)
    case.approved(*(create(f"a{n}", change("name", None, "Neu"), source_key=f"C{n}") for n in (1, 2, 4)))
    result = case.push()
    assert case.states() == {"a1": "verified", "a2": "conflict", "a4": "lapsed"}
    assert case.erp.sent == []
    assert {a.id: a.message for a in result.actions} == {
        "a1": "was there already as E1",
        "a2": "2 records have Ext C2: E2, E3. Merge them in the system",
        "a4": "was there already as E4, where name is 'Alt', not 'Neu'",
    }
    assert case.ledger.counterparts("customers", Role.CRM, ["C1", "C2", "C4"]) == {"C1": "E1", "C4": "E4"}


def test_a_create_without_an_external_id_is_left_and_said(case):
    case.approved(create("a", change("name", None, "Neu"), entity="products", source_key="P1"))
    result = case.push()
    assert (result.skipped, case.erp.sent) == (1, [])
    assert "entities.products.erp.external_id is not configured" in result.actions[0].message


def test_a_record_whose_key_we_give_is_found_again_by_it(case):
    number = Change("number", "Key", None, "P-100", "identifier")
    case.erp.faults["a"] = "lost"
    case.approved(create("a", number, change("name", None, "Neu"), entity="products", source_key="P1"))
    assert case.push().verified == 1
    assert case.erp.landed() == ["a"]
    assert case.push().planned == 0


def test_a_value_that_can_not_be_written_is_refused_before_anything_is_sent(case):
    case.erp.put("customers", "E1", Limit__c="1")
    case.approved(update("a", change("limit", "1", "1.234,56", "money")))
    assert (case.push().refused, case.erp.sent) == (1, [])


def test_two_actions_on_one_record_are_written_one_after_the_other(case):
    case.erp.put("customers", "E1", Name__c="Acme", City__c="Bonn")
    case.approved(update("a", NAME), update("b", change("city", "Bonn", "Köln")))
    assert case.push().verified == 2
    assert [write.version for write in case.erp.sent] == ["1", "2"]


def test_a_dry_run_changes_nothing_and_says_what_would_happen(case, tmp_path, ledger_url):
    case.erp.put("customers", "E1", Name__c="Acme")
    case.erp.put("customers", "E2", Name__c="Other")
    customer = create("customer", change("name", None, "Neu GmbH"), source_key="C7")
    of_customer = change("customer", None, "C7", "reference", "customers")
    order = create("order", of_customer, entity="orders", source_key="O7", depends_on=("customer",))
    case.approved(update("a", NAME), update("moved", NAME, key="E2"), customer, order)
    erp_url = f"sqlite:///{tmp_path / 'erp.db'}"
    before = [_everything(url) for url in (ledger_url, erp_url)]
    result = case.push(dry_run=True)
    assert (result.planned, result.lapsed, result.skipped, result.dry_run) == (4, 1, 0, True)
    assert {a.id: a.state.value for a in result.actions} == {
        "a": "approved",
        "moved": "lapsed",
        "customer": "approved",
        "order": "approved",
    }
    assert set(case.states().values()) == {"approved"}
    assert [_everything(url) for url in (ledger_url, erp_url)] == before


def test_no_more_than_the_limit_is_pushed_at_once(tmp_path, ledger_url):
    case = Case(tmp_path, ledger_url, actions_per_push=2)
    for n in range(5):
        case.erp.put("customers", f"E{n}", Name__c="Acme")
    case.approved(*(update(f"a{n}", NAME, key=f"E{n}") for n in range(5)))
    assert [(r.planned, r.verified, r.left) for r in (case.push() for _ in range(4))] == [
        (2, 2, 3),
        (2, 2, 1),
        (1, 1, 0),
        (0, 0, 0),
    ]
    case.close()


def test_a_system_that_goes_away_loses_nothing(tmp_path, ledger_url):
    down = {"now": True}

    def unplug(moment):
        if moment == "landed" and down["now"]:
            raise SystemUnreachable("erp", "http://erp", "connection reset")

    case = Case(tmp_path, ledger_url, at=unplug)
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME), create("b", change("name", None, "Neu"), source_key="C7"))
    with pytest.raises(SystemUnreachable):
        case.push()
    assert "pushing" in case.states().values()
    down["now"] = False
    assert case.push(["b"]).verified == 1
    assert case.states() == {"a": "verified", "b": "unknown"}  # it may have been sent, and land late
    assert case.push(["b"]).verified == 1
    assert sorted(case.erp.landed()) == ["a", "b"]
    case.close()


def test_what_is_rejected_while_the_push_looks_is_not_written(tmp_path, ledger_url):
    def reject(moment):
        if moment == "fetch":
            approve.reject(case.ledger, case.config, ["a"], by="bert")

    case = Case(tmp_path, ledger_url, at=reject)
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME))
    result = case.push()
    assert (result.skipped, case.erp.sent, case.states()) == (1, [], {"a": "rejected"})
    case.close()


def test_a_push_waits_for_nobody_but_says_who_is_at_work(case, ledger_url):
    case.approved(update("a", NAME))
    with Ledger.open(ledger_url) as other, other.locked("run by bert"):
        with pytest.raises(ProjectLocked, match="run by bert"):
            case.push()
        assert case.push(dry_run=True).lapsed == 1
    assert case.push().lapsed == 1


def test_the_same_protocol_with_a_system_that_keeps_typed_columns(case):
    tables = {
        "customers": pl.DataFrame(
            {"Key": ["E1"], "Ext": ["C1"], "Limit__c": [100.0], "Since__c": [dt.date(2020, 1, 1)], "Vip__c": [False]}
        )
    }
    erp = MemoryConnector("erp", tables)
    changes = (
        change("limit", "100", "250.5", "money"),
        change("since", "2020-01-01", "2021-02-03", "date"),
        change("vip", "false", "true", "boolean"),
    )
    new = create("new", *(replace(one, before=None) for one in changes), source_key="C2")
    case.approved(update("a", *changes), new)
    result = push(case.ledger, {Role.ERP: erp, Role.CRM: erp}, case.config, dry_run=False, by="anna", progress=Silent())
    assert result.verified == 2, result.actions
    rows = next(erp.read(Source(object="customers", key=("Key",)), ["Ext", "Limit__c", "Since__c", "Vip__c"])).rows()
    assert rows == [("C1", 250.5, dt.date(2021, 2, 3), True), ("C2", 250.5, dt.date(2021, 2, 3), True)]


def test_the_intention_is_committed_before_anything_is_sent_and_the_answer_before_it_is_read_back(tmp_path, ledger_url):
    seen = []

    def look(moment):
        with Ledger.open(ledger_url) as other:
            rows = other.outcomes(["a"]).select("status", "verified").rows()
            seen.append((moment, other.action_states(["a"])["a"].value, rows))

    case = Case(tmp_path, ledger_url, at=look)
    case.erp.put("customers", "E1", Name__c="Acme")
    case.approved(update("a", NAME))
    case.push()
    assert seen == [
        ("fetch", "approved", []),
        ("write begins", "pushing", [("intended", None)]),
        ("landed", "pushing", [("intended", None)]),
        ("fetch", "pushing", [("ok", None)]),
    ]
    assert case.ledger.outcomes(["a"]).select("status", "verified").rows() == [("ok", True)]
    case.close()
