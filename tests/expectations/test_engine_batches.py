"""Parquet that is streamed, checkpoints with actions and Data Docs, and the versions that the engine is known to work with."""

from __future__ import annotations

import re
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import polars as pl
import pytest
from great_expectations.checkpoint import UpdateDataDocsAction
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.engine import PolarsDatasource, PolarsExecutionEngine, install
from expectations.engine.query import Query

KNOWN_TO_WORK = ("1.24",)
"""Minor versions of Great Expectations whose internals, as far as the engine touches them, it has been tried with."""

FRAME = pl.DataFrame(
    {
        "id": [1, 2, 2, 4, None, 6],
        "name": ["a", "b", None, "dd", "e", "f"],
        "line": [1, 1, 1, 2, 2, 2],
        "unread": [{"x": one} for one in range(6)],
    }
)


@pytest.fixture
def context():
    install()
    made = gx.get_context(mode="ephemeral")
    made.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return made


def suite(context=None):
    made = gx.ExpectationSuite(name="suite")
    for one in (
        gxe.ExpectColumnValuesToBeUnique(column="id"),
        gxe.ExpectColumnValuesToNotBeNull(column="name", severity="warning"),
        gxe.ExpectColumnValueLengthsToEqual(column="name", value=1),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["id", "line"]),
        gxe.ExpectColumnMeanToBeBetween(column="line", min_value=1, max_value=2),
        gxe.ExpectTableRowCountToEqual(value=6),
        gxe.ExpectColumnValuesToBeIncreasing(column="id"),
    ):
        made.add_expectation(one)
    return context.suites.add(made) if context else made


def told(results):
    """What each expectation found, without what differs from run to run."""
    return {one.expectation_config.type: (one.success, one.result) for one in results.results}


@pytest.mark.parametrize("result_format", ["BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"])
def test_parquet_gives_what_the_frame_gives(context, tmp_path, result_format):
    (tmp_path / "parts").mkdir()
    FRAME[:4].write_parquet(tmp_path / "parts" / "0.parquet")
    FRAME[4:].write_parquet(tmp_path / "parts" / "1.parquet")
    source = context.data_sources.add_polars("p")
    assert isinstance(source, PolarsDatasource)
    frame = source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all").get_batch({"dataframe": FRAME})
    assert isinstance(frame.data.execution_engine, PolarsExecutionEngine)
    expected = told(frame.validate(suite(), result_format=result_format))
    for name, path in (("folder", tmp_path / "parts"), ("glob", tmp_path / "parts" / "*.parquet")):
        scanned = source.add_parquet_asset(name, path).add_batch_definition_whole_path("all").get_batch()
        assert told(scanned.validate(suite(), result_format=result_format)) == expected
    failing = sorted(name for name, (holds, _) in expected.items() if not holds)
    assert failing == [
        "expect_column_value_lengths_to_equal",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_null",
        "expect_compound_columns_to_be_unique",
    ]


def test_a_scan_reads_only_the_columns_that_a_suite_names(context, tmp_path, monkeypatch):
    """Seen in the plans: the column of structs is in none of them."""
    path = tmp_path / "one.parquet"
    FRAME.write_parquet(path)
    seen = []
    collect = Query.collect

    def watched(self, keys):
        seen.extend(re.findall(r"PROJECT (\d+)/(\d+)", self._select(keys).explain()))
        return collect(self, keys)

    monkeypatch.setattr(Query, "collect", watched)
    batch = context.data_sources.add_polars("p").add_parquet_asset("one", path).add_batch_definition_whole_path("all").get_batch()
    batch.validate(gxe.ExpectColumnValueLengthsToEqual(column="name", value=1))
    assert seen == [("1", "4")]


def test_a_path_that_leads_nowhere_is_refused(context, tmp_path):
    with pytest.raises(Exception, match="There is no Parquet file or folder"):
        context.data_sources.add_polars("p").add_parquet_asset("one", tmp_path / "none.parquet")


@pytest.mark.parametrize(
    ("given", "words"), [({}, "must be a polars DataFrame"), ({"frame": FRAME}, "unknown batch parameters: frame")]
)
def test_batch_parameters_that_are_wrong_are_named(context, given, words):
    definition = context.data_sources.add_polars("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("all")
    with pytest.raises(Exception, match=words):
        definition.get_batch(given)


def test_a_checkpoint_runs_its_actions_and_builds_data_docs(tmp_path):
    install()
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    definition = context.data_sources.add_polars("p").add_dataframe_asset("orders").add_batch_definition_whole_dataframe("all")
    validation = context.validation_definitions.add(gx.ValidationDefinition(name="v", data=definition, suite=suite(context)))
    asked = {"result_format": "COMPLETE", "unexpected_index_column_names": ["line"], "include_unexpected_rows": True}
    docs = UpdateDataDocsAction(name="docs")
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name="c", validation_definitions=[validation], actions=[docs], result_format=asked)
    )
    found = checkpoint.run(batch_parameters={"dataframe": FRAME.drop("unread")})
    assert not found.success
    (result,) = found.run_results.values()
    assert result.meta["batch_parameters"] == {"dataframe": "<DATAFRAME>"}
    assert result.meta["batch_spec"]["batch_data"] == "PolarsDataFrame"
    assert '"success": false' in found.describe()
    pages = [page.read_text(encoding="utf-8") for page in Path(tmp_path).rglob("validations/**/*.html")]
    assert len(pages) == 1
    assert "values must be unique" in pages[0]
    assert gx.get_context(mode="file", project_root_dir=tmp_path).data_sources.get("p").type == "polars"


def test_the_engine_is_known_to_work_with_this_version():
    minor = ".".join(gx.__version__.split(".")[:2])
    assert minor in KNOWN_TO_WORK, (
        f"The polars engine has not been tried with Great Expectations {gx.__version__} (tried: {', '.join(KNOWN_TO_WORK)}). "
        "Run tests/expectations, look at what registration.py, execution.py and source.py use of its internals, and add it here."
    )
