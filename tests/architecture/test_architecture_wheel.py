"""The wheel holds the four packages with their templates, suites and the demo's project, and nothing else; and it works alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from architecture_source import PACKAGES, ROOT

PROGRAM = """
import sys
from importlib import resources
sys.path.insert(0, sys.argv[1])
import dashboard.launch, expectations, reconcile, reports.html
from reports.words import Words
from expectations import load_suite, packaged_suites
assert all(sys.modules[name].__file__.startswith(sys.argv[1]) for name in ("dashboard", "expectations", "reconcile", "reports"))
suites = {name: load_suite(path) for name, path in packaged_suites().items()}
assert len(suites) >= 8, suites
environment = reports.html.environment(Words("en"))
for name in environment.list_templates(extensions=["j2"]):
    environment.get_template(name)
assert resources.files("reconcile.sandbox").joinpath("reconcile.yaml").read_text(encoding="utf-8").count("entities:") == 1
assert dashboard.launch.APP.exists()
print(len(suites), len(environment.list_templates()))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = ["uv", "build", "--wheel", "--quiet", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("crm_erp_reconcile-*.whl"))


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if not name.endswith("/")]


def test_it_holds_the_four_packages_and_nothing_else(names):
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_it_holds_every_file_of_them_that_is_kept(names):
    kept = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert sorted(set(kept) - set(names)) == []


def test_it_holds_no_tests_no_caches_and_no_data(names):
    unwanted = ("test_", "conftest", "__pycache__", ".db", ".parquet", ".csv")
    assert [name for name in names if any(part in name for part in unwanted)] == []


def test_it_says_its_licence_and_its_command(names, wheel):
    with zipfile.ZipFile(wheel) as archive:
        found = {name.split("/", 1)[1]: archive.read(name).decode() for name in names if ".dist-info/" in name}
    assert "licenses/LICENSE" in found
    assert "reconcile = reconcile.cli:main" in found["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in found["METADATA"]


def test_suites_templates_and_the_demo_load_from_it(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
