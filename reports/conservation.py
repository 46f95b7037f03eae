"""The view's section on what must add up: which rules ran on what, and what is left open of the customers who owe most."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from reconcile.balances import ConservationRule
from reconcile.results import BreakKind, RunResult
from reports.figures import count, money, name, system_term, term
from reports.model import Balances, Figure, ResidualLine, RuleLine
from reports.words import Words

_OF_EACH_CURRENCY = 5
_CUSTOMERS = 20
_ANCHOR = f"breaks-{BreakKind.CONSERVATION.value}"


def balances_section(words: Words, result: RunResult, titles: Mapping[str, str]) -> Balances | None:
    """None where the project asks for nothing to add up."""
    rules = result.conservation
    if rules.is_empty():
        return None
    shown = rules.filter(pl.col("state") == "ran")
    return Balances(
        rules=tuple(_rule_line(words, row, titles) for row in shown.iter_rows(named=True)),  # some thirty
        lacking=_lacking(words, rules),
        residuals=_residual_lines(words, result.residuals, titles),
    )


def _rule_line(words: Words, row: Mapping[str, object], titles: Mapping[str, str]) -> RuleLine:
    def number(column: str, anchor: str = "") -> Figure:
        return count(words, "records", int(str(row[column])), anchor)

    between = row["rule"] == ConservationRule.ORDER_INVOICED
    return RuleLine(
        rule=term(words, "conservation_rule", str(row["rule"])),
        system=system_term(
            {"both": " / ".join(titles.values())} if between else titles, "both" if between else str(row["system"])
        ),
        entity=term(words, "entity", str(row["entity"])),
        judged=number("judged"),
        broken=number("broken", f"{_ANCHOR}-{row['entity']}"),
        in_flight=number("in_flight"),
        not_judged=number("not_judged"),
        reading=term(words, "conservation_reading", str(row["detail"])),
    )


def _lacking(words: Words, rules: pl.DataFrame) -> str:
    """The rules that ran on neither side, with the fields that the better side misses."""
    ran = rules.filter(pl.col("state") == "ran")["rule"].implode()
    missing = rules.filter((pl.col("state") == "not_mapped") & ~pl.col("rule").is_in(ran))
    fewest = missing.sort(pl.col("detail").str.count_matches(","), "system", descending=[False, True]).unique(
        "rule", keep="first", maintain_order=True
    )
    said = [
        f"{words.label('conservation_rule', rule)} ({detail})" for rule, detail in fewest.select("rule", "detail").iter_rows()
    ]
    return words.say("say.not_run", rules="; ".join(said)) if said else ""


def _residual_lines(words: Words, residuals: pl.DataFrame, titles: Mapping[str, str]) -> tuple[ResidualLine, ...]:
    """Of each currency, the customers with most unpaid; amounts of different currencies have no order among them."""
    open_ = residuals.filter((pl.col("level") == "customer") & ((pl.col("unpaid") != 0) | (pl.col("uninvoiced") != 0)))
    ordered = open_.sort(pl.col("unpaid").abs(), pl.col("uninvoiced").abs(), "key", descending=[True, True, False])
    ranked = ordered.with_columns(pl.int_range(pl.len()).over("currency").alias("_rank"))
    top = ranked.filter(pl.col("_rank") < _OF_EACH_CURRENCY).sort("_rank", "currency").head(_CUSTOMERS).sort("currency", "_rank")
    return tuple(_residual_line(words, row, titles) for row in top.iter_rows(named=True))


def _residual_line(words: Words, row: Mapping[str, object], titles: Mapping[str, str]) -> ResidualLine:
    scale = 10 ** int(str(row["digits"]))

    def amount(column: str) -> Figure:
        return money(words, int(str(row[column])) / scale, str(row["currency"]))

    return ResidualLine(
        customer=name(str(row["label"] or row["key"] or "")) or words.say("word.no_customer"),
        key=name(str(row["key"] or "")),
        system=system_term(titles, str(row["system"])),
        invoiced=amount("invoiced"),
        credited=amount("credited"),
        paid=amount("paid"),
        unpaid=amount("unpaid"),
        uninvoiced=amount("uninvoiced"),
    )
