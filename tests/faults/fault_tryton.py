"""A real Tryton as target of faults: parties with addresses and ways to contact them, in its own SQLite database."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fault_proxy import Fault, Request, Surgery, answered
from fault_verdict import Books, Cell, Expected, New, Ref, Table
from systems.tryton_server import DATABASE, PASSWORD, TrytonServer

from reconcile.records import Role
from reconcile.results import Action, ActionKind, Change

TABLES = {
    "party_party": Table(("id",), "code", ("name",)),
    "party_address": Table(("id",), "party", ("city",)),
    "party_contact_mechanism": Table(("id",), "name", ("party", "type", "value")),
}
CONFIG = """\
project: Tryton under faults
ledger: {ledger}
systems:
  crm: {{role: crm, connector: files, path: .}}
  tryton:
    role: erp
    connector: tryton
    url: ${{TRYTON_URL}}
    auth: {{username: admin, password: "${{TRYTON_PASSWORD}}"}}
    timeout_seconds: {seconds}
    requests_per_second: 100000
limits:
  share_of_entity: 1000000
  actions_per_entity: 1000000
  actions_per_push: 1000000
  refused_share: 1
  canaries: 0
entities:
  customers:
    crm: {{object: crm.csv, key: id}}
    erp: {{object: party.party, key: id, modified: _timestamp, external_id: code}}
    match: {{keys: [name]}}
    fields: {{name: {{crm: name, erp: name}}, city: {{crm: city, erp: addresses.city}}}}
  contacts:
    crm: {{object: contacts.csv, key: id}}
    erp: {{object: party.contact_mechanism, key: id, modified: _timestamp, external_id: name}}
    match: {{keys: [email]}}
    fields: {{customer: {{crm: customer, erp: party}}, email: {{crm: email, erp: value}}}}
