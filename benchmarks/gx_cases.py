"""Great Expectations' own cases for its core expectations, on its pandas engine and on ours: how many come out as they say.

    python benchmarks/gx_cases.py PATH   # a checkout or a bare git directory that still has tests/test_definitions, as 1.2.0 has

The cases are older than the Great Expectations that is installed: some no longer come out on pandas itself, which is the measure.
Nothing of them is kept here. Prints for each expectation cases, passed here, passed on pandas; the last line is one JSON object.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import datetime as dt
import io
import json
import logging
import subprocess
import sys
import tarfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # the folder of this file has an expectations.py

import great_expectations as gx
import pandas as pd
import polars as pl
from dateutil import parser as dates
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.self_check.util import evaluate_json_test_v3_api

from expectations.engine import install

FOLDER = "tests/test_definitions"
BY_ROW = {"column_map_expectations", "column_pair_map_expectations", "multicolumn_map_expectations"}
OURS = {"pandas", "pandas_v3_api", "pandas>=024"}
Frames = dict[str, Any]


def definitions(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The folder that each file stands in, and what it says."""
    if (path / FOLDER).is_dir():
        for file in sorted((path / FOLDER).glob("*/*.json")):
            yield file.parent.name, json.loads(file.read_text(encoding="utf-8"))
        return
    told = subprocess.run(["git", "--git-dir", path, "archive", "HEAD", FOLDER], check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(told)) as archive:
        for member in archive.getmembers():
            opened = archive.extractfile(member) if member.name.endswith(".json") else None
            if opened is not None:
                yield Path(member.name).parent.name, json.load(opened)


def for_pandas(told: dict[str, Any]) -> bool:
    """Whether a data set or a case is meant for pandas."""
    only, not_for = (
        set([given] if isinstance(given := told.get(key) or [], str) else given) for key in ("only_for", "suppress_test_for")
    )
    return (not only or bool(only & OURS)) and not not_for & OURS


def frames_of(dataset: dict[str, Any], *, numbered: bool) -> Frames:
    """The data as pandas has it by its schema, and as polars has it; a column of mixed values is one of Python objects."""
    schema = (dataset.get("schemas") or {}).get("pandas") or {}
    given = dict(dataset["data"])
    if numbered:
        given["pk_index"] = list(range(len(next(iter(given.values()), []))))
    frame = pd.DataFrame(given)
    for name, kind in schema.items():
        if kind.lower() in {"timestamp", "datetime64[ns, tz]"}:
            frame[name] = pd.to_datetime(frame[name], utc=True, format="mixed")
        elif "date" in kind.lower():
            moments = pd.to_datetime(frame[name], format="mixed")
            frame[name] = moments.dt.date if kind.lower() == "date" else moments
        else:
            frame[name] = frame[name].astype(getattr(pd, kind)() if hasattr(pd, kind) else kind)
    return {"pandas": frame, "polars": pl.DataFrame([_series(name, given[name], schema.get(name, "")) for name in given])}


def _series(name: str, values: list[Any], kind: str) -> pl.Series:
    if "date" in kind.lower() or kind.lower() == "timestamp":
        return _moments(name, values, kind.lower())
    if kind == "str":
        return pl.Series(name, [None if one is None else str(one) for one in values], dtype=pl.String)
    kinds = {type(one) for one in values} - {type(None)}
    if kinds == {int, float} or (kind.startswith("float") and kinds == {int}):
        return pl.Series(name, values, dtype=pl.Float64, strict=False)
    mixed = len(kinds) > 1 or bool(kinds & {list, dict})
    return pl.Series(name, values, dtype=pl.Object if mixed else None)


def _moments(name: str, values: list[Any], kind: str) -> pl.Series:
    moments = [None if one is None else dates.parse(one) for one in values]
    if kind == "date":
        return pl.Series(name, [one and one.date() for one in moments], dtype=pl.Date)
    if kind == "timestamp":
        return pl.Series(
            name, [one and one.replace(tzinfo=one.tzinfo or dt.UTC) for one in moments], dtype=pl.Datetime("us", "UTC")
        )
    return pl.Series(name, moments)


class Sides:
    """Both engines in one context."""

    def __init__(self) -> None:
        install()
        self.context: Any = gx.get_context(mode="ephemeral")
        self.context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        sources = self.context.data_sources
        self.definitions = {
            "pandas": sources.add_pandas("pandas").add_dataframe_asset("cases").add_batch_definition_whole_dataframe("all"),
            "polars": sources.add_polars("polars").add_dataframe_asset("cases").add_batch_definition_whole_dataframe("all"),
        }

    def passes(self, side: str, frames: Frames, expectation: str, case: dict[str, Any], *, numbered: bool) -> str:
        """Empty if the case comes out as it says, or why it does not."""
        request = self.definitions[side].build_batch_request({"dataframe": frames[side]})
        try:
            validator = self.context.get_validator(batch_request=request)
            evaluate_json_test_v3_api(validator, expectation, copy.deepcopy(case), pk_column=numbered)
        except Exception as error:  # noqa: BLE001 # whatever goes wrong, the case does not pass
            return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        return ""


def main() -> None:
    """Run all cases on both engines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, help="a checkout or a bare git directory of great_expectations")
    parser.add_argument("--failing", action="store_true", help="name each case that passes on pandas and not here")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    cases, here, there, both = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    sides = Sides()
    with contextlib.redirect_stderr(io.StringIO()):
        for folder, told in definitions(asked.path):
            name = told["expectation_type"]
            for dataset in told["datasets"]:
                if not for_pandas(dataset) or not isinstance(dataset["data"], dict):
                    continue
                numbered = folder in BY_ROW
                frames = frames_of(dataset, numbered=numbered)
                for case in filter(for_pandas, dataset["tests"]):
                    wrong = {side: sides.passes(side, frames, name, case, numbered=numbered) for side in ("polars", "pandas")}
                    cases[name] += 1
                    here[name] += not wrong["polars"]
                    there[name] += not wrong["pandas"]
                    both[name] += not wrong["polars"] and not wrong["pandas"]
                    if asked.failing and wrong["polars"] and not wrong["pandas"]:
                        print(f"{name}: {case['title']}\n    in {case['in']}\n    {wrong['polars']}", file=sys.__stdout__)
    print(f"{'expectation':<84} cases  here  pandas")
    for name in sorted(cases):
        print(f"{name:<84} {cases[name]:5} {here[name]:5} {there[name]:7}")
    print(
        json.dumps(
            {
                "cases": cases.total(),
                "passed": here.total(),
                "share": round(here.total() / cases.total(), 4),
                "passed_on_pandas": there.total(),
                "passed_where_pandas_passes": round(both.total() / there.total(), 4),
            }
        )
    )


if __name__ == "__main__":
    main()
