"""Which broken rules a known standard form would settle, proven by asking the rules again about the records as they would be.

Apart from `pipeline`, which shows the run; it is no stage of its own, since it asks two of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.cleanse.known_forms import in_known_form, known_forms
from reconcile.compare.broken_rules import with_suite
from reconcile.config.models import Entity
from reconcile.plan.standard_forms import FIXES
from reconcile.records import KEY, RAW, Role
from reconcile.results import Check

_RULE = ["suite", "rule", "key"]


def remedies(
    name: str, entity: Entity, records: Mapping[Role, pl.DataFrame], broken: pl.DataFrame, findings: pl.DataFrame, check: Check
) -> pl.DataFrame:
    """FIXES of one entity.

    Args:
        name: of the entity.
        entity: its configuration.
        records: normalised frames by side.
        broken: breaks of broken rules of the entity, as `broken_rules` gives them.
        findings: OF_SUITES of the run.
        check: the suites.

    A form counts only where the rule that failed was asked again and passes, and no other rule begins to fail on that field. Only
    rules about validity are looked at: what is missing, doubled or contradicts itself no spelling can mend.
    """
    found = [FIXES.to_frame()]
    for role in Role:
        mine = broken.filter((pl.col("system") == str(role)) & (pl.col("dimension") == "validity"))
        asked = mine.select(
            "suite", "rule", "fingerprint", "label", "system", key=f"{role}_key", field=pl.col("field").str.strip_prefix(RAW)
        ).drop_nulls(["key", "field"])
        if asked.is_empty():
            continue
        failing = records[role].filter(pl.col(KEY).is_in(asked["key"].implode()))
        forms = known_forms(name, entity, role, failing).join(asked, on=["key", "field"], how="semi")
        if forms.is_empty():
            continue
        told = check(name, role, in_known_form(failing, forms))
        after = with_suite(told).with_columns(pl.col("field").str.strip_prefix(RAW))
        begun = after.join(findings.filter(pl.col("system") == str(role)), on=["entity", *_RULE], how="anti")
        settled = asked.join(forms, on=["key", "field"]).join(told.checks, on=["suite", "rule"], how="semi")
        settled = settled.join(after, on=_RULE, how="anti").join(begun, on=["key", "field"], how="anti")
        found.append(settled.select(FIXES.names()))
    return pl.concat(found).sort("system", "key", "field", "fingerprint")
