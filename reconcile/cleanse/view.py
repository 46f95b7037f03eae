"""The frozen view of one cleansing, from which the readiness page is drawn: figures and few, short examples, no words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from reconcile.cleanse.cleansing import DUPLICATE_OF, Cleansed
from reconcile.cleanse.gates import Gate, Verdict
from reconcile.cleanse.standardise import CHANGED
from reconcile.cleanse.validity import REJECTING
from reconcile.records import KEY, RAW
from reconcile.values.standard import as_text

_SHOWN = 20
"""Examples of one table."""
_OF_ONE = 3
"""Examples of one rule or one field."""
_LONGEST = 160
"""Characters of a value that an example keeps."""


@dataclass(frozen=True)
class PatternLine:
    """One shape that values of a field have."""

    pattern: str
    records: int
    example: str


@dataclass(frozen=True)
class FieldLine:
    """What stands in one field."""

    field: str
    source: str
    """The system's own name of it."""
    required: bool
    records: int
    filled: int
    distinct: int
    unreadable: int
    invalid: int
    changed: int
    patterns: tuple[PatternLine, ...]


@dataclass(frozen=True)
class ProblemLine:
    """One rule that records fail in one field."""

    field: str | None
    """None for the record's key."""
    rule: str
    rejecting: bool
    records: int
    examples: tuple[tuple[str, str], ...]
    """Key and value; either may be empty."""


@dataclass(frozen=True)
class ChangeLine:
    """One value before and after."""

    field: str
    key: str
    before: str
    after: str


@dataclass(frozen=True)
class DuplicateLine:
    """One record that is another one once more."""

    key: str
    label: str
    kept: str
    kept_label: str
    because: tuple[str, ...]
    """Shared fields; empty if the records are similar."""
    probability: float


@dataclass(frozen=True)
class ReadinessView:
    """Everything that the readiness page shows."""

    project: str
    system: str
    """The title that people use."""
    entity: str
    role: str
    made_at: dt.datetime
    verdict: Verdict
    records: int
    cleaned: int
    rejected: int
    changed: int
    """Cleaned records in which at least one field changed."""
    duplicates: int
    gates: tuple[Gate, ...]
    fields: tuple[FieldLine, ...]
    problems: tuple[ProblemLine, ...]
    changes: tuple[ChangeLine, ...]
    duplicate_lines: tuple[DuplicateLine, ...]


def readiness(cleansed: Cleansed, *, project: str, system: str, made_at: dt.datetime) -> ReadinessView:
    """The view of a cleansing; `made_at` carries a zone."""
    return ReadinessView(
        project=project,
        system=system,
        entity=cleansed.rules.entity,
        role=cleansed.rules.role.value,
        made_at=made_at,
        verdict=cleansed.verdict,
        records=cleansed.records,
        cleaned=cleansed.cleaned.height,
        rejected=cleansed.rejects.height,
        changed=cleansed.cleaned.filter(pl.col(CHANGED).list.len() > 0).height,
        duplicates=cleansed.duplicates.height,
        gates=cleansed.gates,
        fields=_fields(cleansed),
        problems=_problems(cleansed),
        changes=_changes(cleansed),
        duplicate_lines=_duplicates(cleansed),
    )


def _short(column: str) -> pl.Expr:
    text = pl.col(column).cast(pl.String)
    cut = pl.when(text.str.len_chars() > _LONGEST).then(text.str.slice(0, _LONGEST) + "…").otherwise(text)
    return cut.fill_null("").alias(column)


def _fields(cleansed: Cleansed) -> tuple[FieldLine, ...]:
    shapes = cleansed.patterns.with_columns(_short("example"))
    return tuple(
        FieldLine(
            field=row["field"],
            source=cleansed.rules.sources[row["field"]],
            required=row["field"] in cleansed.rules.required,
            **{name: row[name] for name in ("records", "filled", "distinct", "unreadable", "invalid", "changed")},
            patterns=tuple(
                PatternLine(*shape)
                for shape in shapes.filter(pl.col("field") == row["field"]).select("pattern", "records", "example").iter_rows()
            ),
        )
        for row in cleansed.profile.iter_rows(named=True)
    )


def _problems(cleansed: Cleansed) -> tuple[ProblemLine, ...]:
    """Those that reject records first, then by how many they touch."""
    rejecting = pl.col("rule").is_in(REJECTING)
    grouped = (
        cleansed.problems.with_columns(_short("key"), _short("value"))
        .group_by("field", "rule")
        .agg(pl.len().alias("records"), pl.struct("key", "value").head(_OF_ONE).alias("examples"))
        .sort([rejecting, "records", "field", "rule"], descending=[True, True, False, False])
    )
    return tuple(
        ProblemLine(
            field=None if field == KEY else field,
            rule=rule,
            rejecting=rule in REJECTING,
            records=records,
            examples=tuple((example["key"], example["value"]) for example in examples),
        )
        for field, rule, records, examples in grouped.iter_rows()
    )


def _changes(cleansed: Cleansed) -> tuple[ChangeLine, ...]:
    lines: list[ChangeLine] = []
    for name in cleansed.rules.kinds:
        written = as_text(pl.col(name), cleansed.cleaned.schema[name])
        only_space = pl.col(RAW + name).str.strip_chars() == written  # says little, so it comes last
        every = cleansed.cleaned.lazy().filter(pl.col(CHANGED).list.contains(name))
        changed = every.sort(only_space, maintain_order=True, nulls_last=False).head(_OF_ONE).collect()
        shown = changed.with_columns(written.alias(name)).select(_short(KEY), _short(RAW + name), _short(name))
        lines += [ChangeLine(name, *row) for row in shown.iter_rows()]
    return tuple(lines)


def _duplicates(cleansed: Cleansed) -> tuple[DuplicateLine, ...]:
    """The most certain first; both records with what people call them."""
    rules = cleansed.rules
    everyone = pl.concat(
        [frame.select(KEY, *(RAW + name for name in rules.kinds)) for frame in (cleansed.cleaned, cleansed.rejects)]
    )
    parts = [pl.col(RAW + name) for name in rules.label] or [pl.lit("")]
    labels = everyone.unique(KEY, keep="first").select(
        pl.col(KEY).alias("key"), pl.concat_str(parts, separator=" ", ignore_nulls=True).alias("label")
    )
    shown = (
        cleansed.duplicates.sort(["probability", "key"], descending=[True, False])
        .head(_SHOWN)
        .join(labels, on="key", how="left", maintain_order="left")
        .join(labels.rename({"label": "kept_label"}), left_on=DUPLICATE_OF, right_on="key", how="left", maintain_order="left")
        .with_columns(*(_short(name) for name in ("key", DUPLICATE_OF, "label", "kept_label")))
    )
    columns = ("key", "label", DUPLICATE_OF, "kept_label", "because", "probability")
    return tuple(
        DuplicateLine(key, label, kept, kept_label, () if because == "similar" else tuple(because.split(" + ")), probability)
        for key, label, kept, kept_label, because, probability in shown.select(columns).iter_rows()
    )
