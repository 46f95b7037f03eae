"""Names of rules from names of columns, in any script."""

from __future__ import annotations

import re

from reconcile.match.discovery.headers import words_of

_LONGEST = 40


def slug(name: str, place: int) -> str:
    """`Order Date` as order_date; a name that has no plain letters as column_3, by its position, from 1."""
    plain = re.sub(r"[^a-z0-9]+", "_", "_".join(words_of(name))).strip("_")[:_LONGEST].strip("_")
    return plain if re.match(r"[a-z]", plain) else f"column_{place + 1}"
