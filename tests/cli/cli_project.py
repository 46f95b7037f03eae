"""A small project of two files, and the command line: in this process, where it costs nothing, or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAIN = "from reconcile.cli import main; main()"
CRM = """\
Id,Number,Name,Town,Limit,Since
A1,1001,Acme Ltd,Leeds,1000,2024-01-05
A2,1002,"=HYPERLINK(""http://evil.example"",""x"")",York,2000,2024-01-06
A3,1003,<script>alert(1)</script>,Bath,3000,2024-01-07
A4,,Lonely GmbH,Ulm,4000,2024-01-08
"""
ERP = """\
No;Name1;City;CreditLimit;Since
1001;ACME LIMITED;Leeds;1.234,56;05.01.2024
1002;Evil Corp;York;2.000,00;06.01.2024
1003;Script Corp;Bath;3.000,00;07.01.2024
1005;Only Here AG;Bern;5.000,00;08.01.2024
"""
CONFIG = """\
project: Small
systems:
  shop: {role: crm, connector: files, path: crm}
  books: {role: erp, connector: files, path: erp}
checks: {customers: []}
entities:
  customers:
    crm: {object: accounts.csv, key: Id}
    erp: {object: debtors.csv, key: No, external_id: ShopRef}
    match: {keys: [number]}
    create_in: [erp]
    fields:
      number: {crm: Number, erp: No, compare: false}
      name: {crm: Name, erp: Name1, owner: crm}
      city: {crm: Town, erp: City, owner: erp}
      credit_limit: {crm: Limit, erp: CreditLimit, owner: erp}
      since: {crm: Since, erp: Since, type: date, owner: crm}
"""


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> Any:
        """The last line, which `--json` promises to be one JSON value."""
        return json.loads(self.out.rstrip().splitlines()[-1])


def without_trace(answer: Answer) -> Answer:
    """No traceback, and nothing that should not happen."""
    assert "Traceback" not in answer.out + answer.err, answer.err
    assert "should not" not in answer.err, answer.err
    return answer


def in_own_process(*arguments: str, cwd: Path, before: str = "", **more: Any) -> Answer:
    """The command in a process of its own; `before` is Python that runs first."""
    done = subprocess.run(
        [sys.executable, "-c", before + MAIN, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **more,
    )
    return without_trace(Answer(done.returncode, done.stdout, done.stderr))


def write_project(folder: Path, config: str = CONFIG, crm: str | bytes = CRM, erp: str | bytes = ERP) -> None:
    for name, content in (("crm/accounts.csv", crm), ("erp/debtors.csv", erp), ("reconcile.yaml", config)):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
