"""From a comparison to its causes, as frames: every mechanism is asked of every field, and few causes are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from reconcile.causes import CAUSE_BREAKS, CAUSES, Mechanism
from reconcile.compare.causes import codes, columns, moments, numbers, texts
from reconcile.compare.causes.candidate import LEAST, Candidate, Hypothesis, candidate, promising
from reconcile.compare.causes.context import contexts, rows_of
from reconcile.compare.causes.cover import cover
from reconcile.compare.causes.evidence import MOMENTS, NUMBERS, ROW, Cells, Evidence, cells
from reconcile.compare.causes.fixes import Setting, fix_of
from reconcile.records import RAW


@dataclass(frozen=True)
class Explained:
    """What explains the differences of an entity, or of a run."""

    causes: pl.DataFrame
    """CAUSES, the one that explains most first."""
    members: pl.DataFrame
    """CAUSE_BREAKS."""
    differences: int
    """All, whether they are explained or not."""


def explain(evidence: Evidence, setting: Setting | None = None) -> Explained:
    """The causes of one entity's differences; none where nothing stands out from chance.

    Args:
        evidence: the comparison, side by side.
        setting: its configuration, for the fixes that need it.
    """
    if evidence.differences.height < LEAST:
        return Explained(CAUSES.to_frame(), CAUSE_BREAKS.to_frame(), evidence.differences.height)
    around = contexts(evidence)
    chosen = cover(evidence, around, _candidates(evidence))
    if not chosen:
        return Explained(CAUSES.to_frame(), CAUSE_BREAKS.to_frame(), evidence.differences.height)
    ids = [_id(evidence.entity, one) for one in chosen]
    rows = [_told(evidence, one, cause, setting) for one, cause in zip(chosen, ids, strict=True)]
    members = [
        evidence.differences.filter(one.covered).select("fingerprint", cause=pl.lit(cause))
        for one, cause in zip(chosen, ids, strict=True)
    ]
    return Explained(pl.DataFrame(rows, schema=CAUSES), pl.concat(members).cast(CAUSE_BREAKS), evidence.differences.height)


def together(explained: Iterable[Explained]) -> Explained:
    """The causes of all entities; `of_all` is then a share of the run's differences."""
    parts = list(explained)
    causes = pl.concat([CAUSES.to_frame(), *(one.causes for one in parts)])
    total = max(sum(one.differences for one in parts), 1)
    members = pl.concat([CAUSE_BREAKS.to_frame(), *(one.members for one in parts)])
    kept = causes.with_columns(of_all=pl.col("covered") / total).sort(["covered", "cause"], descending=[True, False])
    return Explained(kept, members, total)


def _candidates(evidence: Evidence) -> list[Candidate]:
    found: list[Candidate] = []
    for field in evidence.fields:
        if {f"c:{field}", f"e:{field}"} <= set(evidence.pairs.columns) and field in evidence.kinds:
            found += _of_field(cells(evidence, field))
    return [*found, *columns.candidates(evidence)]


def _of_field(of: Cells) -> list[Candidate]:
    ideas = promising(of.different, _hypotheses(of))
    ideas = [*ideas, *codes.defaults(of)]
    made = [candidate(of, idea) for idea in ideas]
    return [one for one in (*made, codes.mapped(of)) if one]


def _hypotheses(of: Cells) -> Sequence[Hypothesis]:
    if of.kind in NUMBERS:
        return numbers.hypotheses(of)
    if of.kind in MOMENTS:
        return moments.hypotheses(of)
    return texts.hypotheses(of) if of.is_text else []


def _id(entity: str, one: Candidate) -> str:
    """The same in every run that finds the cause again, though it covers other records, fields and moments."""
    steady = {key: value for key, value in one.parameters.items() if key not in one.moving}
    where = {key: value for key, value in one.where.items() if key not in ("since", "until")}
    of = one.fields if one.mechanism is Mechanism.CODE_MAP else ()
    name = json.dumps([entity, one.mechanism, sorted(steady.items()), sorted(where.items()), of], ensure_ascii=False, default=str)
    return blake2b(name.encode(), digest_size=5).hexdigest()


def _told(evidence: Evidence, one: Candidate, cause: str, setting: Setting | None) -> dict[str, object]:
    rows = rows_of(evidence, one.covered)
    satisfying = int((rows | one.condition).sum())
    purity = int(rows.sum()) / satisfying
    of_fields = int(evidence.differences["field"].is_in(list(one.fields)).sum())
    covered = int(one.covered.sum())
    fix, fix_text = fix_of(one, evidence.entity, purity, cause, setting)
    parameters = {**one.parameters, **({"where": dict(one.where)} if one.where else {})}
    return {
        "cause": cause,
        "mechanism": str(one.mechanism),
        "entity": evidence.entity,
        "fields": list(one.fields),
        "parameters": json.dumps(parameters, ensure_ascii=False, sort_keys=True),
        "covered": covered,
        "records": int(rows.sum()),
        "of_fields": covered / max(of_fields, 1),
        "of_all": covered / evidence.differences.height,
        "satisfying": satisfying,
        "purity": purity,
        **_at_risk(evidence.differences.filter(one.covered)),
        **_example(evidence, one),
        "fix": fix,
        "fix_text": fix_text,
    }


def _at_risk(differences: pl.DataFrame) -> dict[str, object]:
    """The largest sum of one currency; amounts of two currencies are never added."""
    sums = differences.drop_nulls("value_at_risk").group_by("currency").agg(pl.col("value_at_risk").sum())
    best = sums.sort(["value_at_risk", "currency"], descending=[True, False]).head(1)
    return {name: best[name][0] if best.height else None for name in ("value_at_risk", "currency")}


def _example(evidence: Evidence, one: Candidate) -> dict[str, object]:
    """The difference with the first keys, whatever the order of the records."""
    here = evidence.differences.filter(one.covered).select("field", ROW)
    keys = evidence.pairs.select("crm_key", "erp_key").with_row_index(ROW)
    first = here.join(keys, on=ROW).bottom_k(1, by=["crm_key", "erp_key", "field"])
    field, row = first["field"][0], first[ROW][0]
    texts_ = {side: evidence.pairs[f"{side[0]}:{RAW}{field}"][row] for side in ("crm", "erp")}
    values = {f"{side}_value": text for side, text in texts_.items()}
    return {"crm_key": first["crm_key"][0], "erp_key": first["erp_key"][0], "field": field, **values}
