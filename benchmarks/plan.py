"""A plan of N actions from three differences each: seconds of `plan`, with the target's rules and without.

    python benchmarks/plan.py [--rows 100000]

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time

import polars as pl

from reconcile.config.models import Entity
from reconcile.plan import plan
from reconcile.plan.changes import Planning
from reconcile.records import KEY, MODIFIED, RAW, Role
from reconcile.results import BREAKS, LINKS, FieldRule, Holds

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
_FIELDS = {
    "name": {"crm": "Name", "erp": "Name1", "owner": "crm"},
    "street": {"crm": "Street", "erp": "Street", "owner": "crm"},
    "city": {"crm": "City", "erp": "City", "owner": "crm"},
}
_RULES = {name: FieldRule(holds=Holds.TEXT, required=True, max_length=80) for name in ("Name1", "Street", "City")}


def planning(rows: int, *, rules: bool) -> Planning:
    """As many linked customers, of which name, street and city differ."""
    sides = {role: {"object": "customers", "key": "Key"} for role in ("crm", "erp")}
    entity = Entity.model_validate({**sides, "fields": _FIELDS, "match": {"keys": [["name"]]}})
    number = pl.int_range(rows).cast(pl.String)
    crm, erp = (_side(number, role) for role in Role)
    links = pl.select(entity=pl.lit("customers"), crm_key="C" + number, erp_key="E" + number)
    links = links.with_columns(rung=pl.lit("key:name"), probability=pl.lit(1.0)).select(LINKS.names())
    breaks = pl.concat([_differences(number, field) for field in _FIELDS])
    given = {Role.ERP: _RULES} if rules else {}
    return Planning("customers", entity, crm, erp, breaks, {}, {"customers": links}, given)


def _side(number: pl.Expr, role: Role) -> pl.DataFrame:
    texts = {field: pl.lit(f"{field} {role} ") + number for field in _FIELDS}
    raw = {RAW + field: text for field, text in texts.items()}
    return pl.select(**{KEY: role.value[0].upper() + number, **texts, **raw}, **{MODIFIED: pl.lit(AT)})


def _differences(number: pl.Expr, field: str) -> pl.DataFrame:
    given = {
        "fingerprint": f"{field}-" + number,
        "entity": pl.lit("customers"),
        "kind": pl.lit("difference"),
        "field": pl.lit(field),
        "crm_key": "C" + number,
        "erp_key": "E" + number,
        "label": "Customer " + number,
        "crm_value": pl.lit(f"{field} crm ") + number,
        "erp_value": pl.lit(f"{field} erp ") + number,
        "reason": pl.lit("differs"),
        "severity": pl.lit("minor"),
        "owner": pl.lit("crm"),
        "value_at_risk": pl.lit(1.0),
        "currency": pl.lit("EUR"),
    }
    return pl.select(**given, state=pl.lit(None, pl.String), first_seen=pl.lit(None)).select(BREAKS.names()).cast(BREAKS)  # type: ignore[arg-type]  # a schema is a mapping


def main() -> None:
    """Plan once with the target's rules and once without."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    rows = options.parse_args().rows
    seconds = {}
    for name, rules in (("plan", False), ("plan_with_rules", True)):
        ready = planning(rows, rules=rules)
        begun = time.perf_counter()
        planned = plan(ready)
        seconds[name] = round(time.perf_counter() - begun, 2)
        if len(planned.actions) != rows:
            raise SystemExit(f"{len(planned.actions)} actions, not {rows}")
    print(json.dumps({"actions": rows, "breaks": 3 * rows, "seconds": seconds}))


if __name__ == "__main__":
    main()
