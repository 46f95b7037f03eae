"""The expectations that a suite may name and what each takes, so that a suite is checked without importing Great Expectations.

`catalogue.json` is `gx.installed_catalogue()` as it was at the locked version; a test holds the two together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from expectations.suite import Dimension


@dataclass(frozen=True)
class Keyword:
    """One keyword of an expectation."""

    about: str
    required: bool
    choices: tuple[str, ...]
    """The only words it may hold; empty if it is free."""


@dataclass(frozen=True)
class Entry:
    """One expectation."""

    about: str
    per_record: bool
    """Whether records fail, one by one, or the column or table as a whole."""
    kwargs: Mapping[str, Keyword]
    dimension: Dimension | None = None
    """The side of quality that one of our own expectations measures."""


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every expectation by its snake name."""
    told = json.loads(files("expectations").joinpath("catalogue.json").read_text(encoding="utf-8"))
    return {
        name: Entry(
            entry["about"],
            entry["per_record"],
            {key: Keyword(one["about"], one["required"], tuple(one["choices"])) for key, one in entry["kwargs"].items()},
            entry.get("dimension"),
        )
        for name, entry in told.items()
    }


def dimension_of(expect: str) -> Dimension:
    """The side of quality that an expectation measures, where its rule does not say."""
    entry = catalogue().get(expect)
    if entry and entry.dimension:
        return entry.dimension
    if "_null" in expect or "row_count" in expect:
        return "completeness"
    if "unique" in expect:
        return "uniqueness"
    if "pair" in expect or "multicolumn" in expect:
        return "consistency"
    return "validity"
