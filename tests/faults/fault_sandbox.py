"""The sandbox's CRM and ERP as targets of faults: records, actions, what these do to the databases, and who else edits them."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl
from fault_proxy import Fault, Request, Surgery, answered, split
from fault_verdict import Books, Cell, Expected, New, Ref, Table

from reconcile.cli.demonstration import write_project
from reconcile.records import Role
from reconcile.results import Action, ActionKind, Change
from reconcile.sandbox import store
from reconcile.sandbox.salesforce.ids import salesforce_id
from reconcile.sandbox.servers import Sandbox, create_empty

STAMP = "2026-01-05T08:00:00Z"
LIMITS = """\
limits:
  share_of_entity: 1000000
  actions_per_entity: 1000000
  actions_per_push: 1000000
  amount_at_risk: 1000000000
  refused_share: 1
  canaries: 0
"""
"""Off, since all of it is trouble here: a push would end at once, as it should."""
CRM_TABLES = {
    "Account": Table(("Id",), "ERP_Number__c", ("Name", "BillingCity", "Phone")),
    "Contact": Table(("Id",), "ERP_Number__c", ("AccountId", "LastName", "Title")),
}
ERP_TABLES = {
    "A_BusinessPartner": Table(("BusinessPartner",), "ExternalReference", ("BusinessPartnerFullName", "WebsiteURL")),
    "A_BusinessPartnerAddress": Table(("BusinessPartner", "AddressID"), "BusinessPartner", ("CityName",)),
    "A_ContactPerson": Table(("ContactPerson",), "ExternalReference", ("BusinessPartner", "LastName", "FunctionName")),
}
TITLES = ("采购经理", "Einkäuferin", "Buyer & Planner", "O'Neill's deputy")


class SandboxCase:
    """Both systems in a folder; `roles` are those that are written to."""

    guarded = True
    kinds = tuple(Fault)

    def __init__(self, folder: Path, roles: Sequence[Role] = tuple(Role)) -> None:
        self.folder = folder
        self.roles = roles
        create_empty(folder / "systems")
        self.books = {
            Role.CRM: Books(folder / "systems" / "crm.db", CRM_TABLES),
            Role.ERP: Books(folder / "systems" / "erp.db", ERP_TABLES),
        }
        self.names = {Role.CRM: "salesforce", Role.ERP: "s4hana"}
        self.sandbox: Sandbox | None = None

    def start(self) -> None:
        """Answer requests."""
        self.sandbox = Sandbox(self.folder / "systems")

    def close(self) -> None:
        if self.sandbox:
            self.sandbox.close()

    def url(self, role: Role) -> str:
        """Where a system is reached without the proxy."""
        assert self.sandbox
        return self.sandbox.crm_url if role is Role.CRM else self.sandbox.erp_url

    def environment(self, urls: Mapping[Role, str]) -> dict[str, str]:
        """What the configuration reads, with the addresses of proxies instead of the systems'."""
        assert self.sandbox
        return {**self.sandbox.environment, "SANDBOX_CRM_URL": urls[Role.CRM], "SANDBOX_ERP_URL": urls[Role.ERP]}

    def configured(self, ledger: str, seconds: float) -> Path:
        """The demo's project with another ledger, a short patience, and limits that let trouble happen."""
        config = write_project(self.folder, {})
        text = config.read_text(encoding="utf-8")
        head, _, rest = text.partition("limits:")
        entities = rest[rest.index("entities:") :]
        pace = f"    timeout_seconds: {seconds}\n    requests_per_second: 100000\n    auth:"
        config.write_text(
            f"ledger: {json.dumps(ledger)}\n" + head.replace("    auth:", pace) + LIMITS + entities, encoding="utf-8"
        )
        return config

    # Records and actions

    def plan(self, actions: int, decoys: int, dice: random.Random) -> tuple[list[Expected], list[Action]]:
        """So many actions, to be approved, and decoys that never are; the records that they change are put in place."""
        approved: list[Expected] = []
        extra: list[Action] = []
        for place, role in enumerate(self.roles):
            share = actions // len(self.roles) + (place < actions % len(self.roles))
            updates, creates = (_Crm, _Erp)[role is Role.ERP]().planned(share + decoys)
            chosen = dice.sample(range(len(updates)), decoys)
            extra += [updates[n].action for n in chosen]
            approved += [each for n, each in enumerate(updates) if n not in set(chosen)] + creates
            self._put(role, [key for key, _ in _numbered(len(updates))])
        return approved, extra

    def _put(self, role: Role, numbers: Sequence[int]) -> None:
        number = pl.DataFrame({"n": numbers})
        text = pl.col("n").cast(pl.String)
        stamp = pl.lit(STAMP)
        path = self.books[role].file
        if role is Role.CRM:
            stamps = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), stamp)
            ids = pl.Series("Id", [salesforce_id("Account", n) for n in numbers])
            cells = {"Name": "Kunde " + text, "BillingCity": pl.lit("Linz"), "Phone": pl.lit("1")}
            store.insert(path, "Account", number.select(**cells, **stamps).with_columns(ids))
            only = {
                "Id": pl.lit(salesforce_id("Contact", 1)),
                "AccountId": pl.lit(salesforce_id("Account", 1)),
                "LastName": pl.lit("Old"),
            }
            store.insert(path, "Contact", pl.select(**only, **stamps))
            return
        key = (1_000_000 + pl.col("n")).cast(pl.String)
        cells = {"BusinessPartner": key, "BusinessPartnerFullName": "Kunde " + text, "LastChangeDateTime": stamp}
        store.insert(path, "A_BusinessPartner", number.select(**cells, WebsiteURL=pl.lit("a")))
        cells = {"BusinessPartner": key, "AddressID": pl.lit("1"), "CityName": pl.lit("Linz"), "LastChangeDateTime": stamp}
        store.insert(path, "A_BusinessPartnerAddress", number.select(**cells))
        cells = {"ContactPerson": pl.lit("2000001"), "BusinessPartner": pl.lit("1000001"), "LastName": pl.lit("Old")}
        store.insert(path, "A_ContactPerson", pl.select(**cells, LastChangeDateTime=stamp))

    def edit(self, cell: Cell, value: str) -> None:
        """What another client does: the cell, and the record's time of change."""
        table, key, column = cell
        role = Role.CRM if table in CRM_TABLES else Role.ERP
        stamps = ("LastModifiedDate", "SystemModstamp") if role is Role.CRM else ("LastChangeDateTime",)
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sets = ", ".join(f'"{name}" = ?' for name in (column, *stamps))
        where = " AND ".join(f'"{part}" = ?' for part in self.books[role].tables[table].key)
        with closing(self.books[role].open()) as db:
            db.execute(f'UPDATE "{table}" SET {sets} WHERE {where}', (value, *[now] * len(stamps), *key.split("/")))

    # The dialects

    def records(self, role: Role, request: Request) -> list[str]:
        """The records that a request writes, each by something of it that names it; none if it only reads."""
        if role is Role.ERP:
            return [each["url"] for each in _batch(request)]
        if request.method == "PATCH" and "/composite/" in request.path:
            said = json.loads(request.body)["records"]
            return [str(each.get("ERP_Number__c") or each.get("id") or each.get("Id")) for each in said]
        return [request.path.rpartition("/")[2]] if request.method in ("PATCH", "POST") and "/sobjects/" in request.path else []

    def standing(self, _request: Request, _records: Sequence[str]) -> Surgery | None:
        """Nothing here is refused twice."""

    def surgery(self, role: Role, request: Request, fault: Fault, dice: random.Random) -> Surgery:
        """One record of the request is refused; the others go on."""
        return (_without_part if role is Role.ERP else _without_record)(request, fault, dice)