"""
_PORTION = 200


class TrytonCase:
    """One server over a database in a folder."""

    guarded = True
    kinds = tuple(Fault)

    def __init__(self, folder: Path, server: TrytonServer) -> None:
        self.folder = folder
        self.roles = (Role.ERP,)
        self.names = {Role.CRM: "crm", Role.ERP: "tryton"}
        self.books = {Role.ERP: Books(server.folder / f"{DATABASE}.sqlite", TABLES)}
        self._server = server
        self._poisoned: set[str] = set()

    def url(self, role: Role) -> str:
        return self._server.url if role is Role.ERP else ""

    def environment(self, urls: Mapping[Role, str]) -> dict[str, str]:
        return {"TRYTON_URL": urls[Role.ERP], "TRYTON_PASSWORD": PASSWORD}

    def configured(self, ledger: str, seconds: float) -> Path:
        config = self.folder / "reconcile.yaml"
        config.write_text(CONFIG.format(ledger=json.dumps(ledger), seconds=seconds), encoding="utf-8")
        return config

    def plan(self, actions: int, decoys: int, dice: random.Random) -> tuple[list[Expected], list[Action]]:
        """Half updates of parties with their address, half new parties, each with a mail address."""
        families = [each for n in range(actions // 4) for each in _family(n)]
        keys = self._put(actions - len(families) + decoys)
        updates = [_update(n, party, address) for n, (party, address) in enumerate(keys)]
        chosen = set(dice.sample(range(len(updates)), decoys))
        extra = [updates[n].action for n in sorted(chosen)]
        return [each for n, each in enumerate(updates) if n not in chosen] + families, extra

    def _put(self, count: int) -> list[tuple[str, str]]:
        """So many parties; the ids of each and of its address."""
        out: list[tuple[str, str]] = []
        for start in range(0, count, _PORTION):
            some = range(start, min(count, start + _PORTION))
            new = [{"name": f"Kunde {n}", "code": f"S{n}", "addresses": [["create", [{"city": "Linz"}]]]} for n in some]
            ids = self._server.call("model.party.party.create", new)
            read = self._server.call("model.party.party.read", ids, ["addresses"])
            by_id = {each["id"]: each["addresses"][0] for each in read}
            out += [(str(id_), str(by_id[id_])) for id_ in ids]
        one = {"party": int(out[0][0]), "type": "email", "value": "old@example.com", "name": "old"}
        self._server.call("model.party.contact_mechanism.create", [one])  # a share of none would be too much for any limit
        return out

    def edit(self, cell: Cell, value: str) -> None:
        """What another client does."""
        table, key, column = cell
        self._server.call(f"model.{table.replace('_', '.', 1)}.write", [int(key)], {column: value})

    def records(self, _role: Role, request: Request) -> list[str]:
        """Codes of new records, or ids of those that change; none if the call only reads."""
        call = json.loads(request.body)
        method, params = call["method"], call["params"]
        if method.endswith(".create"):
            return [str(each.get("code") or each.get("name")) for each in params[0]]
        return [str(ids[0]) for ids in params[:-1:2]] if method.endswith(".write") else []

    def standing(self, _request: Request, records: Sequence[str]) -> Surgery | None:
        """What Tryton would refuse, it refuses in every call, until it stands alone in one."""
        bad = self._poisoned & set(records)
        if bad and len(records) == 1:
            self._poisoned -= bad
        return _refused("UserError", ["Not on a Friday", ""]) if bad else None

    def surgery(self, role: Role, request: Request, fault: Fault, dice: random.Random) -> Surgery:
        """A lock refuses a call as a whole; a rule refuses one record of it."""
        if fault is Fault.LOCKED:
            return _refused("UserError", ["The record is locked by another user", ""])
        self._poisoned.add(dice.choice(self.records(role, request)))
        return _refused("UserError", ["Not on a Friday", ""])


def _refused(kind: str, said: list[str]) -> Surgery:
    return Surgery(None, lambda _: answered(200, "OK", json.dumps({"id": 1, "error": [kind, said]}).encode()))


def _update(n: int, party: str, address: str) -> Expected:
    name, city = f"Kunde {n} GmbH & Söhne", f"Wien {n}"
    changes = (Change("name", "name", f"Kunde {n}", name, "text"), Change("city", "addresses.city", "Linz", city, "text"))
    cells = {("party_party", party, "name"): name, ("party_address", address, "city"): city}
    return Expected(_action(f"u{n:05d}", ActionKind.UPDATE, "customers", party, f"S{n}", changes), cells)


def _family(n: int) -> Iterator[Expected]:
    source, person, name, city, mail = f"N{n}", f"P{n}", f"Neu {n} 有限公司", f"Graz {n}", f"buyer{n}@example.com"
    changes = (Change("name", "name", None, name, "text"), Change("city", "addresses.city", None, city, "text"))
    party = New("party_party", source, {"name": name})
    address = New("party_address", Ref("party_party", source), {"city": city})
    yield Expected(_action(f"c{n:05d}", ActionKind.CREATE, "customers", None, source, changes), rows=(party, address))
    changes = (
        Change("customer", "party", None, source, "reference", "customers"),
        Change("type", "type", None, "email", "text"),
        Change("email", "value", None, mail, "text"),
    )
    rows = (New("party_contact_mechanism", person, {"party": Ref("party_party", source), "type": "email", "value": mail}),)
    yield Expected(_action(f"p{n:05d}", ActionKind.CREATE, "contacts", None, person, changes, (f"c{n:05d}",)), rows=rows)


def _action(
    id_: str,
    kind: ActionKind,
    entity: str,
    key: str | None,
    source: str,
    changes: tuple[Change, ...],
    parents: tuple[str, ...] = (),
) -> Action:
    fixed = {"label": id_, "clause": f"{entity}: owner crm", "breaks": (f"f-{id_}",), "tier": "low"}
    return Action(id_, kind, entity, Role.ERP, key, source, changes=changes, depends_on=parents, **fixed)  # type: ignore[arg-type]
