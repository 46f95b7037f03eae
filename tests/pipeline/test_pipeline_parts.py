"""The parts of a run that stand between the stages: order, what is read, snapshots that are whole, and results that come back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile import pipeline, run_folder, snapshot
from reconcile.checks import COLUMNS
from reconcile.config.models import ProjectConfig, Source
from reconcile.connect.memory import MemoryConnector
from reconcile.connect.port import ObjectShape
from reconcile.errors import NotInSystem, StoreUnwritable, SystemUnreachable, UnknownRun
from reconcile.progress import Silent
from reconcile.records import SHAPES, Role
from reconcile.results import CANDIDATES, CHECKS, COUNTS, FINDINGS, LINKS, LIVED, FieldRule, Holds, RunResult

SOURCE = Source.model_validate({"object": "Account", "key": "Id", "modified": "At"})
ROWS = pl.DataFrame({"Id": ["1", "2", "3"], "Name": ["a", None, "c"], "At": ["2024-01-02", "2024-01-03", None]})


def config(*entities: str) -> ProjectConfig:
    fields = {"number": {"crm": "No", "erp": "Number"}, "order": {"crm": "Order", "erp": "OrderNo"}}
    source = {"object": "x", "key": "Id"}
    spec = {"crm": source, "erp": source, "fields": fields, "match": {"keys": ["number"]}}
    systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
    return ProjectConfig.model_validate({"project": "p", "systems": systems, "entities": dict.fromkeys(entities, spec)})


@given(st.permutations([*SHAPES, "service_contracts"]))
def test_parents_come_before_children_however_they_are_written(names):
    ordered = list(pipeline.in_order(config(*names)))
    assert sorted(ordered) == sorted(names)
    for name in SHAPES:
        for parent in SHAPES[name].references.values():
            assert ordered.index(parent) < ordered.index(name)
    assert ordered[-1] == "service_contracts"


def test_what_is_read_and_what_refers_to_what():
    project = config("order_lines")
    assert [fields for _, _, fields in pipeline.wanted(project, project.entities, Role.ERP)] == [["Id", "OrderNo"]]
    assert pipeline.references_of("order_lines", project.entities["order_lines"]) == {"order": "orders"}
    assert pipeline.references_of("customers", project.entities["order_lines"]) == {}


def test_a_snapshot_is_what_was_read_and_says_so(tmp_path):
    crm = MemoryConnector("crm", {"Account": ROWS}, page_size=2)
    manifest = snapshot.take(crm, "crm", "customers", SOURCE, ["Id", "Name", "At"], tmp_path, Silent())
    assert snapshot.load(tmp_path, "crm", "customers").equals(ROWS)
    assert (manifest.rows, manifest.watermark, manifest.fields) == (3, "2024-01-03", ("Id", "Name", "At"))
    file = tmp_path / "crm" / "customers.parquet"
    assert manifest.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["rows"] == 3


def test_a_snapshot_says_what_its_object_has_read_or_not(tmp_path):
    rows = ROWS.with_columns(Limit=pl.lit(1), Paid=pl.lit(1.5), Empty=pl.lit(None, pl.Date), Unread=pl.lit(1))
    crm = MemoryConnector("crm", {"Account": rows}, rules={"Account": {"At": FieldRule(Holds.DATETIME)}})
    read = ["Id", "At", "Limit", "Paid", "Empty"]
    manifest = snapshot.take(crm, "crm", "customers", SOURCE, read, tmp_path, Silent())
    held = {"At": "datetime", "Empty": None, "Id": "text", "Limit": "number", "Name": None, "Paid": "number", "Unread": None}
    assert manifest.columns == held
    assert json.loads((tmp_path / "crm" / "customers.json").read_text(encoding="utf-8"))["columns"] == held
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    kept = snapshot.columns({Role.CRM: [manifest], Role.ERP: []}, at)
    assert kept.schema == COLUMNS
    assert kept.row(0) == ("customers", "crm", "Account", "At", "datetime", at)


def test_fields_behind_a_relation_are_those_of_another_object():
    shape = ObjectShape(
        frozenset({"Name", "to_Address/City", "Account.Name", "Account"}), {"to_Address": {"City"}, "Account": {"Name"}}
    )
    assert snapshot.columns_of(shape, {}) == {"Account": None, "Name": None}
    assert snapshot.columns_of(ObjectShape(frozenset({"Cust. No."})), {"Cust. No.": pl.Boolean()}) == {"Cust. No.": "boolean"}


def test_an_empty_entity_has_an_empty_snapshot(tmp_path):
    crm = MemoryConnector("crm", {"Account": ROWS.clear()})
    assert snapshot.take(crm, "crm", "customers", SOURCE, ["Id", "At"], tmp_path, Silent()).rows == 0
    assert snapshot.load(tmp_path, "crm", "customers").columns == ["Id", "At"]


class _Breaks(MemoryConnector):
    """Fails after its first page."""

    def read(self, source: Source, fields: Sequence[str]) -> Iterator[pl.DataFrame]:
        yield next(super().read(source, fields))
        raise SystemUnreachable("crm", "http://crm.example", "time-out")


def test_a_snapshot_that_was_not_read_to_its_end_is_none(tmp_path):
    with pytest.raises(SystemUnreachable):
        snapshot.take(_Breaks("crm", {"Account": ROWS}), "crm", "customers", SOURCE, ["Id", "At"], tmp_path, Silent())
    assert not list(tmp_path.glob("**/*.parquet"))


def test_a_snapshot_that_cannot_be_written_says_where(tmp_path):
    (tmp_path / "crm").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreUnwritable, match="can't be written"):
        snapshot.take(MemoryConnector("crm", {"Account": ROWS}), "crm", "customers", SOURCE, ["Id", "At"], tmp_path, Silent())


@pytest.mark.parametrize(
    ("field", "there"),
    [("Name", True), ("to_Address/City", True), ("Account.Name", True), ("to_Address/Town", False), ("City", False), ("", False)],
)
def test_paths_lead_through_relations(field, there):
    shape = ObjectShape(frozenset({"Name"}), {"to_Address": frozenset({"City"}), "Account": frozenset({"Name"})})
    assert snapshot.has_field(shape, field) is there


def test_all_that_is_missing_is_said_in_one_go():
    project = config("customers")
    systems = {
        "crm": MemoryConnector("crm", {"x": pl.DataFrame({"Id": ["1"], "Numer": ["2"]})}),
        "erp": MemoryConnector("erp", {}),
    }
    with pytest.raises(NotInSystem) as caught:
        pipeline.check_shapes(project, project.entities, {role: systems[role] for role in Role})
    assert [sentence.split(" (")[0] for sentence in caught.value.missing] == [
        "crm: x has no field 'No'",
        "erp has no object 'x'",
    ]


def test_a_result_comes_back_as_it_was_and_half_a_result_does_not(tmp_path):
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    frames = {
        "counts": COUNTS,
        "links": LINKS,
        "candidates": CANDIDATES,
        "breaks": LIVED,
        "findings": FINDINGS,
        "checks": CHECKS,
    }
    result = RunResult(
        "r1", "p", "CRM", "ERP", at, at, **{n: s.to_frame() for n, s in frames.items()}, fixed=1, actions=2, notes=("é",)
    )
    run_folder.save(tmp_path, result)
    back = run_folder.load(tmp_path, "r1")
    for name, value in vars(result).items():
        assert value.equals(getattr(back, name)) if isinstance(value, pl.DataFrame) else value == getattr(back, name)
    assert run_folder.finished_runs(tmp_path) == ["r1"]
    (run_folder.run_path(tmp_path, "r1") / "summary.json").unlink()
    assert run_folder.finished_runs(tmp_path) == []
    with pytest.raises(UnknownRun):
        run_folder.load(tmp_path, "r1")
