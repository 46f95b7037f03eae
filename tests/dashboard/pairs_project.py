"""A project of files with pairs that wait for a person, and customers that are there twice; people sign in to it."""

from __future__ import annotations

import os
from pathlib import Path

from guarded_project import PASSWORD

from reconcile import wiring
from reconcile.progress import Silent

WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")
HOW_MANY = 30
UNSURE = (3, 4, 5, 6, 7, 8)
"""Customers whose number the ERP does not have: likely pairs, of which nobody is sure."""
TWICE = (10, 11, 12, 13, 14)
"""Customers that the CRM has twice, `C10` and `D10`; the second ones have a contact each."""
CONFIG = """
project: Pairs & Twins
systems:
  one: {title: Vertriebs-CRM, role: crm, connector: files, path: crm}
  two: {title: 金蝶 ERP, role: erp, connector: files, path: erp}
in_flight_minutes: 0
entities:
  customers:
    crm: {object: customers.csv, key: id, inactive: {field: status, value: Inactive}, merged_into: into}
    erp: {object: customers.csv, key: id, external_id: ext}
    match: {keys: [number], fields: [name, street, phone], link_at: 0.9999999}
    fields:
      number: {crm: no, erp: no, compare: false}
      name: {crm: name, erp: name, owner: crm}
      street: {crm: street, erp: street, owner: crm}
      phone: {crm: phone, erp: phone, owner: crm}
      website: {crm: web, erp: web, owner: crm}
  contacts:
    crm: {object: contacts.csv, key: id}
    erp: {object: contacts.csv, key: id}
    match: {keys: [email]}
    fields:
      email: {crm: mail, erp: mail, compare: false}
      customer: {crm: account, erp: debtor, owner: crm}
      last_name: {crm: name, erp: name, owner: crm}
"""
ACCESS = """
access:
  roles:
    viewer: {may: [see]}
    asker: {may: [propose]}
    erp asker: {may: [propose], targets: [erp]}
    steward: {may: [propose, approve, reject]}
    runner: {may: [run, push]}
    controller: {may: [approve, reject, undo]}
  people:
    Vera Viewer: {roles: [viewer]}
    Axel Asker: {roles: [asker]}
    Erik ERP: {roles: [erp asker]}
    Stefan Steward: {roles: [steward]}
    Anna Chen 陈安娜: {roles: [controller]}
    Otto Operator: {roles: [runner]}
"""


def _customers(side: str) -> str:
    lines = ["id,no,name,street,phone,web,status,into,ext"]
    for n in range(HOW_MANY):
        number = "" if side == "E" and n in UNSURE else str(1000 + n)
        name = f"{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH"
        phone = f"+4989{n * 77:07}" if side == "E" and n in UNSURE else f"+4930{n:07}"
        street = f"Weg {n} {n * 7}"
        lines.append(f"{side}{n},{number},{name},{street},{phone},,Active,,")
    if side == "C":
        for n in TWICE:
            name = f"{WORDS[n % 6].lower()} {'abcdefghij'[n % 10] * 3}{n} gmbh"
            lines.append(f"D{n},,{name},Weg {n} {n * 7},+4930{n:07},https://twin{n}.example,Active,,")
    return "\n".join(lines) + "\n"


def _contacts(side: str) -> str:
    lines = ["id,mail,account,debtor,name"]
    for n in TWICE:
        customer = f"D{n}" if side == "C" else f"E{n}"
        lines.append(f"{side}P{n},p{n}@example.com,{customer},{customer},Person {n}")
    return "\n".join(lines) + "\n"


def make_pairs(folder: Path, access: str = ACCESS) -> Path:
    """The project after one run, with an account for everybody; its file."""
    for name, side in (("crm", "C"), ("erp", "E")):
        (folder / name).mkdir(parents=True)
        (folder / name / "customers.csv").write_text(_customers(side), encoding="utf-8")
        (folder / name / "contacts.csv").write_text(_contacts(side), encoding="utf-8")
    file = folder / "reconcile.yaml"
    file.write_text(CONFIG + access + ("approvals: {needed: {high: 2}}\n" if access else ""), encoding="utf-8")
    project = wiring.open_project(file, os.environ)
    with_access = project.config.access
    wiring.run(project, Silent(), "Otto Operator")
    for name in with_access.people if with_access else ():
        project.ledger.accounts.create(name, PASSWORD, "root")
    project.close()
    return file
