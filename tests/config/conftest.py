"""A small valid configuration that tests break in one place at a time."""

from __future__ import annotations

import pytest

GOOD = """\
project: Two shops
systems:
  salesforce:
    role: crm
    connector: salesforce
    url: https://crm.example.com
    auth: {client_id: reconcile, client_secret: "${CRM_SECRET}"}
  s4hana:
    role: erp
    connector: files
    path: erp
entities:
  customers:
    crm: {object: Account, key: Id, external_id: ERP__c}
    erp: {object: customers.csv, key: Number}
    create_in: [crm]
    match:
      keys: [number]
      fields: [name, city]
    fields:
      number: {crm: ERP__c, erp: Number, compare: false}
      name: {crm: Name, erp: Name1, owner: crm}
      city: {crm: City, erp: City, owner: crm}
      status:
        crm: Status
        erp: State
        owner: erp
        values: {Active: 0100, Blocked: 0200, NO: 0300}
  orders:
    crm: {object: Order, key: Id}
    erp: {object: orders.csv, key: Number}
    match: {keys: [number]}
    fields:
      number: {crm: Number, erp: Number}
      customer: {crm: AccountId, erp: Customer, owner: crm}
"""

ENVIRONMENT = {"CRM_SECRET": "hunter2-secret"}


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def environment() -> dict[str, str]:
    return dict(ENVIRONMENT)
