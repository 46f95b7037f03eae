"""A second run of a project: it goes by the memory of the first, lists what became of the links, and says by which model."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconcile import pipeline, run_folder
from reconcile.config.models import ProjectConfig
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.results import CHECKS, FINDINGS, CheckResult, RunResult

FIELDS = ("Name", "Street", "Phone")
WORDS = ("Nordwind", "Vela", "Kestrel", "Baltic", "Otto", "Marble")
MATCH: dict[str, Any] = {"fields": ["name", "street", "phone"]}


def customers(prefix: str) -> pl.DataFrame:
    rows = [f"{prefix}{n},{WORDS[n % 6]} {'abcdefghij'[n % 10] * 3}{n} GmbH,Weg {n} {n * 7},+4930{n:07}" for n in range(40)]
    return pl.read_csv(io.StringIO("\n".join([",".join(("Key", *FIELDS)), *rows])), infer_schema=False)


class Project:
    """Two systems in memory, and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger.open(f"sqlite:///{folder / 'ledger.db'}")
        self.crm, self.erp = customers("C"), customers("E")
        self.runs = 0

    def run(self, match: dict[str, Any] = MATCH) -> RunResult:
        self.runs += 1
        source = {"object": "customers", "key": "Key"}
        fields = {name.lower(): {"crm": name, "erp": name} for name in FIELDS}
        config = ProjectConfig.model_validate({
            "project": "nights",
            "systems": {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")},
            "entities": {"customers": {"crm": source, "erp": source, "fields": fields, "match": match}},
        })  # fmt: skip
        systems = {
            role: MemoryConnector(str(role), {"customers": table})
            for role, table in zip(pipeline.Role, (self.crm, self.erp), strict=True)
        }
        nothing = CheckResult(CHECKS.to_frame(), FINDINGS.to_frame())
        return pipeline.run(config, self.folder, systems, self.ledger, lambda *_: nothing, Silent(), f"run{self.runs}")

    def changes(self) -> list[tuple[Any, ...]]:
        frame = pl.read_parquet(run_folder.changes_path(self.folder, f"run{self.runs}"))
        return frame.select("entity", "change", "crm_key", "erp_key").rows()


@pytest.fixture
def project(tmp_path) -> Iterator[Project]:
    made = Project(tmp_path)
    yield made
    made.ledger.close()


def test_a_second_run_goes_by_the_memory_of_the_first_and_lists_what_became_of_the_links(project):
    first = project.run()
    assert first.links.height == 40
    assert not run_folder.changes_path(project.folder, "run1").exists()
    project.erp = project.erp.filter(pl.col("Key") != "E7")
    second = project.run()
    assert project.changes() == [("customers", "vanished", "C7", "E7")]
    assert "customers: links since the run before: 0 appeared, 1 vanished, 0 moved." in second.notes
    assert second.links.equals(first.links.filter(pl.col("crm_key") != "C7"))
    assert run_folder.last_memory(project.folder, "customers") == run_folder.memory_path(project.folder, "run1", "customers")
    third = project.run()
    assert project.changes() == []
    assert not any("links since" in note for note in third.notes)


def test_a_run_that_matches_all_again_says_why_and_takes_the_place_of_the_memory(project):
    project.run()
    project.crm = project.crm.filter(pl.col("Key") != "C7")
    second = project.run({**MATCH, "review_at": 0.3})
    assert any("the configuration or a field's type has changed" in note for note in second.notes)
    assert second.links.height == 39
    assert run_folder.last_memory(project.folder, "customers") == run_folder.memory_path(project.folder, "run2", "customers")
    assert not run_folder.memory_path(project.folder, "run1", "customers").exists()
    third = project.run({**MATCH, "review_at": 0.3})
    assert not any("matched anew" in note for note in third.notes)


def test_a_link_says_which_model_has_made_it_also_in_later_runs(project):
    project.run()
    known = project.ledger.crosswalk("customers")
    models = known.filter(pl.col("rung") == "score")["model"].unique().to_list()
    assert len(models) == 1
    assert len(models[0]) == 16
    more = pl.DataFrame([{"Key": "C90", "Name": "Solitaire zzz90 GmbH", "Street": "Allee 90 1", "Phone": "+49309999990"}])
    project.crm = pl.concat([project.crm, more])
    project.erp = pl.concat([project.erp, more.with_columns(Key=pl.lit("E90"))])
    assert project.run().links.height == 41
    assert project.changes() == [("customers", "appeared", "C90", "E90")]
    new = project.ledger.crosswalk("customers").filter(pl.col("crm_key") == "C90").row(0, named=True)
    assert (new["rung"], new["model"], new["run_id"]) == ("score", models[0], "run2")
