"""A row of Great Expectations' page of results, with the name of its rule: two rules that ask the same look the same otherwise.

Loaded by its site builder alone, which takes a class of ours in place of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from great_expectations.render.renderer.content_block import ValidationResultsTableContentBlockRenderer

COLUMNS = {"If it fails": "says", "Rule": "rule", "Answered by": "answered_by"}
"""What stands above a column, and its key in the `meta` of an expectation."""


class RowsWithRule(ValidationResultsTableContentBlockRenderer):  # type: ignore[misc] # Great Expectations is untyped for us
    """Its table with a column more for each of COLUMNS."""

    @classmethod
    def _process_content_block(cls, content_block: Any, has_failed_evr: bool, render_object: Any = None) -> None:
        super()._process_content_block(content_block, has_failed_evr, render_object)
        content_block.header_row = [*content_block.header_row, *COLUMNS]
        content_block.header_row_options |= {name: {"sortable": True} for name in COLUMNS}

    @classmethod
    def _get_content_block_fn(cls, expectation_type: str, expectation_config: Any = None) -> Callable[..., Any] | None:
        rows = super()._get_content_block_fn(expectation_type, expectation_config)

        def with_rule(configuration: Any = None, result: Any = None, **more: Any) -> Any:
            (row,) = rows(configuration=configuration, result=result, **more)
            about = result.expectation_config.meta
            return [row + [about.get(key, "") for key in COLUMNS.values()]]

        return rows and with_rule
