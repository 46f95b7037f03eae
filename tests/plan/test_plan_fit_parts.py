"""Links and merges are judged by the rules of their targets like any other action, parts by those of their own entity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from reconcile import approve, proposing
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.errors import WouldBeRefused
from reconcile.ledger import Ledger
from reconcile.plan import plan
from reconcile.plan.changes import Planning
from reconcile.plan.misfits import in_words
from reconcile.progress import Silent
from reconcile.proposing import Asked, foretold
from reconcile.push import push
from reconcile.records import INACTIVE, KEY, MODIFIED, RAW, Role
from reconcile.results import BREAKS, LINKS, Action, ActionKind, ActionState, FieldRule, Holds, Rules
from reports.evidence import evidence_lines
from reports.words import Words

CUSTOMERS = pl.DataFrame(
    {
        "Key": ["S", "L", "X"],
        "Name": ["Acme", "Acme Ltd", "Other"],
        "Phone": [None, "12345", None],
        "Mail": [None, "m@x.example", None],
        "Ext": [None, "E", None],
        "Status": ["Active", "Active", "Active"],
    }
)
DEBTORS = pl.DataFrame({"Key": ["E", "F"], "Name": ["ACME", "FOO"], "Phone": ["1", "2"], "Mail": ["", ""], "Ext": ["L", None]})
CONTACTS = pl.DataFrame({"Key": ["K0"], "Name": ["Kay"], "Account": ["L"]})
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
TEXT = FieldRule(holds=Holds.TEXT)


def config() -> ProjectConfig:
    crm = {"object": "customers", "key": "Key", "external_id": "Ext", "inactive": {"field": "Status", "value": "Inactive"}}
    erp = {"object": "customers", "key": "Key", "external_id": "Ext"}
    fields = {name: {"crm": name.title(), "erp": name.title()} for name in ("name", "phone")}
    fields |= {"email": {"crm": "Mail", "erp": "Mail"}, "number": {"crm": "Ext", "erp": "Ext", "compare": False}}
    contacts = {role: {"object": "contacts", "key": "Key"} for role in ("crm", "erp")}
    contacts |= {"fields": {"customer": {"crm": "Account", "erp": "Account"}, "last_name": {"crm": "Name", "erp": "Name"}}}
    match = {"match": {"keys": [["name"]]}}
    systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
    entities = {"customers": {"crm": crm, "erp": erp, "fields": fields, **match}, "contacts": contacts}
    return ProjectConfig.model_validate({"project": "parts", "systems": systems, "entities": entities})


class Case:
    """Two systems with rules, and a ledger in which L, which is to go, is linked with E."""

    def __init__(self, ledger: Ledger, crm: Mapping[str, Rules], erp: Mapping[str, Rules]) -> None:
        self.ledger, self.config = ledger, config()
        self.systems = {
            Role.CRM: MemoryConnector("crm", {"customers": CUSTOMERS, "contacts": CONTACTS}, rules=crm),
            Role.ERP: MemoryConnector("erp", {"customers": DEBTORS, "contacts": CONTACTS.clear()}, rules=erp),
        }

    def asked(self, what: str, *arguments: Any) -> tuple[Action, ...]:
        asked = Asked(self.config, self.ledger, self.systems)
        actions = getattr(proposing, what)(asked, "customers", *arguments)
        return foretold(asked, actions)


@pytest.fixture
def case_of(tmp_path):
    opened = []

    def make(crm: Mapping[str, Rules] | None = None, erp: Mapping[str, Rules] | None = None) -> Case:
        ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}")
        opened.append(ledger)
        link = {"entity": ["customers"], "crm_key": ["L"], "erp_key": ["E"], "rung": ["score"], "probability": [1.0]}
        ledger.record_links(pl.DataFrame(link), "r1", AT)
        return Case(ledger, crm or {}, erp or {})

    yield make
    for ledger in opened:
        ledger.close()


MERGE = ("merge", Role.CRM, "S", "L")
REFUSED: list[tuple[dict[str, Rules], dict[str, Rules], str, str]] = [
    ({"customers": {"Phone": FieldRule(holds=Holds.TEXT, max_length=4)}}, {}, "too_long", "Phone"),
    ({"customers": {"Ext": FieldRule(holds=Holds.TEXT, required=True)}}, {}, "emptied", "Ext"),
    ({"customers": {"Status": FieldRule(holds=Holds.TEXT, allowed=("Active", "Closed"))}}, {}, "not_in_list", "Status"),
    ({"contacts": {"Account": FieldRule(holds=Holds.REFERENCE, updatable=False)}}, {}, "not_writable", "Account"),
    ({}, {"customers": {"Ext": FieldRule(holds=Holds.TEXT, updatable=False)}}, "not_writable", "Ext"),
]


@pytest.mark.parametrize(("crm", "erp", "code", "field"), REFUSED, ids=[f"{code}-{field}" for _, _, code, field in REFUSED])
def test_what_stands_against_a_part_of_a_merge_stands_against_the_merge(case_of, crm, erp, code, field):
    case = case_of(crm, erp)
    actions = case.asked(*MERGE)
    whole = actions[-1]
    assert whole.kind is ActionKind.MERGE
    assert [(misfit.code, misfit.field) for misfit in whole.misfits] == [(code, field)]
    refused = [action for action in actions if action.misfits and action.part_of]
    assert len(refused) == (0 if field == "Status" else 1)
    for part in refused:
        assert part.problem == whole.problem
        assert in_words(whole.misfits[0], whole.target) == part.problem
    assert [a for a in actions if not a.misfits and not a.problem]
    case.ledger.propose_by_person(actions, "carl", "")
    with pytest.raises(WouldBeRefused) as caught:
        approve.approve(case.ledger, case.config, [whole.id], by="anna")
    assert f"{whole.id} ({whole.problem})" in str(caught.value)
    assert str(caught.value).count(whole.problem) == 1
    assert {action.state for action in case.ledger.actions()} == {ActionState.PROPOSED}
    assert case.ledger.approvals([action.id for action in actions]).is_empty()


def test_a_merge_that_every_target_takes_is_not_held_up(case_of):
    """The other side's key is unique: it leaves the record that goes before the one that stays gets it."""
    unique = {"customers": {"Ext": FieldRule(holds=Holds.TEXT, unique=True), "Phone": TEXT, "Status": TEXT}}
    case = case_of(unique | {"contacts": {"Account": FieldRule(holds=Holds.REFERENCE)}}, unique)
    actions = case.asked(*MERGE)
    assert len(actions) == 6
    assert not any(action.problem or action.misfits for action in actions)
    case.ledger.propose_by_person(actions, "carl", "")
    for who in ("anna", "bert"):
        done = approve.approve(case.ledger, case.config, [actions[-1].id], by=who)
    assert done.changed == len(actions)


