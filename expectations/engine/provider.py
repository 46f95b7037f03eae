"""A metric as Great Expectations' registry wants it: an object without dependencies, so that all metrics fall on one level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from expectations.engine.define import Definition


@dataclass(frozen=True)
class Provider:
    """What stands in the registry for one metric name; the engine answers it, see `execution`."""

    metric_name: str
    definition: Definition | None
    """None for a metric that only pandas answers."""
    part: str
    """What is asked of a condition; empty for an aggregate."""
    domain_keys: tuple[str, ...]
    value_keys: tuple[str, ...]
    default_kwarg_values: Mapping[str, Any]
    on_pandas: bool = True
    """Whether Great Expectations' pandas engine answers it as well."""

    def get_evaluation_dependencies(self, **_asked: Any) -> dict[str, Any]:
        """None: a metric that other engines build on another one is one expression here."""
        return {}

    def answer(self, **_asked: Any) -> Any:
        """Never called: `PolarsExecutionEngine.resolve_metrics` answers many at a time."""
        raise NotImplementedError(self.metric_name)
