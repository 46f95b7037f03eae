"""A project with django-crm as CRM and CSV files as ERP: some accounts to correct, some accounts and contacts to create."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from systems.django_crm_server import EMAIL, PASSWORD, DjangoCrm

from reconcile import approve, wiring
from reconcile.progress import Silent

CONFIG = """\
project: With django-crm
systems:
  bottle:
    role: crm
    connector: django_crm
    url: {url}
    auth: {{username: {email}, password: "${{CRM_PASSWORD}}"}}
    requests_per_second: 10000
  erp: {{role: erp, connector: files, path: .}}
entities:
  customers:
    crm: {{object: accounts, key: id, external_id: tags}}
    erp: {{object: customers.csv, key: number}}
    create_in: [crm]
    match: {{keys: [number]}}
    fields:
      number: {{crm: tags, erp: number, owner: erp}}
      name: {{crm: name, erp: name, owner: erp}}
      email: {{crm: email, erp: email, owner: erp}}
      line: {{type: address, crm: billing_address_line, erp: line, owner: erp}}
      street: {{crm: billing_street, erp: street, owner: erp}}
      city: {{crm: billing_city, erp: city, owner: erp}}
      region: {{type: text, crm: billing_state, erp: region, owner: erp}}
      postal_code: {{crm: billing_postcode, erp: postcode, owner: erp}}
      country: {{crm: billing_country, erp: country, owner: erp}}
  contacts:
    crm: {{object: contacts, key: id, external_id: email}}
    erp: {{object: contacts.csv, key: email}}
    create_in: [crm]
    match: {{keys: [email]}}
    fields:
      first_name: {{crm: first_name, erp: first, owner: erp}}
      last_name: {{crm: last_name, erp: last, owner: erp}}
      email: {{crm: email, erp: email, owner: erp}}
      city: {{type: text, crm: address.city, erp: city, owner: erp}}
in_flight_minutes: 0
checks: {{customers: [], contacts: []}}
"""
CITIES = ["Wien", "北京", "Köln", "Graz"]
_PLACE = {"line": "c/o", "street": "Gasse 1", "region": "W", "postcode": "1010", "country": "AT"}


def customers(count: int) -> pl.DataFrame:
    """The ERP's customers: C1 to C`count`."""
    rows = [
        {"number": f"C{n}", "name": f"公司 {n} GmbH", "email": f"c{n}@example.com", "city": CITIES[n % 4], **_PLACE}
        for n in range(1, count + 1)
    ]
    return pl.DataFrame(rows)


def contacts(count: int) -> pl.DataFrame:
    """The ERP's contacts."""
    rows = [
        {"email": f"p{n}@example.com", "first": f"Anna {n}", "last": f"Müller {n}", "city": CITIES[n % 4]}
        for n in range(1, count + 1)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(["email", "first", "last", "city"], pl.String))


def lay_out(folder: Path, server: DjangoCrm, *, update: int, create: int, people: int) -> None:
    """The files of the project, and in the CRM `update` accounts in other cities; the further ones and the people are missing."""
    customers(update + create).write_csv(folder / "customers.csv")
    contacts(people).write_csv(folder / "contacts.csv")
    (folder / "reconcile.yaml").write_text(CONFIG.format(url=server.url, email=EMAIL), encoding="utf-8")
    for row in customers(update).to_dicts():
        place = {"address_line": row["line"], "state": row["region"], "city": "elsewhere"}
        place |= {name: row[name] for name in ("street", "postcode", "country")}
        body = {"name": row["name"], "email": row["email"], **{f"billing_{name}": value for name, value in place.items()}}
        server.call("POST", "accounts/", **body, tags=f'["{row["number"]}"]')
    assert server.sql("SELECT count(*) FROM accounts_account") == [(update,)]


def opened(folder: Path) -> wiring.Project:
    """The project; close it."""
    return wiring.open_project(folder / "reconcile.yaml", {"CRM_PASSWORD": PASSWORD})


def approved(project: wiring.Project) -> list[str]:
    """A run whose actions anna has approved; their ids."""
    wiring.run(project, Silent())
    ids = [action.id for action in project.ledger.actions()]
    approve.approve(project.ledger, project.config, ids, by="anna")
    return ids


def held(server: DjangoCrm) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the CRM's own database holds, in the form of the ERP's files, every row as often as it is there."""
    accounts = server.sql(
        "SELECT t.name, a.name, email, billing_city, billing_address_line, billing_street, billing_state, billing_postcode, "
        "billing_country FROM accounts_account a LEFT JOIN accounts_account_tags l ON l.account_id = a.id "
        "LEFT JOIN accounts_tags t ON t.id = l.tags_id ORDER BY a.id"
    )
    names = ["number", "name", "email", "city", *_PLACE]
    people = server.sql(
        "SELECT email, first_name, last_name, city FROM contacts_contact c LEFT JOIN common_address a ON a.id = c.address_id"
    )
    columns = ["email", "first", "last", "city"]
    return (
        pl.DataFrame(accounts, schema=dict.fromkeys(names, pl.String), orient="row").sort("number"),
        pl.DataFrame(people, schema=dict.fromkeys(columns, pl.String), orient="row").sort("email"),
    )
