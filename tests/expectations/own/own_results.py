"""Our expectations asked as Great Expectations asks them: one or more on a frame, with its side tables."""

from __future__ import annotations

import datetime as dt

import great_expectations as gx
import polars as pl
from great_expectations.data_context.types.base import ProgressBarsConfig

from expectations.engine import install


def results(frame, expectations, tables=None, result_format="COMPLETE"):
    """The results of Great Expectations, in the order of the expectations."""
    install()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    asset = context.data_sources.add_polars("frames").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame, "tables": tables or {}})
    suite = gx.ExpectationSuite(name="own")
    for at, one in enumerate(expectations):
        one.meta = {**(one.meta or {}), "at": at}
        suite.add_expectation(one)
    found = batch.validate(suite, result_format=result_format)
    found.results.sort(key=lambda result: result.expectation_config.meta["at"])
    return found


def failing(frame, expectation, tables=None):
    """Row numbers that fail, after it is sure that the expectation was answered."""
    (one,) = results(frame, [expectation], tables).results
    assert not problem(one)
    return one.result["unexpected_index_list"] or []


def answered(frame, expectation, tables=None):
    """(success, observed value, details) of an expectation about a column or table."""
    (one,) = results(frame, [expectation], tables).results
    assert not problem(one)
    return one.success, one.result["observed_value"], one.result.get("details")


def refused(frame, expectation, tables=None):
    """Why there is no answer."""
    (one,) = results(frame, [expectation], tables).results
    return problem(one)


def problem(one):
    info = one.exception_info or {}
    told = [
        part["exception_message"] for part in (info, *info.values()) if isinstance(part, dict) and part.get("raised_exception")
    ]
    return told[0] if told else ""


def history(observed, rule="rows", system="erp"):
    """The side table of earlier runs, the oldest first."""
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return pl.DataFrame(
        {
            "suite": ["orders"] * len(observed),
            "rule": [rule] * len(observed),
            "entity": ["orders"] * len(observed),
            "system": [system] * len(observed),
            "run_id": [f"r{at}" for at in range(len(observed))],
            "observed": pl.Series(observed, dtype=pl.Float64),
            "at": [start + dt.timedelta(days=at) for at in range(len(observed))],
        },
        schema_overrides={"at": pl.Datetime("us", "UTC")},
    )
