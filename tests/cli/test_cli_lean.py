"""What does not check does not pay for Great Expectations, nor for pandas where it asks nobody who speaks it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from cli_project import MAIN, write_project

from reconcile import wiring

ROOT = Path(__file__).parents[2]
TOLD = """
import atexit, sys
atexit.register(lambda: print(*sorted({"great_expectations", "pandas", "altair", "scipy"} & set(sys.modules)), file=sys.stderr))
"""
COMMANDS = {
    "help": ["--help"],
    "check, before it begins": ["check", "--help"],
    "match": ["match", "l.csv", "r.csv", "--out", "o.parquet"],
    "diff": ["diff", "l.csv", "r.csv", "--key", "id", "--out", "d.parquet"],
    "cleanse": ["cleanse", "customers", "crm"],
    "check": ["check", "l.csv", "--suite", "customers"],
    "runs": ["runs"],
    "actions": ["actions"],
}
NEEDED = {"match": {"scipy"}, "cleanse": {"scipy"}}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_only_what_it_asks(tmp_path, command):
    write_project(tmp_path)
    people = pl.DataFrame({"id": [f"A{i}" for i in range(30)], "name": [f"Anna Abel {i * 7919 % 10007}" for i in range(30)]})
    people.write_csv(tmp_path / "l.csv")
    people.write_csv(tmp_path / "r.csv")
    asked = [sys.executable, "-c", TOLD + MAIN, *COMMANDS[command]]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert set(done.stderr.splitlines()[-1].split()) <= NEEDED.get(command, set())


def test_the_check_of_a_file_loads_neither_ledger_nor_connectors():
    program = "import sys, reconcile.wiring.checking; print({'sqlalchemy', 'httpx', 'reconcile.pipeline'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "set()\n", done.stdout + done.stderr


def test_every_name_of_the_wiring_is_there_whatever_was_loaded_before():
    for path in (ROOT / "reconcile" / "wiring").glob("[a-z]*.py"):
        importlib.import_module(f"reconcile.wiring.{path.stem}")
    found = {name: getattr(wiring, name) for name in wiring.__all__}
    assert {name for name, one in found.items() if isinstance(one, ModuleType)} == set()
    assert sorted(found) == sorted(name for names in wiring._MODULES.values() for name in names)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = wiring.nothing


def test_the_dashboard_loads_no_great_expectations():
    program = """
import contextlib, importlib, pathlib, sys
sys.path[:0] = ["dashboard"]
pages = [path.stem for path in sorted(pathlib.Path("dashboard").glob("*.py")) if path.stem not in ("app", "__init__", "__main__")]
for name in pages:
    importlib.import_module(f"dashboard.{name}")
for path in sorted(pathlib.Path("dashboard/screens").glob("[a-z]*.py")):
    with contextlib.suppress(KeyError):  # a page draws at once, and there is no session to draw for; its imports came before
        importlib.import_module(f"dashboard.screens.{path.stem}")
print(sorted({"great_expectations"} & set(sys.modules)), len(pages))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("[] "), done.stdout + done.stderr
    pages = [path.read_text(encoding="utf-8") for path in (ROOT / "dashboard").rglob("*.py")]
    assert [page for page in pages if "great_expectations" in page or "expectations.gx" in page] == []
