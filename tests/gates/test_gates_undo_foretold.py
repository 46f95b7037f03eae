"""What takes something back is judged by the rules of its target like any other proposal, each time that somebody asks for it."""

from __future__ import annotations

import polars as pl
import pytest

from reconcile import approve, proposing
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.errors import WouldBeRefused
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.proposing import Asked
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change, FieldRule, Holds

NAME, STATUS = "Name", "Status"


class Case:
    """A system without rules, in which E's name was changed; `ruled` gives it some."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        source = {"object": "customers", "key": "Key", "inactive": {"field": STATUS, "value": "Inactive"}}
        fields = {name.lower(): {"crm": name, "erp": name} for name in (NAME, "Code", "City")}
        customers = {"crm": source, "erp": source, "fields": fields, "match": {"keys": [["name"]]}}
        systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
        self.config = ProjectConfig.model_validate({"project": "undo", "systems": systems, "entities": {"customers": customers}})
        rows = {"Key": ["E", "F"], NAME: ["Acme", "Foo"], "Code": ["1", "2"], "City": [None, "Ulm"], STATUS: [None, None]}
        self.tables = {"customers": pl.DataFrame(rows)}
        self.systems = {role: MemoryConnector(role, self.tables) for role in Role}

    def done(self, field: str, before: str | None, after: str) -> str:
        """The id of an update of E that is approved and pushed."""
        change = Change(field.lower(), field, before, after, "text")
        action = Action("u", ActionKind.UPDATE, "customers", Role.ERP, "E", None, "Acme", (change,), "customers", (), "low")
        self.ledger.propose_by_person([action], "carl", "")
        self.pushed(action.id)
        return action.id

    def pushed(self, id_: str) -> None:
        approve.approve(self.ledger, self.config, [id_], by="anna")
        push(self.ledger, self.systems, self.config, None, False, by="anna", progress=Silent(), beyond_limits=True)
        assert self.ledger.action_states([id_]) == {id_: ActionState.VERIFIED}

    def ruled(self, **rules: FieldRule) -> None:
        """From now on the ERP says this of its fields."""
        source = self.config.entities["customers"].erp
        (now,) = self.systems[Role.ERP].read(source, ["Key", NAME, "Code", "City", STATUS])
        self.systems[Role.ERP] = MemoryConnector("erp", {"customers": now}, rules={"customers": rules})

    def undo(self, id_: str) -> tuple[Action, str]:
        """What is proposed now, as the ledger holds it, and what is said of it."""
        (found,) = proposing.undo(Asked(self.config, self.ledger, self.systems), [id_])
        self.ledger.propose_undos([(id_, found.proposal)], "dora")
        return self.ledger.actions(ids=[found.proposal.id])[0], found.note


@pytest.fixture
def case(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        yield Case(ledger)


REFUSED = [
    ("Name", "Acme", {"Name": FieldRule(holds=Holds.TEXT, max_length=3)}, "too_long"),
    ("Name", "Acme", {"Name": FieldRule(updatable=False)}, "not_writable"),
    ("City", None, {"City": FieldRule(holds=Holds.TEXT, required=True)}, "emptied"),
]


@pytest.mark.parametrize(("field", "before", "rules", "code"), REFUSED, ids=[code for *_, code in REFUSED])
def test_an_undo_that_would_be_refused_says_so_and_is_not_approved(case, field, before, rules, code):
    done = case.done(field, before, "New")
    case.ruled(**rules)
    undo, note = case.undo(done)
    assert [misfit.code for misfit in undo.misfits] == [code]
    assert note == undo.problem != ""
    with pytest.raises(WouldBeRefused):
        approve.approve(case.ledger, case.config, [undo.id], by="anna")


def test_an_undo_whose_value_somebody_else_holds_by_now_says_who(case):
    done = case.done("Code", "1", "9")
    taken = case.tables["customers"].with_columns(Code=pl.Series(["9", "1"]))
    case.systems[Role.ERP] = MemoryConnector("erp", {"customers": taken}, rules={"customers": {"Code": FieldRule(unique=True)}})
    undo, _ = case.undo(done)
    assert [(misfit.code, misfit.found) for misfit in undo.misfits] == [("not_unique", "F")]


def test_an_undo_that_is_asked_for_again_is_judged_again_and_then_pushed(case):
    done = case.done("Name", "Acme", "New")
    case.ruled(Name=FieldRule(max_length=3))
    undo, _ = case.undo(done)
    case.ruled(Name=FieldRule(max_length=30))
    again, note = case.undo(done)
    assert (again.id, again.problem, again.misfits, note) == (undo.id, "", (), "")
    case.pushed(undo.id)
    assert case.ledger.action_states([done]) == {done: ActionState.UNDONE}


def test_an_undo_of_what_is_no_longer_configured_is_not_judged(case):
    done = case.done("Name", "Acme", "New")
    other = case.config.model_copy(update={"entities": {}})
    (found,) = proposing.undo(Asked(other, case.ledger, case.systems), [done])
    assert (found.proposal is None, found.note) == (False, "")
