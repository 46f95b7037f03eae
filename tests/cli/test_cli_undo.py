"""`reconcile undo` and what `reconcile push` says before: on two small files, which can't be written to."""

from __future__ import annotations

import pytest
from cli_project import ERP, write_project

from reconcile.ledger import Ledger
from reconcile.ledger.pushes import Settled
from reconcile.results import ActionState


@pytest.fixture
def written(project, cli):
    """The id of an update that the ledger says was written and read back, as a system that can be written to would have it."""
    cli("run", "--json")
    one = next(action for action in cli("actions", "--json").last if action["label"] == "Acme Ltd")
    cli("approve", one["id"], "--by", "anna")
    with Ledger.open(f"sqlite:///{project / '.reconcile' / 'ledger.db'}", crm="shop", erp="books") as ledger:
        ledger.intend([one["id"]], "anna")
        proof = {change["target_field"]: change["after"] for change in one["changes"]}
        ledger.settle([Settled(one["id"], ActionState.VERIFIED, status="ok", key="A1", read_back=proof)], "anna")
    return one["id"]


def test_an_undo_is_proposed_once_and_shown(project, cli, written):
    done = cli("undo", written, "--by", "bert")
    assert done.code == 0
    assert "credit_limit: 1234.56 -> 1000" in done.out
    assert "1 undos proposed, 0 actions left as they are." in done.out
    again = cli("undo", "--all", "--json").last
    assert again["proposed"] == []
    (left,) = again["left"]
    assert (left["id"], left["reason"].endswith("is proposed already")) == (written, True)
    (back,) = [action for action in cli("actions", "--json").last if action["undoes"] == written]
    assert back["id"] in left["reason"]
    assert back["message"] == f"undoes action {written}"
    cli("run", "--json")
    assert back["id"] in {action["id"] for action in cli("actions", "--json").last}
    assert cli("approve", back["id"], "--by", "bert").code == 0
    assert cli("audit", "verify").code == 0


def test_what_can_not_be_undone_says_why(project, cli):
    cli("run", "--json")
    kinds = {action["kind"]: action["id"] for action in cli("actions", "--json").last}
    said = {one["id"]: one["reason"] for one in cli("undo", *kinds.values(), "--json").last["left"]}
    assert "reject it instead" in said[kinds["create"]]
    assert "writes nothing" in said[kinds["review"]]
    cli("approve", kinds["update"], "--by", "anna")
    cli("push", "--yes")
    refused = cli("undo", kinds["update"])
    assert "nothing to undo: it is refused, and nothing was written" in refused.out
    assert "0 undos proposed, 1 actions left as they are." in refused.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name the actions by their ids"),
        (("nope",), "No such action: nope"),
        (("--entity", "custmers"), "There is no entity 'custmers'"),
        (("--all", "--by", " "), "needs the name"),
    ],
)
def test_a_wrong_undo_is_exit_code_2(project, cli, arguments, said):
    done = cli("undo", *arguments)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


def test_nothing_to_undo_is_no_error(project, cli):
    assert cli("undo", "--all", "--json").last == {"proposed": [], "left": []}


def test_a_dry_run_says_what_can_not_be_undone(project, cli):
    head, *rows = ERP.splitlines()
    write_project(project, erp="\n".join([head + ";ShopRef", *(row + ";" for row in rows)]) + "\n")
    cli("run", "--json")
    cli("approve", "--all", "--by", "anna")
    shown = cli("push")
    assert "can't be undone here" in shown.out
    assert "1 can't be undone here once they are sent" in shown.out
    assert cli("push", "--json").last["cannot_be_undone"] == 1
    assert "cannot_be_undone" not in cli("push", "--yes", "--json").last
    assert "can't be undone" not in cli("push").out
