"""Everything that Great Expectations is told about polars, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from expectations.engine.define import METRICS, Definition
from expectations.engine.parts import CONDITION_PARTS, COUNTED, WITHOUT_FORMAT
from expectations.engine.provider import Provider

MODULES = ("expectations.engine.metrics", "expectations.own.metrics", "expectations.own.expected")
"""Importing these defines all metrics, and registers our own expectations."""

_DOMAINS: Mapping[str, tuple[str, ...]] = {
    "column": ("column",),
    "column_aggregate": ("column",),
    "pair": ("column_A", "column_B"),
    "multicolumn": ("column_list",),
    "table_aggregate": (),
}
_ENGINE = "PolarsExecutionEngine"
_PANDAS = "PandasExecutionEngine"


def install() -> None:
    """Make `context.data_sources.add_polars` known, and every metric; again, it only adds what was defined since."""
    import great_expectations.expectations.core  # noqa: F401, PLC0415 # registers the metrics of the core; slow to import
    from great_expectations.expectations import registry  # noqa: PLC0415 # as above

    import_module("expectations.engine.source")  # a data source registers itself when its class is made
    for module in MODULES:
        import_module(module)
    for definition in METRICS.values():
        for provider in _providers(definition):
            _register(registry._registered_metrics, provider)  # noqa: SLF001 # `register_metric` logs a warning for each key that differs
    for name, known in registry._registered_metrics.items():  # noqa: SLF001 # as above
        if _PANDAS in known["providers"] and _ENGINE not in known["providers"]:
            _register(registry._registered_metrics, _of_pandas(name, known))  # noqa: SLF001 # as above


def _providers(definition: Definition) -> list[Provider]:
    domain = ("batch_id", "table", *_DOMAINS[definition.shape], "row_condition", "condition_parser")
    if definition.shape in {"pair", "multicolumn"}:
        domain += ("ignore_row_if",)
    if definition.shape.endswith("aggregate"):
        return [Provider(definition.name, definition, "", domain, definition.keywords, definition.defaults)]
    parts = CONDITION_PARTS if definition.shape == "column" else (*CONDITION_PARTS, COUNTED)
    return [
        Provider(
            f"{definition.name}.{part}",
            definition,
            part,
            domain,
            definition.keywords if part in WITHOUT_FORMAT else (*definition.keywords, "result_format"),
            definition.defaults,
        )
        for part in parts
    ]


def _of_pandas(name: str, known: Mapping[str, Any]) -> Provider:
    return Provider(name, None, "", known["metric_domain_keys"], known["metric_value_keys"], known["default_kwarg_values"])


def _register(registered: dict[str, Any], provider: Provider) -> None:
    """Beside the engines that are there; keys that Great Expectations has for a metric of its own stay as they are."""
    known = registered.setdefault(
        provider.metric_name,
        {
            "metric_domain_keys": provider.domain_keys,
            "metric_value_keys": provider.value_keys,
            "default_kwarg_values": dict(provider.default_kwarg_values),
            "providers": {},
        },
    )
    told = replace(provider, on_pandas=_PANDAS in known["providers"])
    known["providers"][_ENGINE] = (told, told.answer)
