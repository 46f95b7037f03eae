"""A whole way with SAP's server as the ERP, in V2 and V4: run, approve, push, proof; a second run finds nothing."""

from __future__ import annotations

import pytest
from systems.cap_server import PASSWORD, USER
from systems.cap_service import cap_service

from reconcile import approve, wiring
from reconcile.progress import Silent

CONFIG = """\
project: With SAP
systems:
  crm: {{role: crm, connector: files, path: .}}
  sap:
    role: erp
    connector: odata
    url: {url}
    auth: {{username: {user}, password: "${{SAP_PASSWORD}}"}}
    requests_per_second: 10000
entities:
  customers:
    crm: {{object: customers.csv, key: id}}
    erp:
      object: A_BusinessPartner
      key: BusinessPartner
      modified: LastChangeDateTime
      external_id: ExternalReference
    create_in: [erp]
    match: {{keys: [crm_id]}}
    fields:
      crm_id: {{crm: id, erp: ExternalReference, owner: crm}}
      name: {{crm: name, erp: BusinessPartnerFullName, owner: crm}}
      city: {{crm: city, erp: to_BusinessPartnerAddress/CityName, owner: crm}}
      credit_limit: {{crm: limit, erp: CreditLimitAmount, owner: crm}}
  orders:
    crm: {{object: orders.csv, key: id}}
    erp: {{object: A_SalesOrder, key: SalesOrder, external_id: PurchaseOrderByCustomer}}
    create_in: [erp]
    match: {{keys: [crm_id]}}
    fields:
      crm_id: {{crm: id, erp: PurchaseOrderByCustomer, owner: crm}}
      customer: {{crm: customer, erp: SoldToParty, owner: crm}}
      order_date: {{crm: day, erp: SalesOrderDate, owner: crm}}
      amount: {{crm: amount, erp: TotalNetAmount, owner: crm}}
  products:
    crm: {{object: products.csv, key: id}}
    erp: {{object: A_Product, key: Product}}
    create_in: [erp]
    match: {{keys: [number]}}
    fields:
      number: {{crm: id, erp: Product, owner: crm}}
      name: {{crm: name, erp: ProductDescription, owner: crm}}
      price: {{crm: price, erp: StandardPrice, owner: crm}}
in_flight_minutes: 0
checks: {{customers: [], orders: [], products: []}}
"""
CUSTOMERS = """id,name,city,limit
C1,Müller GmbH,Wien,1000.00
C2,北京科技有限公司,北京,2500.50
C3,Neu AG,Graz,12.10
C4,Alt KG,Linz,7
"""
PARTNERS = [
    ("1", "C1", "Müller GmbH", 1000, "Linz"),
    ("2", "C2", "北京贸易有限公司", 2500.5, "北京"),
    ("4", "C4", "Alt KG", 70, "Linz"),
]
ORDERS = "id,customer,day,amount\nO1,C3,2026-01-31,99.90\nO2,C1,2026-02-28,5.00\n"


@pytest.fixture(params=["v2", "v4"])
def service(request, tmp_path):
    with cap_service(tmp_path / "erp", request.param) as service:
        yield service


@pytest.fixture
def project(service, tmp_path):
    dated = {"LastChangeDateTime": "2026-01-31T12:00:00.000Z"}
    for key, crm, name, limit, city in PARTNERS:
        row = {"BusinessPartner": key, "ExternalReference": crm, "BusinessPartnerFullName": name, "CreditLimitAmount": limit}
        service.server.insert("A_BusinessPartner", row | dated)
        service.server.insert("A_BusinessPartnerAddress", {"BusinessPartner": key, "AddressID": "1", "CityName": city} | dated)
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    (tmp_path / "products.csv").write_text("id,name,price\nP1,Schraube,0.10\n", encoding="utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    file = tmp_path / "reconcile.yaml"
    url = f"{service.gateway.root}/odata/{service.version}/erp"
    file.write_text(CONFIG.format(url=url, user=USER), encoding="utf-8")
    project = wiring.open_project(file, {"SAP_PASSWORD": PASSWORD})
    yield project
    project.close()


def found_by(project):
    wiring.run(project, Silent())
    return sorted((a.entity, a.kind.value, a.source_key) for a in project.ledger.actions())


def test_what_was_found_is_corrected_in_sap_and_found_no_more(project, service):
    assert found_by(project) == [
        ("customers", "create", "C3"),
        ("customers", "update", "C1"),
        ("customers", "update", "C2"),
        ("customers", "update", "C4"),
        ("orders", "create", "O1"),
        ("orders", "create", "O2"),
        ("products", "create", "P1"),
    ]
    ids = [action.id for action in project.ledger.actions()]
    approve.approve(project.ledger, project.config, ids, by="anna")
    pushed = wiring.push(project, ids, dry_run=False, by="anna", progress=Silent())
    assert (pushed.planned, pushed.verified) == (7, 7), [a.message for a in pushed.actions]
    second = wiring.run(project, Silent())
    assert (second.actions, wiring.open_count(second)) == (0, 0)
    orders = service.server.sql(
        "SELECT PurchaseOrderByCustomer, SalesOrderDate, TotalNetAmount, ExternalReference FROM ERP_A_SalesOrder"
        " JOIN ERP_A_BusinessPartner ON BusinessPartner = SoldToParty ORDER BY 1"
    )
    assert orders == [("O1", "2026-01-31", 99.9, "C3"), ("O2", "2026-02-28", 5, "C1")]


def test_a_batch_that_was_done_without_an_answer_is_proven_by_reading_and_not_sent_again(project, service):
    found_by(project)
    ids = [action.id for action in project.ledger.actions()]
    approve.approve(project.ledger, project.config, ids, by="anna")
    service.gateway.lost_answers = 100
    pushed = wiring.push(project, ids, dry_run=False, by="anna", progress=Silent())
    service.gateway.lost_answers = 0
    assert (pushed.planned, pushed.verified) == (7, 7), [a.message for a in pushed.actions]
    assert service.server.sql("SELECT count(*) FROM ERP_A_BusinessPartner") == [(4,)]
    assert service.server.sql("SELECT count(*) FROM ERP_A_SalesOrder") == [(2,)]


def test_a_key_that_somebody_else_took_meanwhile_is_found_by_reading_and_left_as_it_is(project, service):
    found_by(project)
    ids = [action.id for action in project.ledger.actions(entity="products")]
    approve.approve(project.ledger, project.config, ids, by="anna")
    theirs = {"Product": "P1", "ProductDescription": "theirs", "LastChangeDateTime": "2026-01-31T12:00:00.000Z"}
    service.gateway.meanwhile = lambda: service.server.insert("A_Product", theirs)
    pushed = wiring.push(project, ids, dry_run=False, by="anna", progress=Silent())
    assert (pushed.planned, pushed.unverified) == (1, 1)  # the service said 500, which says nothing
    assert "name is 'theirs', not 'Schraube'" in pushed.actions[0].message
    assert service.server.sql("SELECT ProductDescription, StandardPrice FROM ERP_A_Product") == [("theirs", None)]