def _numbered(count: int) -> Iterator[tuple[int, str]]:
    return ((n, f"{n:05d}") for n in range(1, count + 1))


def _action(
    id_: str, kind: ActionKind, entity: str, target: Role, key: str | None, source: str, changes: Sequence[Change], **more: Any
) -> Action:
    fixed = {"label": id_, "clause": f"{entity}: owner {target.other}", "breaks": (f"f-{id_}",), "tier": "low"}
    return Action(id_, kind, entity, target, key, source, changes=tuple(changes), **fixed, **more)


class _Side:
    """Half of the actions update customers; the other half creates customers, each with a contact."""

    role: Role
    customers: str
    contacts: str
    fields: Mapping[str, str]

    def key(self, n: int) -> str:
        raise NotImplementedError

    def cells(self, n: int) -> dict[Cell, str]:
        """What an update shall make of customer n, by canonical field in the order of `fields`."""
        raise NotImplementedError

    def rows(self, source: str, n: int) -> tuple[New, ...]:
        raise NotImplementedError

    def planned(self, count: int) -> tuple[list[Expected], list[Expected]]:
        updates = [self._update(n) for n, _ in _numbered(count - count // 4 * 2)]
        return updates, [each for n, _ in _numbered(count // 4) for each in self._family(n)]

    def _update(self, n: int) -> Expected:
        after = self.cells(n)
        before = ("Kunde " + str(n), "Linz")
        changes = [
            Change(name, field, old, new, "text")
            for (name, field), old, new in zip(self.fields.items(), before, after.values(), strict=True)
        ]
        id_ = f"{self.role}-u{n:05d}"
        return Expected(_action(id_, ActionKind.UPDATE, "customers", self.role, self.key(n), f"S{n}", changes), after)

    def _family(self, n: int) -> Iterator[Expected]:
        source, person = f"{self.role}-new-{n}", f"{self.role}-per-{n}"
        names = [f"Neu {n} 有限公司", f"Graz {n}"]
        changes = [Change(name, field, None, new, "text") for (name, field), new in zip(self.fields.items(), names, strict=True)]
        parent = _action(f"{self.role}-c{n:05d}", ActionKind.CREATE, "customers", self.role, None, source, changes)
        yield Expected(parent, rows=self.rows(source, n))
        owner, last, title = (
            ("AccountId", "LastName", "Title") if self.role is Role.CRM else ("BusinessPartner", "LastName", "FunctionName")
        )
        changes = [
            Change("customer", owner, None, source, "reference", "customers"),
            Change("last_name", last, None, f"Müller-{n}", "person_name"),
            Change("title", title, None, TITLES[n % 4], "text"),
        ]
        more = {"depends_on": (parent.id,)}
        child = _action(f"{self.role}-p{n:05d}", ActionKind.CREATE, "contacts", self.role, None, person, changes, **more)
        cells = {owner: Ref(self.customers, source), last: f"Müller-{n}", title: TITLES[n % 4]}
        yield Expected(child, rows=(New(self.contacts, person, cells),))


class _Crm(_Side):
    role = Role.CRM
    customers, contacts = "Account", "Contact"
    fields = {"name": "Name", "city": "BillingCity"}  # noqa: RUF012  # never changed

    def key(self, n: int) -> str:
        return salesforce_id("Account", n)

    def cells(self, n: int) -> dict[Cell, str]:
        return {("Account", self.key(n), "Name"): f"Kunde {n} GmbH & Söhne", ("Account", self.key(n), "BillingCity"): f"Wien {n}"}

    def rows(self, source: str, n: int) -> tuple[New, ...]:
        return (New("Account", source, {"Name": f"Neu {n} 有限公司", "BillingCity": f"Graz {n}"}),)


class _Erp(_Side):
    role = Role.ERP
    customers, contacts = "A_BusinessPartner", "A_ContactPerson"
    fields = {"name": "BusinessPartnerFullName", "city": "to_BusinessPartnerAddress/CityName"}  # noqa: RUF012  # as above

    def key(self, n: int) -> str:
        return str(1_000_000 + n)

    def cells(self, n: int) -> dict[Cell, str]:
        key = self.key(n)
        return {
            ("A_BusinessPartner", key, "BusinessPartnerFullName"): f"Kunde {n} GmbH & Söhne",
            ("A_BusinessPartnerAddress", f"{key}/1", "CityName"): f"Wien {n}",
        }

    def rows(self, source: str, n: int) -> tuple[New, ...]:
        return (
            New("A_BusinessPartner", source, {"BusinessPartnerFullName": f"Neu {n} 有限公司"}),
            New("A_BusinessPartnerAddress", Ref("A_BusinessPartner", source), {"CityName": f"Graz {n}"}),
        )


# One record of several is refused

_LOCK = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access to this record", "fields": []}
_RULE = {"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "Not on a Friday", "fields": ["Name"]}


def _without_record(request: Request, fault: Fault, dice: random.Random) -> Surgery:
    error = _LOCK if fault is Fault.LOCKED else _RULE
    if "/composite/" not in request.path:
        body = [{"errorCode": error["statusCode"], "message": error["message"], "fields": error["fields"]}]
        return Surgery(None, lambda _: answered(400, "Bad Request", json.dumps(body).encode()))
    said = json.loads(request.body)
    place = dice.randrange(len(said["records"]))
    kept = [each for at, each in enumerate(said["records"]) if at != place]
    refused = {"success": False, "errors": [error]}

    def answer(target: bytes | None) -> bytes:
        if target is None:
            return answered(200, "OK", json.dumps([refused]).encode())
        results = json.loads(split(target)[1])
        if not isinstance(results, list) or len(results) != len(kept):
            return target
        return answered(200, "OK", json.dumps([*results[:place], refused, *results[place:]]).encode())

    return Surgery(request.with_body(json.dumps({**said, "records": kept}).encode()) if kept else None, answer)


_TROUBLES = ((400, "SBX/900", "Not on a Friday"), (500, "SBX/901", "An internal error"), (503, "SBX/902", "Busy"))


def _without_part(request: Request, fault: Fault, dice: random.Random) -> Surgery:
    status, code, message = (423, "SBX/903", "Locked by user MILLER") if fault is Fault.LOCKED else dice.choice(_TROUBLES)
    parts = _batch(request)
    chosen = dice.choice(parts)
    out = [
        each
        for each in parts
        if each is chosen or (each.get("atomicityGroup") and each["atomicityGroup"] == chosen.get("atomicityGroup"))
    ]
    kept = [each for each in parts if not any(each is other for other in out)]
    error = {"error": {"code": code, "message": message}}
    refused = [{"id": out[0]["id"], "status": status, "headers": {}, "body": error}]

    def answer(target: bytes | None) -> bytes:
        if target is None:
            return answered(200, "OK", json.dumps({"responses": refused}).encode())
        body = json.loads(split(target)[1])
        if "responses" not in body:
            return target
        return answered(200, "OK", json.dumps({"responses": [*body["responses"], *refused]}).encode())

    return Surgery(request.with_body(json.dumps({"requests": kept}).encode()) if kept else None, answer)


def _batch(request: Request) -> list[dict[str, Any]]:
    if request.method != "POST" or "$batch" not in request.path:
        return []
    return list(json.loads(request.body)["requests"])
