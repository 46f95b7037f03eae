"""What earlier runs of a project counted reaches the rules of its suites: a table that shrinks by half is no usual one."""

from pathlib import Path

import polars as pl
import pytest

from expectations import Suites
from reconcile import pipeline
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.records import Role
from reconcile.results import BreakKind, RunResult

SOURCE = {"object": "customers", "key": "Key"}
CONFIG = ProjectConfig.model_validate({
    "project": "usual",
    "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
    "entities": {
        "customers": {
            "crm": SOURCE,
            "erp": SOURCE,
            "fields": {"number": {"crm": "Number", "erp": "Number"}},
            "match": {"keys": ["number"]},
        }
    },
})  # fmt: skip


def side(letter: str, count: int) -> pl.DataFrame:
    numbers = [str(n) for n in range(count)]
    return pl.DataFrame({"Key": [letter + n for n in numbers], "Number": numbers})


def run(folder: Path, ledger: Ledger, run_id: str, crm: int, erp: int) -> RunResult:
    tables = {Role.CRM: side("C", crm), Role.ERP: side("E", erp)}
    systems = {role: MemoryConnector(str(role), {"customers": table}) for role, table in tables.items()}
    return pipeline.run(CONFIG, folder, systems, ledger, Suites.of(CONFIG, folder), Silent(), run_id)


def counted(result: RunResult) -> dict[str, bool]:
    rows = result.checks.filter(pl.col("rule") == "record_count_is_usual")
    return dict(rows.select("system", "success").iter_rows())


@pytest.fixture
def ledger(ledger_url):
    with Ledger.open(ledger_url) as ledger:
        yield ledger


def test_half_of_the_records_is_unusual_once_there_are_runs_to_say_so(tmp_path, ledger):
    for at, many in enumerate((40, 20, 42, 38, 41)):  # too few runs to say what is usual, so that even a half passes
        assert counted(run(tmp_path, ledger, f"r{at}", many, 40)) == {"crm": True, "erp": True}
    shrunk = run(tmp_path, ledger, "r5", 20, 40)
    assert counted(shrunk) == {"crm": False, "erp": True}
    reasons = shrunk.breaks.filter(pl.col("kind") == BreakKind.BROKEN_RULE)["reason"].to_list()
    assert reasons == ["customers.record_count_is_usual"]
    assert counted(run(tmp_path, ledger, "r6", 40, 40)) == {"crm": True, "erp": True}
