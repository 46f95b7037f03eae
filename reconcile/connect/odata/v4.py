"""OData V4: nested $expand, ISO dates, `@odata` annotations beside the fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from reconcile.connect.odata.dialect import Json, Page, quoted
from reconcile.connect.odata.metadata import NUMBERS
from reconcile.connect.pages import first_at
from reconcile.connect.port import Value

_BARE = NUMBERS | {"Edm.Boolean", "Edm.Date", "Edm.DateTimeOffset", "Edm.Guid", "Edm.TimeOfDay"}


class V4:
    """The dialect of OData V4. Has no state."""

    update = "PATCH"
    pages_by_key = False
    counted = "$count=true&$top=0"

    def reading(self, page_size: int) -> Mapping[str, str]:
        """Asks for pages of a size; the service may give less, or not listen."""
        return {"Prefer": f"odata.maxpagesize={page_size}"}

    def options(self, paths: Sequence[tuple[str, ...]]) -> list[str]:
        """Nested ones stand inside $expand."""
        plain = dict.fromkeys(p[0] for p in paths if len(p) == 1)
        relations = dict.fromkeys(p[0] for p in paths if len(p) > 1)
        expands = [f"{r}({';'.join(self.options([p[1:] for p in paths if p[0] == r and len(p) > 1]))})" for r in relations]
        selected = [f"$select={','.join(plain)}"] if plain else []
        return selected + ([f"$expand={','.join(expands)}"] if expands else [])

    def page(self, body: Any) -> Page | None:
        """`value`, and the link in either spelling."""
        records = body.get("value") if isinstance(body, dict) else None
        if not isinstance(records, list):
            return None
        return Page(records, body.get("@odata.nextLink") or body.get("@nextLink"))

    def total(self, body: Any) -> Any:
        """The annotation, in either spelling."""
        return body.get("@odata.count", body.get("@count")) if isinstance(body, dict) else None

    def typed(self, frame: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:  # noqa: ARG002  # the port's signature
        """Dates come as ISO text."""
        return frame

    def literal(self, text: str, edm: str) -> str:
        """Quoted, unless its type is written bare."""
        return text if edm in _BARE else quoted(text)

    def json(self, value: Value, edm: str) -> Json:  # noqa: PLR0911  # one answer for each type
        """Numbers as numbers, dates as ISO text, times in UTC."""
        if isinstance(value, dt.datetime):
            if edm == "Edm.Date":
                return value.date().isoformat()
            moment = value if value.tzinfo else value.replace(tzinfo=dt.UTC)
            return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        if isinstance(value, dt.date):
            return value.isoformat() if edm != "Edm.DateTimeOffset" else f"{value.isoformat()}T00:00:00Z"
        if value is None or isinstance(value, bool):
            return value
        if edm not in NUMBERS:
            return str(value)
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return str(value)
        if not number.is_finite():
            return str(value)
        return int(number) if number == number.to_integral_value() else float(number)

    def record(self, body: Any) -> Mapping[str, Any]:
        """The body itself."""
        return body if isinstance(body, Mapping) else {}

    def etag(self, record: Mapping[str, Any]) -> str | None:
        """The annotation, in either spelling."""
        return record.get("@odata.etag") or record.get("@etag")

    def first(self, record: Mapping[str, Any], relation: str) -> Mapping[str, Any] | None:
        """The record, or the first of a list."""
        found = first_at(record, (relation,))
        return found if isinstance(found, Mapping) else None
