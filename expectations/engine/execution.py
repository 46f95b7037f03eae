"""The execution engine: it gathers the metrics that Great Expectations asks for, and answers them with one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import great_expectations.exceptions as gx_errors
import polars as pl
from great_expectations.core.batch import BatchData, BatchMarkers
from great_expectations.core.batch_spec import RuntimeDataBatchSpec
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.registry import get_metric_provider
from great_expectations.validator.metric_configuration import MetricConfiguration

from expectations.engine.batch import Frames
from expectations.engine.define import Asked, Definition, Inexpressible, Shown
from expectations.engine.fallback import pandas_frame, through_pandas
from expectations.engine.parts import Answer, answered, count, judged, present
from expectations.engine.provider import Provider
from expectations.engine.query import FAILED, Query, answers_of, told
from expectations.engine.rows import row_condition


class PolarsBatchData(BatchData):  # type: ignore[misc] # Great Expectations is untyped for us
    """A batch that the engine has loaded."""

    def __init__(self, execution_engine: PolarsExecutionEngine, frames: Frames) -> None:
        super().__init__(execution_engine)
        self.frames = frames

    @property
    def dataframe(self) -> pl.DataFrame | pl.LazyFrame:
        """What came with the batch."""
        return self.frames.frame


class PolarsExecutionEngine(PandasExecutionEngine):  # type: ignore[misc] # as above
    """Answers all metrics of a batch and row condition with one polars `select`.

    It calls itself a pandas engine for two reasons: Great Expectations asks `isinstance(engine, PandasExecutionEngine)` before it
    compares types of columns, and it looks for a metric that an engine lacks at the engine's parents.
    """

    def load_batch_data(self, batch_id: str, batch_data: Any) -> None:
        """Keep a batch under its id; a frame is wrapped."""
        if isinstance(batch_data, (pl.DataFrame, pl.LazyFrame)):
            batch_data = PolarsBatchData(self, Frames(batch_data))
        self._batch_manager.save_batch_data(batch_id=batch_id, batch_data=batch_data)

    def get_batch_data_and_markers(self, batch_spec: Any) -> tuple[PolarsBatchData, BatchMarkers]:
        """The batch of a specification that holds `Frames`. Nothing is hashed and nothing is read."""
        frames = batch_spec.batch_data
        if not (isinstance(batch_spec, RuntimeDataBatchSpec) and isinstance(frames, Frames)):
            raise gx_errors.BatchSpecError("The polars engine takes batches of a polars data source.")
        batch_spec.batch_data = "PolarsDataFrame"  # the specification is stored with the results
        markers = BatchMarkers({"ge_load_time": dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")})
        return PolarsBatchData(self, frames), markers

    def frames_of(self, domain: Mapping[str, Any]) -> Frames:
        """The batch that a metric is about.

        Raises:
            gx_errors.ValidationError: no such batch is loaded.
        """
        manager = self.batch_manager
        data = manager.batch_data_cache.get(domain.get("batch_id") or manager.active_batch_data_id)
        if data is None:
            raise gx_errors.ValidationError(f"Unable to find batch with batch_id {domain.get('batch_id')}")
        frames: Frames = data.frames
        return frames.side(domain["table"]) if domain.get("table") else frames

    def get_domain_records(self, domain_kwargs: dict[str, Any]) -> Any:
        """The rows of a domain as pandas, for metrics that others have registered for pandas alone."""
        frames = self.frames_of(domain_kwargs)
        condition = domain_kwargs.get("row_condition")
        return pandas_frame(frames, row_condition(condition, frames.schema) if condition else None)

    def resolve_metrics(
        self,
        metrics_to_resolve: Iterable[MetricConfiguration],
        metrics: dict[Any, Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[Any, Any]:
        """The values of many metrics by their id.

        Great Expectations asks again for every metric of the level if one of them fails, so that what is known is kept until all
        that is asked for is known.

        Raises:
            gx_errors.MetricResolutionError: one metric could not be answered; the rest is kept for the next call.
        """
        asked = {metric.id: (metric, self.frames_of(metric.metric_domain_kwargs)) for metric in metrics_to_resolve}
        queries: dict[Hashable, Query] = {}
        for id_, (metric, frames) in asked.items():
            if id_ in frames.known or id_ in frames.failed:
                continue
            provider, _ = get_metric_provider(metric.metric_name, self)
            try:
                if isinstance(provider, Provider):
                    self._ask(provider, metric, frames, queries)
                else:
                    frames.known.update(super().resolve_metrics([metric], metrics, runtime_configuration))
                    frames.by_pandas.add(id_)
            except FAILED as error:  # it is told as the result of this metric alone
                frames.failed[id_] = told(error)
        for query in queries.values():
            good, bad = answers_of(query)
            query.frames.known.update(good)
            query.frames.failed.update(bad)
        for id_, (metric, frames) in asked.items():
            if id_ in frames.failed:
                why = frames.failed[id_]
                raise gx_errors.MetricResolutionError(message=str(why), failed_metrics=(metric,)) from why
        found = {id_: frames.known[id_] for id_, (_, frames) in asked.items()}
        for frames in {id(frames): frames for _, frames in asked.values()}.values():
            frames.known.clear()
            frames.failed.clear()
        return found

    def _ask(self, provider: Provider, metric: MetricConfiguration, frames: Frames, queries: dict[Hashable, Query]) -> None:
        """Put a metric into the query that it belongs to, or answer it at once if it needs no query."""
        domain = metric.metric_domain_kwargs
        names = _named(domain, frames.schema)
        if metric.metric_name in _OF_SCHEMA:
            frames.known[metric.id] = _OF_SCHEMA[metric.metric_name](frames.schema)
            return
        condition = domain.get("row_condition")
        key = (id(frames), repr(condition))
        try:
            kept = row_condition(condition, frames.schema) if condition else None
        except Inexpressible as error:
            _by_pandas(metric, frames, None, str(error), whole=True)
            return
        definition = provider.definition
        if definition is None:
            _by_pandas(metric, frames, kept, f"{metric.metric_name} has no polars form")
            return
        if provider.on_pandas and (objects := _python_objects(metric, names, frames.schema)):
            whole = metric.metric_name.endswith(_OF_ALL_COLUMNS)
            _by_pandas(metric, frames, None if whole else kept, f"Python objects are in {', '.join(objects)}", whole=whole)
            return
        try:
            if key not in queries:
                queries[key] = Query(frames, kept)
            answer = _answer(provider, definition, metric, Asked(frames.schema, names, frames.lazy_tables), queries[key])
            if answer is None:
                frames.known[metric.id] = None
            else:
                queries[key].answers[metric.id] = answer
        except Inexpressible as reason:
            _by_pandas(metric, frames, kept, str(reason))


def _by_pandas(metric: MetricConfiguration, frames: Frames, kept: pl.Expr | None, reason: str, *, whole: bool = False) -> None:
    """The metric as pandas answers it, noted as such."""
    name, domain, value = metric.metric_name, metric.metric_domain_kwargs, metric.metric_value_kwargs
    frames.known[metric.id] = through_pandas(frames, kept, name, domain, value, reason, whole=whole)
    frames.by_pandas.add(metric.id)


def _answer(provider: Provider, definition: Definition, metric: MetricConfiguration, asked: Asked, query: Query) -> Answer | None:
    value, domain = metric.metric_value_kwargs, metric.metric_domain_kwargs
    if not provider.part:
        given = {key: value[key] for key in definition.keywords if value.get(key) is not None}
        columns = [present(name, asked.schema) for name in asked.names]
        built = definition.build(*columns, asked, **given)
        shown = built.read if isinstance(built, Shown) else definition.shown or (lambda found: found)
        return Answer(built.expression if isinstance(built, Shown) else built, lambda found: shown(_python(found)))
    ignored = domain.get("ignore_row_if")
    key = (definition.name, metric.metric_domain_kwargs_id, repr([value.get(one) for one in definition.keywords]))
    if provider.part == "filtered_row_count":
        valid = judged(definition, asked, value, ignored).valid
        return Answer(pl.col(query.mask(("valid", *key), lambda: valid)).sum(), count)
    mask = query.mask(key, lambda: judged(definition, asked, value, ignored).unexpected)
    return answered(provider.part, definition.shape, asked, mask, value.get("result_format") or {})


def _python(found: Any) -> Any:
    return found.to_list() if isinstance(found, pl.Series) else found


def _named(domain: Mapping[str, Any], schema: pl.Schema) -> tuple[str, ...]:
    """The columns of a domain, all of which the batch has."""
    single = [domain[key] for key in ("column", "column_A", "column_B") if domain.get(key)]
    names = (*single, *(domain.get("column_list") or ()))
    for name in names:
        if name not in schema:
            message = f'Error: The column "{name}" in BatchData does not exist.'
            raise gx_errors.InvalidMetricAccessorDomainKwargsKeyError(message=message)
    return names


_OF_ALL_COLUMNS = ("unexpected_rows", "table.head")
"""Metrics that show whole rows."""


def _python_objects(metric: MetricConfiguration, names: tuple[str, ...], schema: pl.Schema) -> list[str]:
    """The columns that a metric reads and of which polars knows nothing but that something is there."""
    keys = (metric.metric_value_kwargs.get("result_format") or {}).get("unexpected_index_column_names") or ()
    read = schema if metric.metric_name.endswith(_OF_ALL_COLUMNS) else dict.fromkeys([*names, *keys])
    return [name for name in read if schema.get(name) == pl.Object]


def _types(schema: pl.Schema) -> list[dict[str, Any]]:
    """Types as numpy calls them, which is what expectations about types compare."""
    empty = pl.DataFrame(schema=schema).to_pandas()
    return [{"name": name, "type": dtype} for name, dtype in zip(empty.columns, empty.dtypes, strict=True)]


_OF_SCHEMA: Mapping[str, Callable[[pl.Schema], Any]] = {
    "table.columns": list,
    "table.column_count": len,
    "table.column_types": _types,
}
"""Metrics that need no query."""
