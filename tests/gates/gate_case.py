"""The project, the actions and the plan that the tests of the gates share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from gate_system import GateSystem

from reconcile import approve
from reconcile.config.models import ProjectConfig
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.push import PushResult, push
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def config(**limits: float) -> ProjectConfig:
    source = {"key": "Key", "external_id": "Ext"}
    names = ("customers", "contacts", "products", "orders", "order_lines")
    entities = {name: {"crm": {"object": name, **source}, "erp": {"object": name, **source}, "fields": {}} for name in names}
    entities["products"]["erp"] = {"object": "products", "key": "Key"}
    soon = {"timeout_seconds": 0.001}  # what got no answer may be sent again at once
    systems = {role: {"role": role, "connector": "files", "path": ".", **soon} for role in ("crm", "erp")}
    return ProjectConfig.model_validate({"project": "gates", "systems": systems, "entities": entities, "limits": limits})


def change(field: str, before: str | None, after: str | None, kind: str = "text", reference: str | None = None) -> Change:
    return Change(field, f"{field.title()}__c", before, after, kind, reference)


def update(id_: str, *changes: Change, key: str = "E1", entity: str = "customers", **more: object) -> Action:
    return _action(id_, ActionKind.UPDATE, entity, key, f"C-{key}", changes, **more)


def create(id_: str, *changes: Change, source_key: str, entity: str = "customers", **more: object) -> Action:
    return _action(id_, ActionKind.CREATE, entity, None, source_key, changes, **more)


def review(id_: str) -> Action:
    return _action(id_, ActionKind.REVIEW, "customers", "E1", "C1", ())


def _action(
    id_: str, kind: ActionKind, entity: str, target_key: str | None, source_key: str, changes: Sequence[Change], **more: object
) -> Action:
    return Action(
        id=id_,
        kind=kind,
        entity=entity,
        target=Role.ERP,
        target_key=target_key,
        source_key=source_key,
        label=f"the record of {id_}",
        changes=tuple(changes),
        clause=f"{entity}: owner crm",
        breaks=(f"f-{id_}",),
        tier="low",
        **more,  # type: ignore[arg-type]
    )


class Case:
    """One ledger, one ERP, and the way from a plan to a push."""

    def __init__(self, folder: Path, url: str = "", at: Callable[[str], None] = lambda _: None, **limits: float) -> None:
        self.url = url or f"sqlite:///{folder / 'ledger.db'}"
        self.ledger = Ledger.open(self.url)
        self.erp = GateSystem(folder / "erp.db", at=at)
        self.config = config(**limits)

    def approved(self, *actions: Action) -> None:
        self.ledger.propose(actions, "r1", AT)
        approve.approve(self.ledger, self.config, [action.id for action in actions], by="anna")

    def push(self, ids: Sequence[str] | None = None, *, dry_run: bool = False, beyond_limits: bool = False) -> PushResult:
        connectors = {Role.ERP: self.erp, Role.CRM: self.erp}
        more = {"by": "anna", "progress": Silent(), "beyond_limits": beyond_limits}
        return push(self.ledger, connectors, self.config, ids, dry_run, **more)  # type: ignore[arg-type]

    def states(self) -> dict[str, str]:
        return {action.id: action.state.value for action in self.ledger.actions()}

    def state(self, id_: str) -> ActionState:
        return self.ledger.action_states([id_])[id_]

    def close(self) -> None:
        self.ledger.close()
