"""What is told of the pairs that were not compared: how many true ones blocking may have missed, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable

from reconcile.match.candidates.missed import missed
from reconcile.match.discovery import Choice
from reconcile.match.linkage import Scored
from reconcile.match.within import Weighed


def not_compared(scored: Scored | Weighed) -> Iterable[Choice]:
    """What matching, of two files or of one, has not looked at, as far as it can tell."""
    if scored.comparison and (found := missed(scored.pairs, scored.rules, scored.comparison)):
        reason = "estimated from how many of the values each likely pair shares, as if sharing one said nothing of another"
        yield Choice("never compared", f"{found.least:.1%} to {found.most:.1%} of the true pairs", reason)
    if scored.left_out:
        yield Choice(
            "left out", f"{scored.left_out:,} pairs or more", "too many records say the same, and nothing tells them apart"
        )
