"""Damages the quality of the sandbox's company: values that are wrong within one system, or against the records they belong to.

Apart from `defects`, whose damages are drift between the systems. `parties`, `papers` and `together` (two records that are one)
say which; here each is done and logged.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import polars as pl

from reconcile.sandbox.company import ENTITIES, Company, changed, key_column
from reconcile.sandbox.quality.papers import PAPERS
from reconcile.sandbox.quality.parties import PARTIES
from reconcile.sandbox.quality.together import TOGETHER
from reconcile.sandbox.quality.wrong import Rows, Wrong

SPOILT = pl.Schema({"defect": pl.String, "entity": pl.String, "system": pl.String, "key": pl.String, "field": pl.String})
"""The truth: one row for each record that a defect is to be seen at, of the system that holds it, or of the
pair (system pair, the CRM's key); see `Wrong`."""

DEFECTS: tuple[Wrong, ...] = (*PARTIES, *PAPERS, *TOGETHER)


def spoil(company: Company, seed: int, each: int = 3) -> tuple[Company, pl.DataFrame]:
    """The company with up to `each` records damaged by each of DEFECTS, and the log (SPOILT), sorted.

    A record is damaged once at most, in one system at most. The same arguments give the same bytes.
    """
    rows: dict[str, pl.DataFrame] = {**company.crm, **company.erp}
    hit: dict[str, list[str]] = {}
    log = [SPOILT.to_frame()]
    for wrong in DEFECTS:
        rng = np.random.default_rng([seed, zlib.crc32(wrong.name.encode())])
        victims, twins = _victims(wrong, company, rows, hit, rng, each)
        values = {field: wrong.value_of(field, victims, twins, rows) for field in wrong.fields}
        rows[wrong.object] = changed(rows[wrong.object], wrong.object, victims["_key"], values)
        named = "crm_key" if wrong.pair and wrong.system == "erp" else "_key"
        seen = [*victims[named], *(twins[named] if wrong.twin else [])]
        log.append(
            pl.DataFrame({"key": seen}, schema={"key": pl.String}).select(
                pl.lit(wrong.name).alias("defect"),
                pl.lit(wrong.entity).alias("entity"),
                pl.lit("pair" if wrong.pair else wrong.system).alias("system"),
                "key",
                pl.lit(wrong.field).alias("field"),
            )
        )
    crm, erp = ({name: rows[name] for name in side} for side in (company.crm, company.erp))
    return Company(crm, erp, company.pairs, company.harmless), pl.concat(log).sort(*SPOILT.names())


def _victims(
    wrong: Wrong,
    company: Company,
    rows: Rows,
    hit: dict[str, list[str]],
    rng: np.random.Generator,
    each: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records to damage, and as many others, which stay as they are; all of them are not taken again."""
    pairs = company.pairs[wrong.entity]
    own, other = f"{wrong.system}_key", "erp_key" if wrong.system == "crm" else "crm_key"
    taken = hit.setdefault(wrong.entity, [])
    frame = rows[wrong.object].with_columns(_key=key_column(wrong.object))
    pool = frame.join(pairs, left_on="_key", right_on=own, how="inner", maintain_order="left")
    pool = pool.filter(~pl.col("_key").is_in(taken), ~pl.col(other).is_in(taken)).filter(wrong.where(rows))
    count = min(each, pool.height // 2)
    order = rng.permutation(pool.height)
    victims, twins = pool[np.sort(order[:count])], pool[np.sort(order[count : 2 * count])]
    for chosen in (victims, twins if wrong.twin else twins.clear()):
        taken.extend([*chosen["_key"], *chosen[other]])
    return victims, twins


def planted(log: pl.DataFrame) -> Mapping[str, int]:
    """Records by defect."""
    return dict(log.group_by("defect").len().sort("defect").iter_rows())


__all__ = ["DEFECTS", "ENTITIES", "SPOILT", "planted", "spoil"]
