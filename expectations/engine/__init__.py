"""Great Expectations on polars: an execution engine that answers a suite with one lazy query, and its data source.

Worth using alone: `install()`, then `context.data_sources.add_polars(name)`. The import of Great
Expectations takes seconds, so nothing is imported before it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from expectations.engine.execution import PolarsExecutionEngine
    from expectations.engine.registration import install
    from expectations.engine.source import PolarsDatasource

__all__ = ["PolarsDatasource", "PolarsExecutionEngine", "install"]

_WHERE = {
    "PolarsDatasource": "expectations.engine.source",
    "PolarsExecutionEngine": "expectations.engine.execution",
    "install": "expectations.engine.registration",
}


def __getattr__(name: str) -> Any:
    """The three names above, each from its module, when it is first used."""
    from importlib import import_module  # noqa: PLC0415 # only for whoever uses one of the names

    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
