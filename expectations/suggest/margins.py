"""How far `mostly` stands below what was seen: the lower end of Wilson's interval, so that a rule made today holds next month."""

from __future__ import annotations

import math

_Z = 1.96
"""Standard errors: 95 % sure on both sides."""


def lower_bound(good: int, of: int) -> float:
    """Wilson's lower bound of a share, 0 to 1: 97 of 100 is 0.915, 9,700 of 10,000 is 0.966. Source: Wilson (1927)."""
    if not of:
        return 0.0
    share, square = good / of, _Z * _Z
    centre = share + square / (2 * of)
    spread = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (centre - spread) / (1 + square / of))


def mostly_of(good: int, of: int) -> float:
    """A share to write in a rule: the lower bound in whole hundredths, in thousandths where only these tell it from 1."""
    bound = lower_bound(good, of)
    digits = 1000 if bound >= 0.99 else 100  # noqa: PLR2004 # below, a hundredth is fine enough to read
    return math.floor(bound * digits + 1e-9) / digits
