"""Broken rules of expectation suites as breaks: one for each record that fails, one in all where the rule is about more.

Apart from `breaks`, which compares two sides: here one side, or the pair, is held against rules that people wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Literal

import polars as pl

from reconcile.compare.labels import label
from reconcile.records import KEY, PAIR, Role
from reconcile.results import BREAKS, FINDINGS, BreakKind, CheckResult

Records = Mapping[Role, Mapping[str, pl.DataFrame]]
"""Side to entity to normalised frame."""

_NAMES = ("assignee", "suite", "rule", "system", "dimension")
BROKEN = pl.Schema([*BREAKS.items(), *((name, pl.String()) for name in _NAMES)])
"""Breaks with who looks after each, and their rule."""

OF_SUITES = pl.Schema([*FINDINGS.items(), ("suite", pl.String())])
"""Findings of suites."""

_RULE = ["suite", "entity", "system", "rule"]
SAME_FIELD = (BreakKind.UNMAPPED_CODE, BreakKind.UNREADABLE_VALUE, BreakKind.ORPHAN_IN_CRM, BreakKind.ORPHAN_IN_ERP)
"""Kinds of break that say of a field what a rule says of it too, so that the rule makes none of its own."""
DOUBLED = (BreakKind.DUPLICATE_IN_CRM, BreakKind.DUPLICATE_IN_ERP)
"""The same of a record, and of rules about uniqueness."""
_LONGEST_LABEL = 200
PLACE = r"^(raw:)?((crm|erp)\.)?"
"""What stands before a canonical field in the names of columns that rules read."""


def with_suite(checked: CheckResult) -> pl.DataFrame:
    """The findings of suites (FINDINGS) with the column `suite`: of one entity and side, each rule has a name of its own."""
    rule = ["entity", "system", "rule", "field"]
    return checked.findings.join(checked.checks.select("suite", *rule).unique(), on=rule, nulls_equal=True, maintain_order="left")


def broken_rules(
    checks: pl.DataFrame,
    findings: pl.DataFrame,
    records: Records,
    told: pl.DataFrame,
    known: pl.Series,
    records_per_rule: int,
) -> pl.DataFrame:
    """Breaks of the rules that did not pass.

    Args:
        checks: CHECKS of a run.
        findings: FINDINGS of the same with `suite`, see `with_suite`.
        records: what the rules looked at, for labels.
        told: the other breaks of the run, also those that wait (BREAKS). A record of which one says the same gets no second.
        known: fingerprints of breaks that were open before.
        records_per_rule: of a rule that more records fail there is one break. Once that is so, it stays so until at most half as
            many fail, so that a rule at the edge does not turn its breaks over in every run.

    Returns:
        BROKEN without state and first_seen, by entity and fingerprint. Neither the order of the rows nor the values that are
        shown change a fingerprint. A rule that passes because enough records do (`mostly`) makes no break.
    """
    broken = checks.filter(~pl.col("success")).unique(_RULE, keep="first", maintain_order=True)
    failing = findings.join(broken, on=_RULE, how="semi").filter(pl.col("key").is_not_null())
    failing = failing.unique([*_RULE, "key", "counterpart"], keep="first", maintain_order=True)
    counted = broken.join(failing.group_by(_RULE).len("records"), on=_RULE, how="left", maintain_order="left")
    whole = _fingerprinted(counted.with_columns(key=pl.lit(None, pl.String), counterpart=pl.lit(None, pl.String)))
    most = pl.when(pl.col("fingerprint").is_in(known.implode())).then(records_per_rule // 2).otherwise(records_per_rule)
    in_one = pl.col("records").is_null() | (pl.col("records") > most)
    together, apart = whole.filter(in_one), whole.filter(~in_one)
    each = _untold(failing.join(apart.select(*_RULE, "owner", "dimension"), on=_RULE, maintain_order="left"), told)
    rows = pl.concat([_together(together), _each(_fingerprinted(each), records)])
    return rows.sort("entity", "fingerprint")


def _untold(failing: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The failing records of which no other break says the same.

    It does if the code is not mapped, what is referred to is not there, or the record is there twice; of a pair, also if its
    sides differ. A difference says nothing of a rule about one side: a wrong value may be the owner's, and would be carried over.
    """
    place = pl.col("field").str.replace(PLACE, "").str.split(".").list.first()
    rows = failing.with_columns(_side=pl.col("system").replace(PAIR, str(Role.CRM)), _place=place)
    at_field = ["entity", "_side", "key", "_place"]
    of_pair = pl.col("system") == PAIR
    doubled = told.filter(pl.col("kind").is_in(DOUBLED))
    twice = pl.concat([_places(doubled, "key"), _places(doubled, "value")])
    covered = (
        rows.join(_said(told, SAME_FIELD, place), on=at_field, how="semi"),
        rows.filter(of_pair).join(_said(told, [BreakKind.DIFFERENCE], place), on=at_field, how="semi"),
        rows.filter(pl.col("dimension") == "uniqueness").join(twice, on=at_field[:3], how="semi"),
    )
    return failing.join(pl.concat(covered), on=[*_RULE, "key"], how="anti", maintain_order="left")


