"""What may be said of how a field is compared. Apart from the comparison: the configuration says it, and stands below that."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from reconcile.records import Kind


@dataclass(frozen=True)
class Exchange:
    """Rates of one day."""

    base: str
    """The currency (alpha-3) that tolerances are in."""
    at: dt.date
    per_base: tuple[tuple[str, float], ...]
    """Currency (alpha-3) and how much of it one unit of the base buys."""


@dataclass(frozen=True)
class Rule:
    """When two values of one field are equal. With nothing but the kind, the defaults of that kind."""

    kind: Kind
    tolerance: float = 0.0
    """For numbers: how far apart they may be, in the field's unit (with `exchange`, in its base currency)."""
    relative: float = 0.0
    """For numbers: the same as a share of the greater one."""
    minor_units: float = 0.0
    """For money: the same in cents or whatever is the currency's smallest coin."""
    exchange: Exchange | None = None
    """For money: amounts in two currencies are compared at these rates."""
    units: tuple[str | None, str | None] = (None, None)
    """For quantities: the unit that the CRM and the ERP count in, where the records don't say."""
    zone: str | None = None
    """For dates and times: the zone whose days count, such as Europe/Berlin."""
    date_only: bool = False
    """For times: only the day counts."""
    days: int = 0
    """For dates and times: so many days apart are still equal."""
    business_days: int = 0
    """For dates: so many days from Monday to Friday apart are still equal."""
    holidays: tuple[dt.date, ...] = ()
    """Days that are no business days either."""
    seconds: float = 0.0
    """For times: so many seconds apart are still equal."""
    separator: str | None = None
    """For fields that hold several values: what parts them; they are compared as a set."""
    nothing: tuple[str, ...] | None = None
    """What means nothing, apart from null: words in lower case, "" and numbers; None for the usual ones."""
    counts: frozenset[str] = frozenset()
    """Reason codes of rules that don't hold for this field."""
    mapped: bool = False
    """Whether the field has a code map, so that a code which is not in it can't be compared."""

    @property
    def mirrored(self) -> Rule:
        """The rule for the two sides swapped."""
        return replace(self, units=self.units[::-1])
