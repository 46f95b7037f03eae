"""Great Expectations behind one file: a polars frame and expectations by name in, verdicts by row out.

Beside `engine` and the pages the only module that imports it, inside functions: the import takes three to four seconds.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

import polars as pl

from expectations import underway
from expectations.engine.parts import ROW_NUMBERS
from expectations.engine.query import HEARD

_KEPT: ContextVar[list[Any] | None] = ContextVar("kept", default=None)

_ONE_AT_A_TIME = threading.Lock()
"""Great Expectations keeps the current context in a module: two dashboards in one process must not share it."""

_RESULTS = {"result_format": "COMPLETE", "include_unexpected_rows": False, "return_unexpected_index_query": False}
"""Row numbers alone: the keys of the records are looked up later, in the frame."""
ANSWERED_BY = "answered_by"
"""In the `meta` of a result of Great Expectations: `polars`, or `pandas` of what polars can't express."""
_HEIGHT = -1
"""The number, in place of a rule's, of the expectation that counts the rows."""
_ANY_HEIGHT = {"min_value": 0}

_OTHER_ENGINES = (
    "like_pattern",
    "query",
    "other_table",
    "unexpected_rows",
    "type",
    "table_column",
    "column_to_exist",
    "kl_",
    "json_schema",
)
"""Words in the names of expectations that need SQL, or ask for what the canonical shape already decides."""
_NOT_FOR_RULES = ("row_condition", "condition_parser", "library_metadata")
"""Keywords left out of the catalogue: `where` of a rule takes the place of row conditions."""


@dataclass(frozen=True)
class Expected:
    """One expectation by its snake name and its keywords, every placeholder filled in."""

    name: str
    kwargs: Mapping[str, Any]
    about: Mapping[str, str] = field(default_factory=dict)
    """What pages of Great Expectations tell people beside it: rule, severity, en and zh."""


@dataclass(frozen=True)
class Verdict:
    """How one expectation ended."""

    evaluated: int = 0
    """Records that the expectation had an opinion on: missing values are passed over."""
    rows: pl.Series = field(default_factory=lambda: pl.Series("row", [], pl.UInt32))
    """Row numbers, from 0, of the records that fail, in the order of the frame."""
    met: bool = True
    """For an expectation about a whole column or table: whether it holds."""
    observed: str = ""
    """For an expectation about a whole column or table: what was found, as Great Expectations has it."""
    found: tuple[str, str] = ("", "")
    """The same as people read it, in English and in Chinese."""
    problem: str = ""
    """Why there is no verdict; then nothing else here counts."""
    answered_by: str = "polars"
    """Or `pandas`, of what polars can't express."""


def load() -> None:
    """Import Great Expectations, three to four seconds the first time, and keep it quiet."""
    import great_expectations as gx  # noqa: PLC0415 # slow, and not needed by most commands

    logger = logging.getLogger(gx.__name__)  # what goes wrong is in the verdicts, so nothing of it needs a log
    logger.setLevel(logging.CRITICAL)
    logger.propagate = False
    logger.addHandler(logging.NullHandler())


@contextmanager
def keeping() -> Iterator[list[Any]]:
    """The results of Great Expectations itself (ExpectationValidationResult), of all that this thread evaluates meanwhile."""
    kept: list[Any] = []
    token = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(token)


def evaluate(
    frame: pl.DataFrame | pl.LazyFrame, expected: Sequence[Expected], tables: Mapping[str, pl.LazyFrame] | None = None
) -> list[Verdict]:
    """One verdict for each expectation, in their order, by one query; a lazy frame is streamed, only in the columns needed.

    `tables` are those that expectations across tables read, by name.
    """
    if not expected:
        return []
    load()
    with _ONE_AT_A_TIME, _counting(len(expected)):
        return _evaluate(frame, expected, tables or {})


