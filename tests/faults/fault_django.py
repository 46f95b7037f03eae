"""A real django-crm as target of faults, as it was published: every write is committed, and then answered with 500."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from fault_proxy import Fault, Request, Surgery
from fault_verdict import Books, Cell, Expected, New, Table
from systems.django_crm_server import EMAIL, PASSWORD, DjangoCrm, django_crm_server

from reconcile.records import Role
from reconcile.results import Action, ActionKind, Change

TABLES = {
    "accounts_account": Table(("id",), "name", ("email", "billing_city", "billing_street")),
    "contacts_contact": Table(("id",), "email", ("first_name", "last_name")),
}
CONFIG = """\
project: django-crm under faults
ledger: {ledger}
systems:
  bottle:
    role: crm
    connector: django_crm
    url: ${{CRM_URL}}
    auth: {{username: {email}, password: "${{CRM_PASSWORD}}"}}
    timeout_seconds: {seconds}
    requests_per_second: 100000
  erp: {{role: erp, connector: files, path: .}}
limits:
  share_of_entity: 1000000
  actions_per_entity: 1000000
  actions_per_push: 1000000
  refused_share: 1
  canaries: 0
entities:
  customers:
    crm: {{object: accounts, key: id, external_id: tags}}
    erp: {{object: customers.csv, key: number}}
    match: {{keys: [email]}}
    fields: {{email: {{crm: email, erp: email}}, city: {{crm: billing_city, erp: city}}}}
  contacts:
    crm: {{object: contacts, key: id, external_id: email}}
    erp: {{object: contacts.csv, key: email}}
    match: {{keys: [email]}}
    fields: {{email: {{crm: email, erp: email}}, last_name: {{crm: last_name, erp: last}}}}
"""
_PLACE = {"address_line": "c/o", "street": "Gasse 1", "city": "Linz", "state": "W", "postcode": "1010", "country": "AT"}


class DjangoCase:
    """One server over a database in a folder. It keeps no versions, so that nothing guards the moment of the write itself."""

    guarded = False
    kinds = tuple(kind for kind in Fault if kind not in (Fault.LOCKED, Fault.PARTIAL))

    def __init__(self, folder: Path, server: DjangoCrm) -> None:
        self.folder = folder
        self.roles = (Role.CRM,)
        self.names = {Role.CRM: "bottle", Role.ERP: "erp"}
        self.books = {Role.CRM: Books(server.database, TABLES, only_changes=True)}
        self._server = server

    def url(self, role: Role) -> str:
        return self._server.url if role is Role.CRM else ""

    def environment(self, urls: Mapping[Role, str]) -> dict[str, str]:
        return {"CRM_URL": urls[Role.CRM], "CRM_PASSWORD": PASSWORD}

    def configured(self, ledger: str, seconds: float) -> Path:
        config = self.folder / "reconcile.yaml"
        config.write_text(CONFIG.format(ledger=json.dumps(ledger), seconds=seconds, email=EMAIL), encoding="utf-8")
        return config

    def plan(self, actions: int, decoys: int, dice: random.Random) -> tuple[list[Expected], list[Action]]:
        """Half updates of accounts, the rest new accounts and new contacts in equal parts."""
        creates = [each for n in range(actions // 4) for each in (_account(n), _contact(n))]
        count = actions - len(creates) + decoys
        for n in range(count):
            body = {"name": f"Kunde {n}", "email": f"k{n}@example.com", **{f"billing_{k}": v for k, v in _PLACE.items()}}
            self._server.call("POST", "accounts/", **body, tags=f'["S{n}"]')
        self._server.call("POST", "contacts/", first_name="Old", last_name="Old", email="old@example.com")
        ids = dict(self._server.sql("SELECT name, id FROM accounts_account"))
        updates = [_update(n, str(ids[f"Kunde {n}"])) for n in range(count)]
        chosen = set(dice.sample(range(count), decoys))
        extra = [updates[n].action for n in sorted(chosen)]
        return [each for n, each in enumerate(updates) if n not in chosen] + creates, extra

    def edit(self, cell: Cell, value: str) -> None:
        """What another client does."""
        table, key, column = cell
        self._server.sql(f'UPDATE "{table}" SET "{column}" = ? WHERE id = ?', value, int(key))

    def records(self, _role: Role, request: Request) -> list[str]:
        """The id that is changed, or the name or address of what is new; none if the request only reads or signs in."""
        if request.method not in ("POST", "PUT") or "/auth/" in request.path:
            return []
        if request.method == "PUT":
            return [request.path.strip("/").rpartition("/")[2]]
        said = json.loads(request.body)
        return [str(said.get("name") or said.get("email"))]

    def standing(self, _request: Request, _records: Sequence[str]) -> Surgery | None:
        """It has no batches."""

    def surgery(self, _role: Role, _request: Request, fault: Fault, _dice: random.Random) -> Surgery:
        raise NotImplementedError(fault)


@contextmanager
def django_case(folder: Path) -> Iterator[DjangoCase]:
    """A server as it was published, with nothing in it."""
    with django_crm_server(folder / "crm", answers=False) as server:
        yield DjangoCase(folder, server)


def _update(n: int, key: str) -> Expected:
    city, street = f"Wien {n}", f"Ring {n}"
    changes = (
        Change("city", "billing_city", "Linz", city, "text"),
        Change("street", "billing_street", "Gasse 1", street, "text"),
    )
    cells = {("accounts_account", key, "billing_city"): city, ("accounts_account", key, "billing_street"): street}
    return Expected(_action(f"u{n:05d}", ActionKind.UPDATE, "customers", key, f"S{n}", changes), cells)


def _account(n: int) -> Expected:
    values = {"name": f"Neu {n} 有限公司", "email": f"n{n}@example.com", **{f"billing_{k}": v for k, v in _PLACE.items()}}
    values |= {"billing_city": f"Graz {n}"}
    changes = tuple(Change(name, name, None, value, "text") for name, value in values.items())
    row = New("accounts_account", values["name"], {"email": values["email"], "billing_city": values["billing_city"]})
    return Expected(_action(f"c{n:05d}", ActionKind.CREATE, "customers", None, f"N{n}", changes), rows=(row,))


def _contact(n: int) -> Expected:
    values = {"first_name": f"Anna {n}", "last_name": f"Müller {n}", "email": f"p{n}@example.com"}
    changes = tuple(Change(name, name, None, value, "text") for name, value in values.items())
    row = New("contacts_contact", values["email"], {"first_name": values["first_name"], "last_name": values["last_name"]})
    return Expected(_action(f"p{n:05d}", ActionKind.CREATE, "contacts", None, values["email"], changes), rows=(row,))


def _action(id_: str, kind: ActionKind, entity: str, key: str | None, source: str, changes: tuple[Change, ...]) -> Action:
    fixed = {"label": id_, "clause": f"{entity}: owner erp", "breaks": (f"f-{id_}",), "tier": "low"}
    return Action(id_, kind, entity, Role.CRM, key, source, changes=changes, **fixed)  # type: ignore[arg-type]
