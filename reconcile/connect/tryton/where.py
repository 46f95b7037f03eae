"""What `where` says to Tryton: a domain, and the context in which it computes, such as the places whose stock counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconcile.connect.tryton.rpc import Rpc

STOCK = frozenset({"quantity", "forecast_quantity", "cost_value"})
"""What a product has of it depends on where and when; without a place Tryton answers 0."""
STOCKED = frozenset({"product.product", "product.template"})
PLACES = frozenset({"locations", "location"})
_CLAUSE = 3
"""Field, operator, value."""


@dataclass(frozen=True)
class Where:
    """Which records count, and in which context they are asked for."""

    domain: list[Any]
    context: Mapping[str, Any]


def where_of(rpc: Rpc, where: str | None) -> Where:
    """`where` as a domain and a context. Raises SystemRefused if it is neither a JSON list nor an object with both."""
    try:
        said = json.loads(where or "[]")
    except ValueError:
        said = None
    parts = {"domain": said} if isinstance(said, list) else said
    domain, context = (parts.get("domain", []), parts.get("context", {})) if isinstance(parts, dict) else (None, None)
    if not isinstance(domain, list) or not isinstance(context, dict) or parts.keys() - {"domain", "context"}:
        raise rpc.refused(f"`where` is no domain: {where}", 'Write a JSON list, such as [["active", "=", true]].')
    return Where(domain, context)


def fixed_by(domain: list[Any]) -> dict[str, Any]:
    """The fields that hold one and the same value in all records of a domain: [["type", "=", "email"]]."""
    if domain[:1] == ["OR"]:
        return {}
    clauses = [c for c in domain if isinstance(c, list) and len(c) == _CLAUSE and isinstance(c[0], str) and c[1] == "="]
    return {name: value for name, _, value in clauses if "." not in name and value is not None}
