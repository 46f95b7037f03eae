"""Cleansing on one page: standardise, find problems and duplicates, part the rejects, profile, and judge readiness."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reconcile.cleanse.duplicates import Similar, duplicates
from reconcile.cleanse.gates import Gate, Verdict, gates, verdict
from reconcile.cleanse.profile import patterns, profile
from reconcile.cleanse.rules import Rules
from reconcile.cleanse.standardise import CHANGED, standardise
from reconcile.cleanse.validity import REJECTING, problems
from reconcile.cleanse.words import REASONS, reason
from reconcile.config.models import Language
from reconcile.records import KEY, RAW
from reconcile.results import FINDINGS, Normalised
from reconcile.values.standard import as_text
from reconcile.values.text import clean

DUPLICATE_OF = "duplicate_of"
"""Column: key of the record that this one is once more; null for all others."""
REMARKS = "remarks"
"""Column: what is wrong with a record that is usable all the same, in words; null if nothing is."""
REASON = "reason"
"""Column: why a record was rejected, in words."""


@dataclass(frozen=True)
class Cleansed:
    """One entity of one system after cleansing."""

    rules: Rules
    records: int
    """All that were read."""
    cleaned: pl.DataFrame
    """KEY, every field in its written form, DUPLICATE_OF, CHANGED, REMARKS, and `raw:<field>` for each; no rejects."""
    rejects: pl.DataFrame
    """KEY, REASON, and `raw:<field>` for each."""
    problems: pl.DataFrame
    """FINDINGS: one row for each record and rule."""
    duplicates: pl.DataFrame
    """DUPLICATES."""
    profile: pl.DataFrame
    """PROFILE."""
    patterns: pl.DataFrame
    """PATTERNS."""
    gates: tuple[Gate, ...]
    verdict: Verdict


def cleanse(
    normalised: Normalised, rules: Rules, *, raw: pl.DataFrame | None = None, similar: Similar | None = None, language: Language
) -> Cleansed:
    """Clean one entity of one system.

    Args:
        normalised: its records (KEY, MODIFIED, fields, `raw:` fields) and what could not be read.
        rules: what counts, see `rules_for`.
        raw: the snapshot; with it, records without a key of their own stand in the rejects with all their values.
        similar: finds duplicates that share no identifier; none are looked for if not given.
        language: of the reasons and remarks.

    Bad data never raises; it is counted, and stands in `rejects` or `problems`.
    """
    frame = standardise(normalised.frame, rules)
    found = pl.concat([normalised.findings.cast(FINDINGS), problems(frame, rules)])
    twice = duplicates(normalised.frame, rules, similar)
    unkeyed = _unkeyed(raw, found, rules)
    rejected = found.filter(pl.col("rule").is_in(REJECTING) & (pl.col("field") != KEY))
    remarks = _in_words(found.filter(~pl.col("rule").is_in(REJECTING)), REMARKS, language)
    cleaned = (
        frame.join(rejected.select(pl.col("key").alias(KEY)).unique(), on=KEY, how="anti", maintain_order="left")
        .join(twice.select(pl.col("key").alias(KEY), DUPLICATE_OF), on=KEY, how="left", maintain_order="left")
        .join(remarks, on=KEY, how="left", maintain_order="left")
    )
    evidence = [RAW + name for name in rules.kinds]
    reasons = _in_words(rejected, REASON, language)
    rejects = frame.join(reasons, on=KEY, how="inner", maintain_order="left").select(KEY, REASON, *evidence)
    filled = profile(frame, found, rules)
    records = frame.height + found.filter(pl.col("rule").is_in(["key_empty", "key_repeated"])).height
    passed = gates(records, filled, found, twice, rules)
    return Cleansed(
        rules=rules,
        records=records,
        cleaned=cleaned.select(KEY, *rules.kinds, DUPLICATE_OF, CHANGED, REMARKS, *evidence),
        rejects=pl.concat([_with_reason(unkeyed, language).select(KEY, REASON, *evidence), rejects]),
        problems=found,
        duplicates=twice,
        profile=filled,
        patterns=patterns(frame, rules),
        gates=passed,
        verdict=verdict(records, passed),
    )


def _in_words(found: pl.DataFrame, column: str, language: Language) -> pl.DataFrame:
    """KEY and one text for each record: `email: not a mail address; phone: ...`."""
    words = {rule: reason(rule, language) for rule in REASONS}
    each = found.select(pl.col("key").alias(KEY), pl.format("{}: {}", "field", pl.col("rule").replace(words)).alias(column))
    return each.group_by(KEY, maintain_order=True).agg(pl.col(column).str.join("; "))


def _unkeyed(raw: pl.DataFrame | None, found: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Records without a key of their own: KEY, `rule` and `raw:` fields; from the snapshot where it is given."""
    if raw is None:
        known = found.filter(pl.col("rule").is_in(["key_empty", "key_repeated"])).select(pl.col("key").alias(KEY), "rule")
        return known.with_columns(pl.lit(None, pl.String).alias(RAW + name) for name in rules.kinds)
    parts = [clean(as_text(pl.col(part), raw.schema[part])) for part in rules.key]
    texts = [as_text(pl.col(rules.sources[name]), raw.schema[rules.sources[name]]).alias(RAW + name) for name in rules.kinds]
    keyed = raw.select(pl.concat_str(parts, separator="/").alias(KEY), *texts)
    empty = pl.col(KEY).is_null()
    return keyed.filter(empty | ~pl.col(KEY).is_first_distinct()).with_columns(
        pl.when(empty).then(pl.lit("key_empty")).otherwise(pl.lit("key_repeated")).alias("rule")
    )


def _with_reason(unkeyed: pl.DataFrame, language: Language) -> pl.DataFrame:
    words = {rule: reason(rule, language) for rule in ("key_empty", "key_repeated")}
    return unkeyed.with_columns(pl.col("rule").replace(words).alias(REASON))
