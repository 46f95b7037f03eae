"""A whole way with a real ERP: run, approve, push, proof; a second run finds nothing."""

from __future__ import annotations

import pytest
from systems.tryton_server import PASSWORD, tryton_server

from reconcile import approve, wiring
from reconcile.progress import Silent

CONFIG = """\
project: With Tryton
systems:
  crm: {{role: crm, connector: files, path: .}}
  tryton:
    role: erp
    connector: tryton
    url: {url}
    auth: {{username: admin, password: "${{TRYTON_PASSWORD}}"}}
    requests_per_second: 10000
entities:
  customers:
    crm: {{object: crm.csv, key: id}}
    erp:
      object: party.party
      key: id
      modified: _timestamp
      external_id: code
      where: '[["code", "like", "C%"]]'
    create_in: [erp]
    match: {{keys: [number]}}
    fields:
      number: {{crm: id, erp: code, owner: crm}}
      name: {{crm: name, erp: name, owner: crm}}
      city: {{crm: city, erp: addresses.city, owner: crm}}
in_flight_minutes: 0
checks: {{customers: []}}
"""
CRM = "id,name,city\nC1,Müller GmbH,Wien\nC2,北京科技有限公司,北京\nC3,Neu AG,Graz\n"


@pytest.fixture
def project(tmp_path):
    with tryton_server(tmp_path / "erp") as server:
        parties = [
            {"name": "Müller GmbH", "code": "C1", "addresses": [["create", [{"city": "Linz"}]]]},
            {"name": "北京贸易有限公司", "code": "C2", "addresses": [["create", [{"city": "北京"}]]]},
        ]
        server.call("model.party.party.create", parties)
        (tmp_path / "crm.csv").write_text(CRM, encoding="utf-8")
        file = tmp_path / "reconcile.yaml"
        file.write_text(CONFIG.format(url=server.url), encoding="utf-8")
        project = wiring.open_project(file, {"TRYTON_PASSWORD": PASSWORD})
        yield project
        project.close()


def test_what_was_found_is_corrected_in_tryton_and_found_no_more(project):
    assert wiring.run(project, Silent()).actions == 3
    actions = project.ledger.actions()
    assert sorted((action.kind.value, action.source_key) for action in actions) == [
        ("create", "C3"),
        ("update", "C1"),
        ("update", "C2"),
    ]
    ids = [action.id for action in actions]
    approve.approve(project.ledger, project.config, ids, by="anna")
    pushed = wiring.push(project, ids, dry_run=False, by="anna", progress=Silent())
    assert (pushed.planned, pushed.verified) == (3, 3)
    second = wiring.run(project, Silent())
    assert (second.actions, wiring.open_count(second)) == (0, 0)
