"""Two systems whose customers know each other, and what people ask of them: links, deactivations, merges, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gate_system import GateSystem

from reconcile import approve, proposing
from reconcile.config.models import ProjectConfig
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.proposing import Asked
from reconcile.push import PushResult, push
from reconcile.records import Role
from reconcile.results import Action, ActionState

CRM, ERP = Role.CRM, Role.ERP


def config(*, inactive: bool = True, canaries: int = 5, orders: bool = False) -> ProjectConfig:
    source = {"object": "customers", "key": "Key", "external_id": "Ext"}
    closed = {"inactive": {"field": "Status", "value": "Inactive"}} if inactive else {}
    fields = {name: {"crm": name.title(), "erp": name.title()} for name in ("name", "phone", "credit_limit")}
    customers = {"crm": source | closed | ({"merged_into": "Into"} if inactive else {}), "erp": source | closed, "fields": fields}
    contacts = {role: {"object": "contacts", "key": "Key"} for role in ("crm", "erp")}
    contacts |= {"fields": {"customer": {"crm": "Account", "erp": "Debtor"}, "last_name": {"crm": "Name", "erp": "Name"}}}
    systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
    entities = {"customers": customers, "contacts": contacts}
    if orders:
        fields = {name: {"crm": name, "erp": name} for name in ("customer", "number")}
        entities["orders"] = {role: {"object": "orders", "key": "Key"} for role in ("crm", "erp")} | {"fields": fields}
    return ProjectConfig.model_validate(
        {"project": "wholes", "systems": systems, "entities": entities, "limits": {"canaries": canaries}}
    )


class Wholes:
    """One ledger and two systems."""

    def __init__(self, folder: Path, url: str = "", at: Callable[[str], None] = lambda _: None, **settings: bool) -> None:
        self.ledger = Ledger.open(url or f"sqlite:///{folder / 'ledger.db'}")
        self.systems = {CRM: GateSystem(folder / "crm.db", "crm", at=at), ERP: GateSystem(folder / "erp.db", "erp", at=at)}
        self.config = config(**settings)

    @property
    def asked(self) -> Asked:
        return Asked(self.config, self.ledger, self.systems)

    def put(self, role: Role, key: str, **values: str | None) -> None:
        """A customer; what is not said is empty."""
        empty = dict.fromkeys(("Name", "Phone", "Credit_Limit", "Ext", "Status", "Into"))
        self.systems[role].put("customers", key, **{"Key": key, **empty, **values})

    def contact(self, role: Role, key: str, customer: str) -> None:
        self.systems[role].put("contacts", key, Key=key, Name=key, **{"Account" if role is CRM else "Debtor": customer})

    def propose(self, actions: Sequence[Action], by: str = "carl") -> str:
        """Propose, and the id of the whole."""
        self.ledger.propose_by_person(actions, by, "as carl said")
        return next(action.id for action in actions if action.part_of is None)

    def linked(self, crm_key: str, erp_key: str) -> None:
        """A link that was pushed."""
        self.pushed(self.propose(proposing.link(self.asked, "customers", crm_key, erp_key)))

    def approved(self, *ids: str) -> None:
        for who in ("anna", "bert"):
            approve.approve(self.ledger, self.config, ids, by=who)

    def push(self, *, dry_run: bool = False) -> PushResult:
        return push(self.ledger, self.systems, self.config, None, dry_run, by="anna", progress=Silent(), beyond_limits=True)

    def pushed(self, *ids: str) -> PushResult:
        """Approved by two people, and pushed."""
        self.approved(*ids)
        return self.push()

    def undone(self, *ids: str) -> PushResult:
        """Taken back by proposals that two people approve."""
        found = proposing.undo(self.asked, ids)
        pairs = [(one.action.id, one.proposal) for one in found if one.proposal]
        self.ledger.propose_undos(pairs, "dora")
        return self.pushed(*(undo.id for _, undo in pairs if undo.part_of is None))

    def state(self, id_: str) -> ActionState:
        return self.ledger.action_states([id_])[id_]

    def message(self, id_: str) -> str:
        return self.ledger.actions(ids=[id_])[0].message

    def links(self) -> dict[str, tuple[str, str]]:
        return {row[0]: (row[1], row[2]) for row in self.ledger.crosswalk().select("crm_key", "erp_key", "rung").iter_rows()}

    def everything(self) -> dict[tuple[str, str], dict[str, dict[str, object]]]:
        """Every field of every record of both systems."""
        return {(r, name): self.systems[r].records(name) for r in Role for name in ("customers", "contacts")}  # type: ignore[misc]

    def landed(self) -> list[str]:
        return [id_ for system in self.systems.values() for id_ in system.landed()]

    def close(self) -> None:
        self.ledger.close()
