"""A file is read once for all the questions of a push, and again as soon as it is another one."""

from __future__ import annotations

import os

import polars as pl
import pytest

from reconcile import approve
from reconcile.config.models import ProjectConfig
from reconcile.connect.files import kept
from reconcile.connect.files.connector import FilesConnector
from reconcile.connect.memory import MemoryConnector
from reconcile.ledger import Ledger
from reconcile.progress import Silent
from reconcile.push import push
from reconcile.records import Role
from reconcile.results import Action, ActionKind, ActionState, Change

ROWS = 450


class Counted(FilesConnector):
    """Knows how often a file was read."""

    reads = 0

    def read(self, source, fields):
        self.reads += 1
        yield from super().read(source, fields)


@pytest.fixture
def project(tmp_path):
    lines = [f"C{n},Name {n},City {n}" for n in range(ROWS)]
    (tmp_path / "customers.csv").write_text("\n".join(["Key,Name,City", *lines]) + "\n", encoding="utf-8")
    fields = {"name": {"crm": "Name", "erp": "Name"}, "city": {"crm": "City", "erp": "City"}}
    sides = {"crm": {"object": "customers.csv", "key": "Key"}, "erp": {"object": "customers", "key": "Key"}}
    systems = {role: {"role": role, "connector": "files", "path": "."} for role in ("crm", "erp")}
    entities = {"customers": {**sides, "fields": fields, "match": {"keys": [["name"]]}}}
    return ProjectConfig.model_validate({"project": "kept", "systems": systems, "entities": entities})


@pytest.fixture
def files(project, tmp_path):
    return Counted("crm", project.system(Role.CRM), tmp_path)


@pytest.fixture
def source(project):
    return project.entities["customers"].crm


def test_a_push_reads_its_source_once_however_many_batches_it_takes(project, files, tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "_SETTLED_SECONDS", 600.0)  # on a slow machine the file settles meanwhile, and is read once more
    table = pl.DataFrame({"Key": [f"E{n}" for n in range(ROWS)], "Name": "old", "City": "old"})
    systems = {Role.CRM: files, Role.ERP: MemoryConnector("erp", {"customers": table})}
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.propose([_update(n) for n in range(ROWS)], "r1")
        approve.approve(ledger, project, [f"a{n}" for n in range(ROWS)], by="anna")
        done = push(ledger, systems, project, None, False, by="anna", progress=Silent(), beyond_limits=True)
        assert (done.verified, ledger.count_actions([ActionState.VERIFIED])) == (ROWS, ROWS)
    assert files.reads == 1


def _update(n):
    said = {"source_field": "Name", "source_value": f"Name {n}"}
    changes = (Change("name", "Name", "old", f"Name {n}", "text", **said),)
    return Action(f"a{n}", ActionKind.UPDATE, "customers", Role.ERP, f"E{n}", f"C{n}", "x", changes, "customers", (), "low")


def test_a_column_that_was_not_read_before_is_read_with_the_others(files, source):
    for fields in (["Name"], ["City"], ["Name"], ["City", "Name"], []):
        found = files.fetch(source, ["C7", "C8"], fields)
        assert {key: dict(each.values) for key, each in found.items()} == {
            f"C{n}": {field: f"{field} {n}" for field in fields} for n in (7, 8)
        }
    assert files.find(source, "City", ["City 3", "none"]) == {"City 3": ["C3"]}
    assert files.reads == 2


def test_what_replaces_a_file_is_seen_even_with_its_size_and_its_time(files, source, tmp_path):
    file = tmp_path / "customers.csv"
    for name in ("Acme", "Bcme", "Ccme"):
        then = file.stat()
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(text.splitlines()[8], f"C7,{name},City 7"), encoding="utf-8")
        os.utime(file, ns=(then.st_atime_ns, then.st_mtime_ns))
        assert files.fetch(source, ["C7"], ["Name"])["C7"].values == {"Name": name}
    file.write_text("Key,Name\nC7,Last\n", encoding="utf-8")
    assert files.fetch(source, ["C7", "C8"], ["Name"]).keys() == {"C7"}


def test_what_was_not_changed_for_a_while_is_known_by_its_times_and_what_was_just_changed_by_its_bytes(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("a")
    assert kept.version_of(file)[-1]
    monkeypatch.setattr(kept.time, "time", lambda: file.stat().st_ctime + 60)
    assert not kept.version_of(file)[-1]


def test_a_table_that_is_too_large_to_keep_is_read_each_time(files, source, monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 100)
    for n in (1, ROWS - 1):
        assert files.fetch(source, [f"C{n}"], ["Name"])[f"C{n}"].values == {"Name": f"Name {n}"}
    assert files.reads == 2


def test_nothing_is_kept_when_it_is_closed(files, source):
    for _ in range(2):
        files.fetch(source, ["C1"], ["Name"])
        files.close()
    assert files.reads == 2
