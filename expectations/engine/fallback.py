"""What polars can't express is answered by pandas, on the columns that it needs and no others, and says so in the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from expectations.engine.batch import Frames
from expectations.engine.parts import ROW

_LOG = logging.getLogger(__name__)


def pandas_frame(frames: Frames, kept: pl.Expr | None, names: Sequence[str] = ()) -> Any:
    """Some columns of a batch as pandas, all if none is named; the index numbers the rows of the batch."""
    number = ROW
    frame = frames.lazy.with_row_index(number)
    if kept is not None:
        frame = frame.filter(kept)
    if names:
        frame = frame.select(number, *dict.fromkeys(names))
    return frame.collect().to_pandas().set_index(number).rename_axis(None)


def through_pandas(
    frames: Frames,
    kept: pl.Expr | None,
    name: str,
    domain: Mapping[str, Any],
    value: Mapping[str, Any],
    reason: str,
    *,
    whole: bool = False,
) -> Any:
    """The value of one metric, computed by Great Expectations on pandas; `reason` goes to the log.

    With `whole`, pandas gets every column and chooses the rows, too.
    """
    from great_expectations.execution_engine import PandasExecutionEngine  # noqa: PLC0415 # slow to import
    from great_expectations.validator.metric_configuration import MetricConfiguration  # noqa: PLC0415 # as above
    from great_expectations.validator.metrics_calculator import MetricsCalculator  # noqa: PLC0415 # as above

    single = [domain[key] for key in ("column", "column_A", "column_B") if domain.get(key)]
    keys = (value.get("result_format") or {}).get("unexpected_index_column_names") or ()
    names = () if whole else (*single, *(domain.get("column_list") or ()), *keys)
    _LOG.info("%s is computed by pandas, on %s: %s", name, ", ".join(names) or "all columns", reason)
    engine = PandasExecutionEngine(batch_data_dict={"batch": pandas_frame(frames, kept, names)})
    left = set() if whole else {"row_condition", "condition_parser"}
    on = {key: given for key, given in domain.items() if key not in left} | {"batch_id": "batch"}
    return MetricsCalculator(engine).get_metric(MetricConfiguration(name, on, dict(value)))
