"""Great Expectations' own tests of its expectations on a pandas frame, run as they are on pandas and on our engine.

    python benchmarks/gx_tests.py          # asks pip for the source distribution of the version that is installed
    python benchmarks/gx_tests.py FOLDER   # one that is unpacked already

On our side each pandas frame becomes a polars frame (`pl.from_pandas`); one that polars can't hold is counted apart. Nothing
of the tests is kept. Prints for each file cases, passed on pandas, passed here; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the folder of this file has an expectations.py

import polars as pl
import pytest

from expectations.engine import install

WHERE = ("tests/integration/data_sources_and_expectations", "tests/integration/metrics")
KIND = "tests.integration.test_utils.data_source_config.pandas_data_frame"
SETUP = "_batch_setup_for_datasource"
NOT_HELD = "polars can't hold the frame: "
Told = dict[str, tuple[str, str]]
"""For each case passed, failed, skipped or not held, and why."""


class OnPolars:
    """Mixed into the set-up of a test's batch: a data source of ours instead of the one of pandas."""

    context: Any
    data: Any

    def make_asset(self) -> Any:
        """An asset of a data source with a name of its own."""
        name = self._random_resource_name()  # type: ignore[attr-defined] # the set-up has it
        return self.context.data_sources.add_polars(name).add_dataframe_asset(name)

    def make_batch(self) -> Any:
        """The frame as somebody who comes from pandas would convert it."""
        try:
            frame = pl.from_pandas(self.data)
        except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
            pytest.skip(f"{NOT_HELD}{' '.join(str(error).split())[:200]}")
        return self.make_asset().add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


@dataclass(eq=False)  # pytest puts plugins into sets
class Plugin:
    """Chooses the cases on a pandas frame, changes their data source if asked to, and notes how each comes out."""

    polars: bool
    told: Told = field(default_factory=dict)

    def pytest_addoption(self, parser: pytest.Parser) -> None:
        """An option that the tests' own conftest declares, which needs more libraries than the tests do."""
        parser.addoption("--gallery-measurement", action="store_true", default=False)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the cases on a pandas frame."""
        kind = import_module(KIND)
        items[:] = [one for one in items if isinstance(_source(one), kind.PandasDataFrameDatasourceTestConfig)]
        if self.polars:
            install()
            known = kind.PandasDataFrameBatchTestSetup
            kind.PandasDataFrameBatchTestSetup = type("OnPolars", (OnPolars, known), {})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The outcome of a case; what goes wrong around it counts, too."""
        if report.when == "call" or not report.passed:
            why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
            self.told[report.nodeid] = ("not held" if NOT_HELD in why else report.outcome, why)


def _source(item: pytest.Item) -> Any:
    asked = getattr(item, "callspec", None)
    return getattr(asked.params.get(SETUP), "data_source_config", None) if asked else None


def run(side: str, folder: Path, told: Path) -> None:
    """Run the tests in this process and write how they come out."""
    import_module("great_expectations")  # the one that is installed, before the folder with another copy comes onto the path
    sys.path.insert(0, str(folder.resolve()))
    os.chdir(folder)
    plugin = Plugin(polars=side == "polars")
    asked = [
        "-c",
        os.devnull,
        "--rootdir",
        ".",
        "--confcutdir",
        "tests/integration",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
    ]
    pytest.main([*asked, "-q", "--no-header", "-W", "ignore", "--tb=short", *WHERE], plugins=[plugin])
    told.write_text(json.dumps(plugin.told), encoding="utf-8")


def both(folder: Path) -> tuple[Told, Told]:
    """How the tests come out on pandas and on polars, each in a process of its own."""
    found = []
    with tempfile.TemporaryDirectory() as kept:
        for side in ("pandas", "polars"):
            told = Path(kept, side)
            asked = [sys.executable, __file__, str(folder), "--side", side, "--told", str(told)]
            ran = subprocess.run(asked, check=False, capture_output=True, text=True)
            if not told.exists() or not (read := json.loads(told.read_text(encoding="utf-8"))):
                sys.exit(f"The tests could not be run on {side}:\n{(ran.stdout + ran.stderr)[-2000:]}")
            found.append({case: (outcome, why) for case, (outcome, why) in read.items()})
    return found[0], found[1]


def downloaded(folder: Path) -> Path:
    """The source distribution of the version that is installed, unpacked in `folder`."""
    asked = f"great-expectations=={version('great-expectations')}"
    subprocess.run(["pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps", "--dest", folder, asked], check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(folder, [one for one in archive.getmembers() if "/tests/" in one.name], filter="data")
    return next(one for one in folder.iterdir() if one.is_dir())


def shown(pandas: Told, polars: Told) -> dict[str, float]:
    """Prints a line for each file; the figures of all."""
    ran = [case for case, (outcome, _) in pandas.items() if outcome != "skipped"]
    cases, there, here, both_pass = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for case in ran:
        file = case.partition("::")[0].removeprefix("tests/integration/")
        on_pandas, on_polars = pandas[case][0] == "passed", polars[case][0] == "passed"
        cases[file] += 1
        there[file] += on_pandas
        here[file] += on_polars
        both_pass[file] += on_pandas and on_polars
    print(f"{'file':<110} cases  pandas  here")
    for file in sorted(cases):
        print(f"{file:<110} {cases[file]:5} {there[file]:7} {here[file]:5}")
    return {
        "cases": cases.total(),
        "passed": here.total(),
        "share": round(here.total() / cases.total(), 4),
        "passed_on_pandas": there.total(),
        "not_held": sum(polars[case][0] == "not held" for case in ran),
        "passed_where_pandas_passes": round(both_pass.total() / there.total(), 4),
    }


def failing(pandas: Told, polars: Told) -> Mapping[str, str]:
    """Cases that pass on pandas and not here: the reason of each."""
    return {case: polars[case][1] for case, (there, _) in pandas.items() if there == "passed" != polars[case][0]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all cases on both engines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="an unpacked source distribution of great_expectations")
    parser.add_argument("--failing", action="store_true", help="show each case that passes on pandas and not here")
    parser.add_argument("--side", choices=("pandas", "polars"), help=argparse.SUPPRESS)
    parser.add_argument("--told", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.side:
        run(asked.side, asked.folder, asked.told)
        return
    with tempfile.TemporaryDirectory() as kept:
        pandas, polars = both(asked.folder or downloaded(Path(kept)))
    if asked.failing:
        for case, why in failing(pandas, polars).items():
            print(f"{case}\n{why}\n")
    print(json.dumps(shown(pandas, polars)))


if __name__ == "__main__":
    main()