def test_a_value_that_may_stand_only_once_stays_where_it_is_and_the_rest_is_merged(case_of):
    case = case_of({"customers": {"Mail": FieldRule(holds=Holds.TEXT, unique=True), "Phone": TEXT}})
    actions = case.asked(*MERGE)
    whole = actions[-1]
    assert not any(action.problem or action.misfits for action in actions)
    assert dict(whole.evidence)["left_out"] == "email"
    (fill,) = [action for action in actions if action.target_key == "S" and action.kind is ActionKind.UPDATE]
    assert [change.field for change in fill.changes] == ["phone"]
    assert evidence_lines(Words("en"), whole)[-1] == ("Must be unique, so it stays with the inactive record", "E-mail")
    case.ledger.propose_by_person(actions, "carl", "")
    for who in ("anna", "bert"):
        approve.approve(case.ledger, case.config, [whole.id], by=who)
    push(case.ledger, case.systems, case.config, None, False, by="anna", progress=Silent(), beyond_limits=True)
    held = case.systems[Role.CRM].fetch(case.config.entities["customers"].crm, ["S", "L"], ["Mail", "Phone", "Status"])
    assert held["S"].values == {"Mail": None, "Phone": "12345", "Status": "Active"}
    assert held["L"].values == {"Mail": "m@x.example", "Phone": "12345", "Status": "Inactive"}


def test_a_run_foretells_it_as_well_by_the_rules_of_the_parts_own_entity():
    entities = config().entities
    rows = {RAW + name.lower(): pl.col(name) for name in ("Name", "Phone")} | {"name": "Name", "phone": "Phone"}
    rows |= {RAW + "email": pl.col("Mail"), RAW + "number": pl.col("Ext"), "email": pl.col("Mail"), "number": pl.col("Ext")}
    nothing = pl.lit(None, pl.Datetime("us", "UTC"))
    crm = CUSTOMERS.select(pl.col("Key").alias(KEY), nothing.alias(MODIFIED), pl.col("Status").alias(INACTIVE), **rows)
    contacts = CONTACTS.select(**{KEY: "Key", "customer": "Account", RAW + "customer": "Account"})
    found = {"fingerprint": "f", "kind": "duplicate_in_crm", "crm_key": "L", "crm_value": "S", "label": "Acme"}
    breaks = pl.DataFrame([dict.fromkeys(BREAKS) | found], schema=BREAKS)
    records = {Role.CRM: {"customers": crm, "contacts": contacts}, Role.ERP: {"customers": crm, "contacts": contacts}}
    rules = {"contacts": {Role.CRM: {"Account": FieldRule(updatable=False)}}}
    planning = Planning("customers", entities["customers"], crm, crm, breaks, {}, {"customers": LINKS.to_frame()})
    for known, codes in ((rules, ["not_writable"]), ({}, [])):
        planned = plan(replace(planning, records=records, entities=entities, all_rules=known)).actions
        (whole,) = [action for action in planned if action.kind is ActionKind.MERGE]
        assert [misfit.code for misfit in whole.misfits] == codes
        assert {action.entity: bool(action.problem) for action in planned if action.part_of} == {
            "customers": False,
            "contacts": bool(codes),
        }


def test_a_link_whose_second_half_would_be_refused_is_not_approved(case_of):
    case = case_of({"customers": {"Ext": TEXT}})
    case.systems[Role.ERP] = MemoryConnector(
        "erp",
        {"customers": pl.concat([DEBTORS, DEBTORS[:1].with_columns(Key=pl.lit("G"), Ext=pl.lit("X"))]), "contacts": CONTACTS},
        rules={"customers": {"Ext": FieldRule(holds=Holds.TEXT, unique=True)}},
    )
    actions = case.asked("link", "X", "F")
    (root,) = [action for action in actions if action.part_of is None]
    assert [(m.code, m.found) for m in root.misfits] == [("not_unique", "G")]
    assert "unique in the ERP; 'X' is held by G" in root.problem
    case.ledger.propose_by_person(actions, "carl", "")
    with pytest.raises(WouldBeRefused, match="unique in the ERP; 'X' is held by G"):
        approve.approve(case.ledger, case.config, [root.id], by="anna")
    rejected = approve.reject(case.ledger, case.config, [root.id], by="anna")
    assert rejected.changed == len(actions)
