"""Of many rules the most telling, so that a person reads them: a file of 500 columns speaks for more rules than anyone keeps."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from expectations.suggest.proposal import Both, Suggested, Suggestion

MOST = 60
"""Rules that a person reads."""
_SEVERITIES = ("blocking", "major", "minor")
_KINDS = (
    ("unique", "row_count", "in_parent"),
    ("valid", "column_pair", "placeholders", "mojibake", "lengths", "not_match", "sum_of", "product_of", "determined"),
    ("in_set", "match_regex", "between"),
)
"""Parts of the names of expectations, those that tell most first; presence, which is said of nearly every column, is last."""
_EACH = 3
"""So many rules of columns that differ by a number alone, such as col_001 and col_002, before other columns have their turn."""
_NAMED = 3


def most_telling(suggestion: Suggestion, most: int = MOST) -> Suggestion:
    """The suite with at most so many rules, in their order, and a note of what was left out; every suite has one at least."""
    if len(suggestion.rules) <= most:
        return suggestion
    nth: Counter[tuple[str, str]] = Counter()
    ranked = []
    for place, one in enumerate(suggestion.rules):
        nth[_family(one)] += 1
        ranked.append((*_rank(one, nth[_family(one)]), place))
    kept = {place for *_, place in sorted(ranked)[: max(most, 1)]}
    rules = tuple(one for place, one in enumerate(suggestion.rules) if place in kept)
    left = [one for place, one in enumerate(suggestion.rules) if place not in kept]
    named = {name for one in rules for name in _columns(one)}
    kinds = {name: kind for name, kind in suggestion.kinds.items() if name in named}
    return replace(suggestion, rules=rules, kinds=kinds, notes=(*suggestion.notes, _left_out(left, len(suggestion.rules))))


def _rank(one: Suggested, nth: int) -> tuple[bool, bool, bool, int, int, int, int]:
    """What tells most comes first: what blocks, what is found today, what does harm, and what few columns have."""
    severity = _SEVERITIES.index(one.rule.severity)
    kind = next((at for at, parts in enumerate(_KINDS) if any(part in one.rule.expect for part in parts)), len(_KINDS))
    found = any(tally.failed for tally in one.tally.values()) and kind < len(_KINDS)
    evidence = -max((tally.evaluated for tally in one.tally.values()), default=0)
    return severity > 0, nth > _EACH, not found, severity, kind, nth, evidence


def _family(one: Suggested) -> tuple[str, str]:
    """The expectation, and its columns without the numbers in their names."""
    return one.rule.expect, re.sub(r"\d+", "#", ", ".join(_columns(one)))


def _columns(one: Suggested) -> list[str]:
    given = one.rule.kwargs
    named = [value for key, value in given.items() if key.startswith("column") or key.endswith(("_column", "_columns"))]
    return [str(name) for value in named for name in (value if isinstance(value, list) else [value])] + list(one.rule.where)


def _left_out(left: list[Suggested], all_rules: int) -> Both:
    families = Counter(_family(one) for one in left).most_common(_NAMED)
    some = [(f"{expect.removeprefix('expect_')} {columns}", count) for (expect, columns), count in families]
    kept = all_rules - len(left)
    return Both(
        f"These are the {kept} most telling of {all_rules:,} rules. Left out are {len(left):,} (# is any number): "
        + ", ".join(f"{count:,} x {what}" for what, count in some)
        + (" and others" if len(left) > sum(count for _, count in some) else "")
        + ". --most proposes more.",
        f"共 {all_rules:,} 条规则，这里是最有价值的 {kept} 条；略去 {len(left):,} 条（# 代表任意数字）："
        + "、".join(f"{what} × {count:,}" for what, count in some)
        + (" 等" if len(left) > sum(count for _, count in some) else "")
        + "。可用 --most 提出更多。",
    )
