"""Breaks over several runs of a project: their fingerprints, owners by rule, terms, and what a run says of them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile import pipeline, run_folder
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.results import CHECKS, FINDINGS, CheckResult, RunResult

CRM = pl.DataFrame(
    {
        "Key": [f"C{n}" for n in range(8)],
        "Number": [str(n) for n in range(8)],
        "City": ["Berlin", "Köln", "Wien", "Berlin", "Bonn", "Rom", "Paris", "Linz"],
        "Country": ["DE", "DE", "AT", "DE", "DE", "IT", "FR", "AT"],
        "Limit": ["100", "200", "300", "400", "500", "600", "700", "800"],
        "Note": ["x"] * 8,
    }
)
ERP = CRM.with_columns(
    Key=pl.col("Key").str.replace("C", "E"),
    City=pl.Series(["Berlin", "Hamburg", "Wien", "Bern", "Bonn", "Rom", "Lyon", "Linz"]),
    Limit=pl.Series(["100", "200", "301", "400", "500", "600", "700", "900"]),
).filter(pl.col("Key") != "E4")
"""Differs in three cities and two limits, and lacks one record."""
RULES = {
    "owners": [
        {"owner": "Credit desk", "fields": "credit_limit"},
        {"owner": "Vienna", "entities": "customers", "when": "country = 'AT'"},
        {"owner": "Large accounts", "when": "credit_limit >= 500", "kinds": ["missing_in_erp"]},
        {"owner": "Master data", "severities": ["minor"]},
    ],
    "due_days": {"major": 0},
}


def run(folder: Path, ledger: Ledger, run_id: str, crm: pl.DataFrame, erp: pl.DataFrame, **more: Any) -> RunResult:
    source = {"object": "customers", "key": "Key"}
    fields = {"number": "Number", "city": "City", "country": "Country", "credit_limit": "Limit"}
    config = ProjectConfig.model_validate({
        "project": "lives",
        "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
        "entities": {
            "customers": {
                "crm": source,
                "erp": source,
                "fields": {name: {"crm": at, "erp": at} for name, at in fields.items()},
                "match": {"keys": ["number"]},
            }
        },
        **more,
    })  # fmt: skip
    systems = {role: MemoryConnector(str(role), {"customers": t}) for role, t in zip(pipeline.Role, (crm, erp), strict=True)}
    nothing = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
    return pipeline.run(config, folder, systems, ledger, lambda *_: nothing, Silent(), run_id)


def fingerprints(crm: pl.DataFrame, erp: pl.DataFrame, run_id: str = "r1") -> set[str]:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(f"sqlite:///{folder}/ledger.db") as ledger:
        return set(run(Path(folder), ledger, run_id, crm, erp).breaks["fingerprint"])


KNOWN = fingerprints(CRM, ERP)


@settings(max_examples=10)
@given(
    seed=st.integers(0, 10_000), note=st.text("abc", max_size=4), run_id=st.from_regex(r"20[0-9]{6}T[0-9]{6}Z", fullmatch=True)
)
def test_a_fingerprint_outlives_the_records_order_the_run_and_other_fields(seed, note, run_id):
    dice = random.Random(seed)  # noqa: S311  # repeatable
    crm, erp = (frame.sample(fraction=1, shuffle=True, seed=dice.getrandbits(16)) for frame in (CRM, ERP))
    other = pl.lit(note).alias("Note")
    columns = dice.sample(crm.columns, len(crm.columns))
    assert fingerprints(crm.with_columns(other).select(columns), erp.with_columns(other), run_id) == KNOWN


@settings(max_examples=5)
@given(values=st.lists(st.integers(10_000, 99_999).map(str), min_size=2, max_size=2, unique=True))
def test_a_fingerprint_outlives_the_values_that_differ(values):
    differs = pl.col("Key").str.ends_with("2")
    crm, erp = (
        frame.with_columns(Limit=pl.when(differs).then(pl.lit(value)).otherwise("Limit"))
        for frame, value in zip((CRM, ERP), values, strict=True)
    )
    assert fingerprints(crm, erp) == KNOWN


def test_rules_say_who_looks_after_a_break_and_terms_until_when(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        first = run(tmp_path, ledger, "r1", CRM, ERP, breaks=RULES)
        owners = {(row["field"], row["crm_key"]): row["assignee"] for row in first.breaks.to_dicts()}
        assert owners == {
            ("credit_limit", "C2"): "Credit desk",
            ("credit_limit", "C7"): "Credit desk",
            ("city", "C1"): "Master data",
            ("city", "C3"): "Master data",
            ("city", "C6"): "Master data",
            (None, "C4"): "Large accounts",
        }
        due = first.breaks.select("severity", pl.col("due_at").is_null()).unique().sort("severity").rows()
        assert due == [("major", False), ("minor", True)]
        vienna = run(tmp_path, ledger, "r2", CRM, ERP, breaks={"owners": RULES["owners"][1:]})
        assert dict(vienna.breaks.select("crm_key", "assignee").iter_rows())["C2"] == "Vienna"


def test_a_run_keeps_what_is_gone_and_reads_what_an_earlier_version_kept(tmp_path):
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        first = run(tmp_path, ledger, "r1", CRM, ERP)
        second = run(tmp_path, ledger, "r2", CRM, CRM.with_columns(Key=pl.col("Key").str.replace("C", "E")))
    assert (second.fixed, second.breaks.height) == (first.breaks.height, 0)
    kept = run_folder.load(tmp_path, "r2").gone
    assert set(kept["fingerprint"]) == set(first.breaks["fingerprint"])
    assert set(kept["state"]) == {"fixed"}
    file = run_folder.run_path(tmp_path, "r1") / "breaks.parquet"
    pl.read_parquet(file).drop("news", "due_at", "assignee").write_parquet(file)
    (run_folder.run_path(tmp_path, "r1") / "gone.parquet").unlink()
    old = run_folder.load(tmp_path, "r1")
    assert old.breaks.schema == first.breaks.schema
    assert old.gone.is_empty()
