"""A run in the middle of a merge: some parts are written, and what is left is the same merge, as it was approved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from gate_system import GateSystem

from reconcile import approve, pipeline, proposing
from reconcile.config.models import ProjectConfig
from reconcile.ledger import Ledger
from reconcile.plan import continued
from reconcile.progress import Silent
from reconcile.proposing import Asked
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import (
    CHECKS,
    FINDINGS,
    MERGED_CHANGE,
    Action,
    ActionKind,
    ActionState,
    Change,
    CheckResult,
)

CRM = Role.CRM
WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")
FIELDS = ("Number", "Name", "Street", "Phone", "Mail")
OPEN = (ActionState.PROPOSED, ActionState.APPROVED)


class Doubles:
    """Thirty customers on both sides; the CRM has that of C3 once more as C99, to which contacts refer."""

    def __init__(self, folder: Path, *, most: int = 100) -> None:
        self.folder = folder
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.systems = {role: GateSystem(folder / f"{role}.db", str(role)) for role in Role}
        for role, letter in ((CRM, "C"), (Role.ERP, "E")):
            for n in range(30):
                name = f"{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH"
                self.customer(role, f"{letter}{n}", str(1000 + n), name, f"Weg {n} {n * 7}", f"+4930{n:07}")
            self.systems[role].put("contacts", f"{letter}K", Key=f"{letter}K", Name=f"Zoe {letter}", Customer=f"{letter}1")
        self.customer(CRM, "C99", None, "baltic ddd3 gmbh", "Weg 3 21", "+49300000003", "info@example.com")
        for n in range(3):
            self.contact(f"K{n}")
        self.config = self.configured(most)
        self.runs = 0

    def customer(self, role: Role, key: str, *values: str | None) -> None:
        held = dict.fromkeys(FIELDS) | dict(zip(FIELDS, values, strict=False))
        self.systems[role].put("customers", key, Key=key, Status="Active", **held)

    def contact(self, key):
        self.systems[CRM].put("contacts", key, Key=key, Name=f"Anna {key}", Customer="C99")

    def configured(self, most):
        source = {"object": "customers", "key": "Key", "inactive": {"field": "Status", "value": "Inactive"}}
        fields = {name.lower(): {"crm": name, "erp": name, "owner": "crm"} for name in FIELDS[:4]}
        fields["email"] = {"crm": "Mail", "erp": "Mail", "owner": "review"}
        match = {"keys": [["number"]], "fields": ["name", "street", "phone"]}
        contacts = {role: {"object": "contacts", "key": "Key"} for role in ("crm", "erp")}
        contacts |= {"fields": {"customer": {"crm": "Customer", "erp": "Customer"}, "last_name": {"crm": "Name", "erp": "Name"}}}
        systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
        entities = {"customers": {"crm": source, "erp": source, "fields": fields, "match": match}, "contacts": contacts}
        limits = {"actions_per_push": most}
        return ProjectConfig.model_validate({"project": "doubles", "systems": systems, "entities": entities, "limits": limits})

    def run(self):
        """The merges that are open, by id."""
        self.runs += 1
        nothing = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
        check = lambda *_: nothing  # noqa: E731  # the shortest form of a check that finds nothing
        pipeline.run(self.config, self.folder, self.systems, self.ledger, check, Silent(), f"run{self.runs}")
        return {action.id: action for action in self.ledger.actions(OPEN, kind=ActionKind.MERGE)}

    def approved(self, id_):
        for who in ("anna", "bert"):
            approve.approve(self.ledger, self.config, [id_], by=who)

    def push(self):
        return push(self.ledger, self.systems, self.config, None, False, by="anna", progress=Silent(), beyond_limits=True)

    def undone(self, id_):
        found = proposing.undo(Asked(self.config, self.ledger, self.systems), [id_])
        pairs = [(one.action.id, one.proposal) for one in found if one.proposal]
        self.ledger.propose_undos(pairs, "dora")
        self.approved(next(undo.id for _, undo in pairs if undo.part_of is None))
        return self.push()

    def everything(self):
        return {(role, name): self.systems[role].records(name) for role in Role for name in ("customers", "contacts")}

    def states(self, whole):
        return self.ledger.action_states([whole.id, *whole.parts])


@pytest.fixture
def doubles(tmp_path):
    case = Doubles(tmp_path)
    yield case
    case.ledger.close()


def test_a_merge_of_which_a_part_was_refused_is_asked_for_again_as_itself_and_comes_back_as_a_whole(doubles):
    before = doubles.everything()
    (whole,) = doubles.run().values()
    (stuck,) = (action.id for action in doubles.ledger.actions() if action.target_key == "K1")
    assert len(whole.parts) == 4
    doubles.approved(whole.id)
    doubles.systems[CRM].faults[stuck] = "reject"
    doubles.push()
    for _ in range(2):
        assert doubles.run().keys() == {whole.id}
        states = doubles.states(whole)
        assert {id_ for id_, state in states.items() if state is ActionState.PROPOSED} == {stuck, whole.id}
        assert set(states.values()) == {ActionState.PROPOSED, ActionState.VERIFIED}
    doubles.systems[CRM].faults.clear()
    doubles.approved(whole.id)
    assert doubles.push().verified == 2
    assert set(doubles.states(whole).values()) == {ActionState.VERIFIED}
    assert doubles.run() == {}
    assert doubles.undone(whole.id).verified == 5
    assert doubles.everything() == before
    assert doubles.ledger.verify_audit() is None


def test_a_merge_that_a_push_had_no_room_for_stays_approved(tmp_path):
    doubles = Doubles(tmp_path, most=2)
    (whole,) = doubles.run().values()
    doubles.approved(whole.id)
    assert doubles.push().verified == 2
    (same,) = doubles.run().values()
    assert (same.id, same.state, same.breaks) == (whole.id, ActionState.APPROVED, whole.breaks)
    assert [doubles.push().verified for _ in range(2)] == [2, 1]
    assert set(doubles.states(whole).values()) == {ActionState.VERIFIED}
    doubles.ledger.close()


def test_what_refers_to_the_record_since_makes_it_another_merge(doubles):
    (whole,) = doubles.run().values()
    doubles.approved(whole.id)
    (stuck,) = (action.id for action in doubles.ledger.actions() if action.target_key == "K1")
    doubles.systems[CRM].faults[stuck] = "reject"
    doubles.push()
    doubles.contact("K9")
    (other,) = doubles.run().values()
    assert (other.id != whole.id, other.state, len(other.parts)) == (True, ActionState.PROPOSED, 2)
    assert doubles.states(whole)[whole.id] is ActionState.SUPERSEDED


@pytest.mark.parametrize(("state", "kept"), [(ActionState.APPROVED, "begun"), (ActionState.LAPSED, "new")])
def test_a_merge_the_other_way_round_waits_until_the_one_that_was_begun_is_given_up(state, kept):
    begun = replace(_merge("begun", goes="A", stays="B"), parts=("done", "left"), state=state)
    parts = [_part("done", ActionState.VERIFIED), _part("left", ActionState.APPROVED)]
    plan = continued([_part("mine"), replace(_merge("new", goes="B", stays="A"), parts=("mine",))], [*parts, begun])
    assert [action.id for action in plan] == (["left", "begun"] if kept == "begun" else ["mine", "new"])


def _merge(id_, goes, stays):
    change = Change(MERGED_CHANGE, "", None, stays, MERGED_CHANGE)
    return Action(id_, ActionKind.MERGE, "customers", CRM, goes, None, id_, (change,), "customers: merge in crm", (), "high")


def _part(id_, state=ActionState.PROPOSED):
    changes = (Change("name", "Name", None, id_, "text"),)
    part = Action(id_, ActionKind.UPDATE, "customers", CRM, id_, None, id_, changes, "customers: merge in crm", (), "high")
    return replace(part, state=state)