@contextmanager
def _counting(rules: int) -> Iterator[None]:
    """Says how many rules are answered: as many as the share of answers that are there, in the end all."""
    told = 0

    def heard(done: int, of: int) -> None:
        nonlocal told
        reached = max(told, rules * done // of)
        underway.passed("check", reached - told)
        told = reached

    token = HEARD.set(heard)
    try:
        yield
    finally:
        HEARD.reset(token)
    heard(1, 1)


def _evaluate(
    frame: pl.DataFrame | pl.LazyFrame, expected: Sequence[Expected], tables: Mapping[str, pl.LazyFrame]
) -> list[Verdict]:
    import great_expectations as gx  # noqa: PLC0415 # slow, see `load`
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415 # as above

    from expectations.engine import install  # noqa: PLC0415 # as above

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    install()
    asset = context.data_sources.add_polars("frame").add_dataframe_asset("frame")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": _plain(frame), "tables": tables})
    verdicts: dict[int, Verdict] = {}
    rules = []
    for number, one in enumerate(expected):
        built, problem = _build(one, number)
        if built is None:
            verdicts[number] = Verdict(problem=problem)
        else:
            rules.append(built)
    if rules:  # a suite keeps what it is made with; of what is added to it, it drops what equals another one
        height = _build(Expected("expect_table_row_count_to_be_between", _ANY_HEIGHT), _HEIGHT)[0]
        verdicts |= _validated(batch, gx.ExpectationSuite(name="rules", expectations=[*rules, height]))
    missing = Verdict(problem="Great Expectations gave no result")
    return [verdicts.get(number, missing) for number in range(len(expected))]


def _validated(batch: Any, suite: Any) -> dict[int, Verdict]:
    """The verdicts by the number of their expectation, one of which counts the rows in the same query."""
    kept = _KEPT.get()
    asked_for = _RESULTS if kept is not None else _RESULTS | {ROW_NUMBERS: "series"}
    results = {
        result.expectation_config.meta["number"]: result for result in batch.validate(suite, result_format=asked_for).results
    }
    for result in results.values():
        result.meta[ANSWERED_BY] = "pandas" if _by_pandas(result, batch, asked_for) else "polars"
    height = int(results.pop(_HEIGHT).result.get("observed_value") or 0)
    if kept is not None:
        kept.extend(results.values())
    return {number: _verdict(result, height) for number, result in results.items()}


def _by_pandas(result: Any, batch: Any, result_format: Mapping[str, Any]) -> bool:
    """Whether pandas has answered any metric of an expectation."""
    data = batch.data
    if not data.frames.by_pandas:
        return False
    asked = result.expectation_config.to_domain_obj().get_validation_dependencies(
        execution_engine=data.execution_engine, runtime_configuration={"result_format": dict(result_format)}
    )
    return any(metric.id in data.frames.by_pandas for metric in asked.metric_configurations.values())


def _build(one: Expected, number: int) -> tuple[Any, str]:
    """The expectation, or None and what is wrong with it."""
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError  # noqa: PLC0415 # slow, see `load`
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415 # as above

    try:
        return get_expectation_impl(one.name)(**one.kwargs, meta={**one.about, "number": number}), ""
    except ExpectationNotFoundError:
        return None, f"Great Expectations has no {one.name}"
    except (ValueError, TypeError) as error:  # pydantic's error is a ValueError; its first line only counts
        return None, "; ".join(line.strip() for line in str(error).splitlines()[1:]) or str(error)


def build_problem(one: Expected) -> str:
    """What Great Expectations says against these keywords, or nothing; imports it."""
    return _build(one, 0)[1]


def _verdict(result: Any, height: int) -> Verdict:
    found, by = result.result, result.meta[ANSWERED_BY]
    if "unexpected_index_list" in found:
        rows = pl.Series("row", found["unexpected_index_list"], pl.UInt32)
        evaluated = int(found["element_count"]) - int(found.get("missing_count") or 0)
        return Verdict(evaluated=evaluated, rows=rows, answered_by=by)
    problem = _first_exception(result.exception_info)
    if problem:
        return Verdict(problem=problem)
    observed = str(found.get("observed_value", ""))
    return Verdict(evaluated=height, met=bool(result.success), observed=observed, found=_told(result), answered_by=by)


def _told(result: Any) -> tuple[str, str]:
    """What an expectation of our own, or one that came along, says was found."""
    from great_expectations.expectations.registry import get_expectation_impl  # noqa: PLC0415 # slow, see `load`

    from expectations.own.expected.telling import Told  # noqa: PLC0415 # as above

    asked = get_expectation_impl(result.expectation_config.type)
    teller = asked if issubclass(asked, Told) else Told
    return teller.found(result.result, 0), teller.found(result.result, 1)


def _first_exception(info: Mapping[str, Any] | None) -> str:
    """The message is at the top, or one level down under each metric that failed."""
    for part in (info or {}, *(info or {}).values()):
        if isinstance(part, Mapping) and part.get("raised_exception"):
            return " ".join(str(part.get("exception_message") or "an error without a message").split())
    return ""


def _plain(frame: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame | pl.LazyFrame:
    """Times are UTC without zone and decimals are floats, so that what is found reads the same whatever the column's type."""
    return frame.with_columns(
        pl.selectors.datetime(time_zone="*").dt.convert_time_zone("UTC").dt.replace_time_zone(None),
        pl.selectors.decimal().cast(pl.Float64),
    )


def installed_catalogue() -> dict[str, Any]:
    """Every expectation of the installed version that a suite may name: {name: {about, per_record, kwargs}}; see `catalogue`."""
    from expectations.engine import install  # noqa: PLC0415 # slow, see `load`

    load()
    install()
    from great_expectations.expectations import registry  # noqa: PLC0415 # slow, see `load`

    names = [n for n in registry.list_registered_expectation_implementations() if n.startswith("expect_")]
    return {n: _entry(registry.get_expectation_impl(n)) for n in sorted(names) if not any(word in n for word in _OTHER_ENGINES)}


def _entry(expectation: Any) -> dict[str, Any]:
    from great_expectations.expectations.expectation import Expectation  # noqa: PLC0415 # slow, see `load`

    own = {k: v for k, v in expectation.__fields__.items() if k not in (*Expectation.__fields__, *_NOT_FOR_RULES, "batch_id")}
    about = (expectation.__doc__ or "").strip().splitlines()[0]
    per_record = any(base.__name__.endswith("MapExpectation") for base in expectation.__mro__)
    kwargs = {
        key: {
            "about": " ".join((one.field_info.description or "").split()),
            "required": bool(one.required),
            "choices": _choices(one.outer_type_),
        }
        for key, one in own.items()
    }
    dimension = getattr(expectation, "dimension", None)
    return {"about": about, "per_record": per_record, "kwargs": kwargs, **({"dimension": dimension} if dimension else {})}


def _choices(annotation: Any) -> list[str]:
    """The words of a Literal, also inside a union."""
    if get_origin(annotation) is Literal:
        return [str(word) for word in get_args(annotation)]
    return [word for inner in get_args(annotation) if inner is not annotation for word in _choices(inner)]