def _said(told: pl.DataFrame, kinds: Sequence[BreakKind], place: pl.Expr) -> pl.DataFrame:
    return _places(told.filter(pl.col("kind").is_in(kinds)), "key").with_columns(_place=place)


def _places(breaks: pl.DataFrame, column: Literal["key", "value"]) -> pl.DataFrame:
    """entity, _side, key and field of what breaks are about, on either side; of a duplicate the value names the other record."""
    sides = [breaks.select("entity", "field", _side=pl.lit(str(role)), key=pl.col(f"{role}_{column}")) for role in Role]
    return pl.concat(sides).drop_nulls("key")


def _fingerprinted(rows: pl.DataFrame) -> pl.DataFrame:
    """A name that is the same in every run: of the rule and, where it is about a record, the record's key on its side."""
    parts = [pl.col(name).fill_null("") for name in ("entity", "system", "key", "counterpart", "suite", "rule")]
    names = rows.select(n=pl.concat_str(pl.lit(str(BreakKind.BROKEN_RULE)), *parts, separator="\u001f"))["n"]
    # polars' own hash may change with its version; a fingerprint has to outlive that
    digests = [blake2b(name.encode(), digest_size=10).hexdigest() for name in names]
    return rows.with_columns(fingerprint=pl.Series(digests, dtype=pl.String))


def _together(rules: pl.DataFrame) -> pl.DataFrame:
    """One break for a rule. Its number stands in the label: an acceptance holds until its day, whatever the number does.

    Words that a rule about the whole table found, such as columns that are gone, are the value of its side: if they change, what
    was accepted is another thing.
    """
    number = pl.col("observed").cast(pl.Float64, strict=False)  # a sentence would be in one language
    numbers = pl.concat_str(pl.col("records"), pl.lit(" / "), pl.col("evaluated"))
    said = pl.when(pl.col("records").is_not_null()).then(numbers).when(number.is_not_null()).then("observed")
    words = pl.when(pl.col("records").is_null(), pl.col("field").is_null(), number.is_null()).then("observed")
    of_erp = pl.col("system") == str(Role.ERP)
    return _as_breaks(
        rules.with_columns(
            label=pl.concat_str("rule", said, separator=": ", ignore_nulls=True),
            crm_value=pl.when(~of_erp).then(words),
            erp_value=pl.when(of_erp).then(words),
        )
    )


def _each(rows: pl.DataFrame, records: Records) -> pl.DataFrame:
    """One break for each record."""
    found = [_as_breaks(rows.clear().with_columns(pl.lit(None, pl.String).alias(c) for c in ("label", "crm_value", "erp_value")))]
    for (entity, system), group in rows.group_by("entity", "system"):
        role = Role.ERP if system == Role.ERP else Role.CRM
        frame = records[role].get(str(entity))
        named = frame.select(pl.col(KEY).alias("key"), label=label(str(entity), frame)) if frame is not None else _NAMELESS
        own = "erp_value" if role is Role.ERP else "crm_value"
        other = "crm_value" if role is Role.ERP else "erp_value"
        told = group.join(named.unique("key"), on="key", how="left", maintain_order="left")
        values = {own: pl.col("value"), other: pl.lit(None, pl.String), "label": pl.coalesce("label", "key")}
        found.append(_as_breaks(told.with_columns(**values)))
    return pl.concat(found)


_NAMELESS = pl.DataFrame(schema={"key": pl.String, "label": pl.String})


def _as_breaks(rows: pl.DataFrame) -> pl.DataFrame:
    """BROKEN from rows with a rule, `owner`, `key`, `counterpart`, `label` and both values."""
    of_erp = pl.col("system") == str(Role.ERP)
    return rows.select(
        "fingerprint",
        "entity",
        "crm_value",
        "erp_value",
        "severity",
        kind=pl.lit(str(BreakKind.BROKEN_RULE)),
        field=pl.col("field").str.replace(PLACE, ""),
        crm_key=pl.when(~of_erp).then("key"),
        erp_key=pl.when(of_erp).then("key").otherwise("counterpart"),
        label=pl.col("label").str.slice(0, _LONGEST_LABEL),
        reason=reason(),
        moved=pl.lit(None, pl.String),
        owner=pl.lit("review"),
        value_at_risk=pl.lit(None, pl.Float64),
        currency=pl.lit(None, pl.String),
        state=pl.lit(None, pl.String),
        first_seen=pl.lit(None, BREAKS["first_seen"]),
        assignee="owner",
        **{name: pl.col(name) for name in _NAMES[1:]},
    ).match_to_schema(BROKEN)


def reason() -> pl.Expr:
    """What a break names as its reason: suite and rule, from the columns of these names."""
    return pl.concat_str("suite", "rule", separator=".")
