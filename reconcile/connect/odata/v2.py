"""OData V2: answers wrapped in `d`, dates as `/Date(...)/`, numbers as text, literals that name their type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from reconcile.connect.odata.dialect import Json, Page, quoted
from reconcile.connect.odata.metadata import INTEGERS, NUMBERS
from reconcile.connect.pages import first_at
from reconcile.connect.port import Value

_DAYS = frozenset({"Edm.Date", "Edm.DateTime"})
_MOMENTS = _DAYS | {"Edm.DateTimeOffset"}
_SUFFIX = {"Edm.Decimal": "M", "Edm.Int64": "L", "Edm.Double": "d", "Edm.Single": "f"}
_AS_TEXT = frozenset({"Edm.Decimal", "Edm.Int64", "Edm.Double", "Edm.Single"})
_ISO = {"Edm.Date": "%Y-%m-%d", "Edm.DateTime": "%Y-%m-%dT%H:%M:%S%.f", "Edm.DateTimeOffset": "%Y-%m-%dT%H:%M:%S%.fZ"}
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # counted from on any clock
_MILLISECOND = dt.timedelta(milliseconds=1)


class V2:
    """The dialect of OData V2; dates with a time that name no zone are in `zone`."""

    update = "MERGE"
    pages_by_key = True
    counted = "$inlinecount=allpages&$top=0"

    def __init__(self, zone: dt.tzinfo = dt.UTC) -> None:
        self._zone = zone

    def reading(self, page_size: int) -> Mapping[str, str]:  # noqa: ARG002  # the port's signature
        """V2 has no header that asks for pages of a size."""
        return {"MaxDataServiceVersion": "2.0"}

    def options(self, paths: Sequence[tuple[str, ...]]) -> list[str]:
        """Paths stand in $select; $expand names the relations on the way."""
        expands = dict.fromkeys("/".join(p[:-1]) for p in paths if len(p) > 1)
        selected = [f"$select={','.join(dict.fromkeys('/'.join(p) for p in paths))}"] if paths else []
        return selected + ([f"$expand={','.join(expands)}"] if expands else [])

    def page(self, body: Any) -> Page | None:
        """`d.results`, or `d` itself in what answers like version 1."""
        inner = body.get("d") if isinstance(body, dict) else None
        records = inner.get("results") if isinstance(inner, dict) else inner
        if not isinstance(records, list):
            return None
        return Page(records, inner.get("__next") if isinstance(inner, dict) else None)

    def total(self, body: Any) -> Any:
        """`d.__count`, which is text."""
        return first_at(body, ("d", "__count")) if isinstance(body, dict) else None

    def typed(self, frame: pl.DataFrame, kinds: Mapping[str, str]) -> pl.DataFrame:
        """`/Date(0)/` and `PT1H2M3S` to ISO text, the first in UTC; other text is left."""
        dates = [_date(name, kind) for name, kind in kinds.items() if kind in _ISO]
        return frame.with_columns(dates + [_time(name) for name, kind in kinds.items() if kind == "Edm.Time"])

    def literal(self, text: str, edm: str) -> str:
        """Such as datetime'2026-01-31T00:00:00', guid'...', 12.5M."""
        if edm in _DAYS:
            return f"datetime'{text if 'T' in text else f'{text}T00:00:00'}'"
        if edm == "Edm.Time":
            return f"time'{_duration(text)}'"
        named = {"Edm.DateTimeOffset": "datetimeoffset", "Edm.Guid": "guid"}.get(edm)
        if named:
            return f"{named}'{text}'"
        if edm in NUMBERS or edm == "Edm.Boolean":
            return text + _SUFFIX.get(edm, "")
        return quoted(text)

    def json(self, value: Value, edm: str) -> Json:
        """Long and decimal numbers as text, dates as `/Date(...)/` in milliseconds."""
        if value is None or isinstance(value, bool):
            return value
        if edm in _MOMENTS:
            wall = self._wall(value, edm)
            offset = "+0000" if edm == "Edm.DateTimeOffset" else ""
            return str(value) if wall is None else f"/Date({(wall - _EPOCH) // _MILLISECOND}{offset})/"
        if isinstance(value, dt.date):
            return value.isoformat()
        if edm == "Edm.Time":
            return _duration(str(value))
        return _number(value, edm) if edm in NUMBERS else str(value)

    def record(self, body: Any) -> Mapping[str, Any]:
        """What stands in `d`."""
        inner = body.get("d") if isinstance(body, Mapping) else None
        return inner if isinstance(inner, Mapping) else {}

    def etag(self, record: Mapping[str, Any]) -> str | None:
        """Stands in `__metadata`."""
        found = first_at(record, ("__metadata", "etag"))
        return None if found is None else str(found)

    def first(self, record: Mapping[str, Any], relation: str) -> Mapping[str, Any] | None:
        """The record, or the first of `results`."""
        found = first_at(record, (relation,))
        if isinstance(found, Mapping) and "results" in found:
            found = first_at(found, ("results",))
        return found if isinstance(found, Mapping) and "__deferred" not in found else None

    def _wall(self, value: Value, edm: str) -> dt.datetime | None:
        """What a clock shows at that moment, in UTC or in the system's zone, as the type wants it; None if it is no moment."""
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value.strip())
            except ValueError:
                return None
        if not isinstance(value, dt.date):
            return None
        if edm == "Edm.Date" or not isinstance(value, dt.datetime):
            return dt.datetime.combine(value, dt.time())
        zoned = value if value.tzinfo else value.replace(tzinfo=self._zone)
        return zoned.astimezone(dt.UTC if edm == "Edm.DateTimeOffset" else self._zone).replace(tzinfo=None)


def _date(name: str, kind: str) -> pl.Expr:
    milliseconds = pl.col(name).str.extract(r"^/Date\((-?\d+)", 1).cast(pl.Int64)
    return pl.coalesce(pl.from_epoch(milliseconds, "ms").dt.strftime(_ISO[kind]), pl.col(name)).alias(name)


def _time(name: str) -> pl.Expr:
    text = pl.col(name)
    parts = [text.str.extract(rf"(\d+){unit}", 1).fill_null("0").str.zfill(2) for unit in ("H", "M", r"(?:\.\d+)?S")]
    return pl.when(text.str.starts_with("PT")).then(pl.concat_str(parts, separator=":")).otherwise(text).alias(name)


def _duration(text: str) -> str:
    """`10:11:12` as `PT10H11M12S`; other text is left."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(p.replace(".", "", 1).isdecimal() for p in parts):
        return text
    return "PT" + "".join(part + unit for part, unit in zip(parts, "HMS", strict=False))


def _number(value: Value, edm: str) -> Json:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or edm in _AS_TEXT:
        return f"{number:f}" if number.is_finite() else str(value)
    return int(number) if edm in INTEGERS and number == number.to_integral_value() else str(value)
