"""All six domains with a real ERP: what a CRM's files say otherwise is found, and what Tryton lets change is corrected there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from systems.tryton_server import PASSWORD, tryton_server

from reconcile import approve, wiring
from reconcile.progress import Silent
from reconcile.results import ActionState

PAGE = Path(__file__).parents[2] / "docs/tryton.md"
MORE = "in_flight_minutes: 0\nlimits: {canaries: 0, refused_share: 1}\n"  # what Tryton refuses shall not hold up the rest
FILES = {
    "customers": """
        id,name,tax_id,street,postal_code,city,country
        C1,Müller GmbH,ATU61993034,Gasse 1,1010,Linz,AT
        C2,北京科技有限公司,91110108551385082Q,长安街 2,100031,北京,CN
        C3,Dupont SARL,FR40303265045,Rue 3,75001,Paris,IE
        C4,O'Neil & Daughters,IE0000000A,Lane 4,D02 X285,Dublin,IE
        C5,Neu AG,,Weg 5,8010,Graz,AT
    """,
    "contacts": """
        id,customer,title,email
        M-C1,C1,Accounts,office@mueller.example
        M-C2,C2,Accounts,sales@keji.example
        M-C3,C3,Accounts,compta@dupont.example
        M-C4,C4,Accounts,hello@oneil.example
        M-C5,C5,Boss,neu@ag.example
    """,
    "phones": """
        id,customer,phone
        T-C1,C1,+43 1 5880010
        T-C2,C2,+86 10 6552 9988
        T-C3,C3,+33 1 40 20 50 99
        T-C4,C4,+353 1 679 1000
    """,
    "products": """
        code,name,price,stock,unit
        P1,Bolt M8,0.25,900,u
        P2,Pump,480,40,u
        P3,Filter,12.90,296,u
        P4,Valve DN50,95,60,u
    """,
    "orders": """
        id,customer,date,amount,currency,status
        CRM-1,C1,2025-03-04,75,EUR,Done
        CRM-2,C2,2025-03-03,960,EUR,Processing
        CRM-3,C3,2025-03-03,220,EUR,Confirmed
        CRM-4,C4,2025-03-03,285,EUR,Processing
        CRM-5,C1,2025-03-03,480,EUR,Quoted
        CRM-6,C2,2025-03-07,2.25,EUR,Draft
        CRM-7,C5,2025-03-08,95,EUR,Draft
    """,
    "order_lines": """
        id,order,product,quantity,unit,price,amount
        L1,CRM-1,P1,100,u,0.25,25
        L2,CRM-1,P3,4,u,12.50,50
        L3,CRM-2,P2,2,u,480,960
        L4,CRM-3,P3,10,u,12.50,125
        L5,CRM-3,P4,1,u,95,95
        L6,CRM-4,P4,3,u,95,285
        L7,CRM-5,P2,1,u,480,480
        L8,CRM-6,P1,9,u,0.25,2.25
        L9,CRM-7,P4,1,u,95,95
    """,
    "invoices": """
        number,order,customer,date,amount,outstanding,currency,status
        1,CRM-1,C1,2025-03-05,90,0,EUR,Open
        2,CRM-2,C2,2025-03-05,1152,1152,EUR,Open
        3,CRM-3,C3,2025-03-05,265,264,EUR,Open
    """,
    "payments": """
        number,invoice,date,amount
        2,1,2025-03-20,90
    """,
    "shipments": """
        number,order,shipped,status
        1,CRM-1,2025-03-10,Done
        2,CRM-2,2025-03-11,Done
        3,CRM-3,2025-03-10,Shipped
        4,CRM-4,,Waiting
    """,
}


def configured(url: str) -> str:
    """The configuration that the page of Tryton shows, for the server of the tests."""
    (shown,) = re.findall(r"```yaml\n(project:.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = re.findall(r"^  (\w+):", shown.partition("entities:")[2], re.MULTILINE)
    checks = "".join(f"  {name}: []\n" for name in names)
    here = shown.replace("username: reconcile", "username: admin").replace("https://erp.example.com/company", url)
    return here + MORE + f"checks:\n{checks}"


@pytest.fixture
def project(tmp_path):
    with tryton_server(tmp_path / "erp", trade=True) as server:
        (tmp_path / "crm").mkdir()
        for name, text in FILES.items():
            rows = "\n".join(line.strip() for line in text.strip().splitlines())
            (tmp_path / f"crm/{name}.csv").write_text(rows + "\n", encoding="utf-8")
        file = tmp_path / "reconcile.yaml"
        file.write_text(configured(server.url), encoding="utf-8")
        project = wiring.open_project(file, {"TRYTON_PASSWORD": PASSWORD})
        yield project
        project.close()


PUSHED = {
    ("create", "contacts", "M-C5"),
    ("create", "customers", "C5"),
    ("create", "order_lines", "L9"),
    ("create", "orders", "CRM-7"),
    ("update", "contacts", "M-C2"),
    ("update", "customers", "C1"),
    ("update", "customers", "C3"),
    ("update", "order_lines", "L8"),
    ("update", "orders", "CRM-6"),
    ("update", "phones", "T-C3"),
    ("update", "price_list", "P3"),
    ("update", "price_list", "P4"),
}
REFUSED = {
    ("customers", "C4"): 'The European VAT Number "IE0000000A" for party "O\'Neil & Daughters" is not valid.',
    ("orders", "CRM-1"): 'You are not allowed to modify the field "Sale Date" in record "1 [CRM-1]" of "Sale".',
}
FOR_THE_CRM = {
    ("update", "invoices", "1", "status"),
    ("update", "invoices", "2", "outstanding"),
    ("update", "invoices", "3", "amount"),
    ("update", "orders", "3", "status"),
    ("update", "products", "2", "stock"),
    ("update", "shipments", "2", "shipped_at"),
    ("update", "shipments", "3", "status"),
    ("review", "payments", "10", ""),
}


def test_what_was_planted_in_six_domains_is_found_and_what_tryton_takes_is_corrected_there(project):
    wiring.run(project, Silent())
    actions = [action for action in project.ledger.actions() if action.target == "erp"]
    found = {(action.kind.value, action.entity, action.source_key) for action in actions}
    assert found == PUSHED | {("update", *place) for place in REFUSED}
    assert [action.problem for action in actions if action.problem] == []
    approve.approve(project.ledger, project.config, [action.id for action in actions], by="anna")
    pushed = wiring.push(project, [action.id for action in actions], dry_run=False, by="anna", progress=Silent())
    assert (pushed.planned, pushed.verified, pushed.refused) == (14, 12, 2)
    words = {(a.entity, a.source_key): a.message for a in project.ledger.actions() if a.state is ActionState.REFUSED}
    assert words == REFUSED
    wiring.run(project, Silent())
    left = [action for action in project.ledger.actions() if action.state is ActionState.PROPOSED]
    assert {(a.entity, a.source_key) for a in left if a.target == "erp"} == REFUSED.keys()
    assert {
        (a.kind.value, a.entity, a.source_key or a.target_key, "+".join(change.field for change in a.changes))
        for a in left
        if a.target == "crm"
    } == FOR_THE_CRM
