"""`reconcile propose` and `reconcile undo` under roles: who may ask, and that nobody approves what they asked for."""

from __future__ import annotations

import os
import pwd

import pytest
from cli_project import CONFIG, CRM, ERP, write_project

from reconcile.ledger import Ledger
from reconcile.ledger.pushes import Settled
from reconcile.results import ActionState

LOGIN = pwd.getpwuid(os.getuid()).pw_name
ROLES = """\
access:
  roles:
    asker: {may: [run, propose, approve, undo]}
    approver: {may: [run, approve, reject, push]}
    crm asker: {may: [propose, undo], targets: [crm]}
    lister: {may: [propose, undo], entities: [products]}
    second: {may: [approve]}
  people:
    anna: {roles: [ROLE], login: LOGIN}
    bert: {roles: [second]}
    carla: {roles: [asker]}
"""
PRODUCTS = """\
  products:
    crm: {object: accounts.csv, key: Id}
    erp: {object: debtors.csv, key: No}
    match: {fields: [name]}
    fields: {name: {crm: Name, erp: Name1}}
"""
BOTH_KEEP = CONFIG.replace("key: Id}", "key: Id, external_id: Book, inactive: {field: Town, value: Closed}}") + PRODUCTS
"""Each side has a field for the other's key, so that a link writes to both."""


@pytest.fixture
def as_role(tmp_path, monkeypatch):
    """Makes the person at the keyboard, anna, bear that role in this project."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RECONCILE_CONFIG", raising=False)
    crm_head, *crm = CRM.splitlines()
    erp_head, *erp = ERP.splitlines()
    crm_file = "\n".join([crm_head + ",Book", *(row + "," for row in crm)]) + "\n"
    erp_file = "\n".join([erp_head + ";ShopRef", *(row + ";" for row in erp)]) + "\n"

    def be(role: str) -> None:
        roles = ROLES.replace("ROLE", role).replace("LOGIN", LOGIN)
        write_project(tmp_path, BOTH_KEEP + roles, crm=crm_file, erp=erp_file)

    return be


def _ledger(folder):
    return Ledger.open(f"sqlite:///{folder / '.reconcile' / 'ledger.db'}", crm="shop", erp="books")


ASKED = [
    ("link", "customers", "A4", "1005"),
    ("deactivate", "customers", "crm", "A4"),
    ("merge", "customers", "crm", "A1", "A4"),
]


@pytest.mark.parametrize("what", ASKED)
def test_what_a_person_asks_for_bears_their_name_and_is_not_theirs_to_approve(as_role, cli, tmp_path, what):
    as_role("asker")
    done = cli("propose", *what, "--comment", "same town", "--json")
    assert done.code == 0
    ids = done.last["proposed"]
    with _ledger(tmp_path) as ledger:
        assert {action.proposed_by for action in ledger.actions(ids=ids)} == {"anna"}
    refused = cli("approve", done.last["action"])
    assert refused.code == 2
    assert "nobody approves what they have proposed themselves" in " ".join(refused.err.split())
    assert "bert" in refused.err
    with _ledger(tmp_path) as ledger:
        assert set(ledger.action_states(ids).values()) == {ActionState.PROPOSED}
        assert ledger.approvals(ids).is_empty()


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("role", ["approver", "second"])
def test_without_the_right_to_propose_nothing_is_proposed(as_role, cli, tmp_path, what, role):
    as_role(role)
    refused = cli("propose", *what)
    assert refused.code == 2
    assert f"anna may not propose: no role of anna may propose ({role}). carla may." in " ".join(refused.err.split())
    with _ledger(tmp_path) as ledger:
        assert ledger.actions() == []


@pytest.mark.parametrize(
    ("role", "what", "why"),
    [
        ("lister", ASKED[0], "role lister is for products only"),
        ("lister", ASKED[1], "role lister is for products only"),
        ("crm asker", ASKED[0], "role crm asker is for the CRM only"),
        ("crm asker", ASKED[1], ""),
    ],
)
def test_a_role_proposes_only_what_it_reaches(as_role, cli, tmp_path, role, what, why):
    """A link writes to both sides: whoever is for one side only can't ask for it, not for half of it either."""
    as_role(role)
    done = cli("propose", *what)
    assert done.code == (2 if why else 0)
    assert why in " ".join(done.err.split())
    with _ledger(tmp_path) as ledger:
        assert bool(ledger.actions()) is not bool(why)


def _pushed(folder, ids):
    """What a system that can be written to would have: every action of the whole was sent, and read back."""
    with _ledger(folder) as ledger:
        for action in ledger.actions(ids=ids):
            proof = {change.target_field: change.after for change in action.changes if change.target_field}
            ledger.intend([action.id], "anna")
            ledger.settle([Settled(action.id, ActionState.VERIFIED, status="ok", key=action.target_key, read_back=proof)], "anna")


def test_an_undo_is_not_approved_by_who_asked_for_it_and_not_asked_for_beyond_a_role(as_role, cli, tmp_path, monkeypatch):
    as_role("asker")
    asked = cli("propose", *ASKED[0], "--json").last
    with _ledger(tmp_path) as ledger:
        ledger.accounts.create("bert", "correct horse battery", "anna")
    monkeypatch.setenv("RECONCILE_PASSWORD", "correct horse battery")
    assert cli("approve", asked["action"], "--by", "bert").code == 0
    _pushed(tmp_path, asked["proposed"])
    as_role("crm asker")
    (*_, left) = cli("undo", asked["action"], "--json").last["left"]
    assert "role crm asker is for the CRM only" in left["reason"]
    as_role("lister")
    assert cli("undo", asked["action"], "--json").last["proposed"] == []
    as_role("second")
    assert "anna may not propose undos" in " ".join(cli("undo", asked["action"]).err.split())
    with _ledger(tmp_path) as ledger:
        assert {action.undoes for action in ledger.actions()} == {None}
    as_role("asker")
    back = cli("undo", asked["action"], "--json").last["proposed"]
    assert len(back) == len(asked["proposed"])
    with _ledger(tmp_path) as ledger:
        undos = [action for action in ledger.actions() if action.undoes]
    assert {undo.proposed_by for undo in undos} == {"anna"}
    whole = next(undo.id for undo in undos if undo.part_of is None)
    assert "nobody approves what they have proposed themselves" in " ".join(cli("approve", whole).err.split())
    assert cli("approve", whole, "--by", "bert").code == 0
