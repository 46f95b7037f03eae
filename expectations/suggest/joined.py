"""Values that are several codes in one, as `A, B`: what is closed are the codes, not their combinations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from expectations.suggest.formats import MATCHES
from expectations.suggest.naming import slug
from expectations.suggest.proposal import Both, Proposal
from expectations.suggest.table import Column

_JOINTS = (r"\s*[,;|、，；]\s*", r"\s*[/+&]\s*", r"\s+")
"""What stands between two codes; the first that fits."""
_SEVERAL = 2
_JOINED = 0.2
"""Share of the different values that must be combinations; fewer are codes of their own."""
_ALONE = 0.6
"""Share of the codes that must stand alone in some record."""


@dataclass(frozen=True)
class Joined:
    """The codes of a column that may hold several at once."""

    codes: tuple[str, ...]
    combinations: tuple[str, ...]
    joint: str
    """A pattern."""


def joined_of(values: Sequence[str]) -> Joined | None:
    """The codes that the values are put together of; None where each value is a code of its own."""
    for joint in _JOINTS:
        parted = {value: re.split(joint, value) for value in values}
        several = {value: parts for value, parts in parted.items() if len(parts) > 1}
        codes = {part for parts in parted.values() for part in parts}
        alone = set(values) - set(several)
        many = len(several) >= _SEVERAL and len(several) >= _JOINED * len(values)
        known = len(alone) >= _ALONE * len(codes) and all(alone & set(parts) for parts in several.values())
        if many and known and "" not in codes:
            return Joined(tuple(sorted(codes)), tuple(sorted(several)), joint)
    return None


def together(column: Column, place: int, joined: Joined) -> Proposal:
    """The rule that nothing but the codes stands in the column."""
    one = "|".join(pl.escape_regex(code).replace(r"\-", "-") for code in joined.codes)
    some = ", ".join(joined.combinations[:3])
    why = Both(
        f"some values are several codes in one, such as {some}: {len(joined.codes)} codes, in any combination.",
        f"有些值由多个代码组成，例如 {some}：共 {len(joined.codes)} 个代码，可任意组合。",
    )
    message = Both(
        f"{column.name} holds a code that is not on the list. Correct it, or add the new code to the rule.",
        f"{column.name} 含有清单之外的代码。请更正，或将新代码加入规则。",
    )
    kwargs = {"column": column.name, "regex": f"^(?:{one})(?:{joined.joint}(?:{one}))*$"}
    return Proposal(f"{slug(column.name, place)}_has_known_codes", MATCHES, kwargs, "minor", message, why)
