"""The causes of a run as lines that people read: report, dashboard and command line show the same ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from reconcile.causes import CAUSES
from reconcile.config.models import Language
from reconcile.results import BreakKind, RunResult
from reports.figures import count, money, name, share, term, titles_of
from reports.marking import side_by_side
from reports.model import CauseLine, Causes, Figure
from reports.words import Words

_MOST_PAIRS = 4
_SECONDS = ((86_400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds"))


def causes_of_run(result: RunResult, language: Language, causes: pl.DataFrame | None) -> Causes:
    """All causes of a run (CAUSES): of its differences, and of the codes without a mapping, which a cause may explain as well."""
    kinds = [BreakKind.DIFFERENCE.value, BreakKind.UNMAPPED_CODE.value]
    explainable = result.breaks.filter(pl.col("kind").is_in(kinds)).height
    found = CAUSES.to_frame() if causes is None else causes
    return causes_of(Words(language), found, explainable, titles_of(result.crm_title, result.erp_title))


def causes_of(words: Words, causes: pl.DataFrame, differences: int, titles: Mapping[str, str]) -> Causes:
    """All causes of a run.

    Args:
        words: the language.
        causes: CAUSES.
        differences: of the run; those that a cause may explain.
        titles: role to what people call the side.
    """
    lines = tuple(_line(words, row, titles) for row in causes.iter_rows(named=True))  # a few dozen at most
    covered = int(causes["covered"].sum())
    explained = share(words, covered, differences)
    told = words.say(
        "say.causes",
        causes=words.count("causes", len(lines)),
        share=explained.text,
        differences=words.count("differences", differences),
    )
    return Causes(told if lines else words.say("say.no_causes"), lines)


def _line(words: Words, row: Mapping[str, Any], titles: Mapping[str, str]) -> CauseLine:
    parameters = json.loads(row["parameters"])
    crm, erp = side_by_side(row["crm_value"], row["erp_value"])
    satisfying, records = count(words, "pairs", row["satisfying"]), count(words, "pairs", row["records"])
    purity = Figure(row["purity"], "share", words.share(row["purity"]))
    by_rule = row["fix"] == "rule" and row["mechanism"] != "code_map"
    advice = words.say("cause.rule") if by_rule else words.label("cause_advice", row["mechanism"])
    return CauseLine(
        id=row["cause"],
        anchor=f"cause-{row['cause']}",
        mechanism=term(words, "mechanism", row["mechanism"]),
        entity=term(words, "entity", row["entity"]),
        fields=tuple(term(words, "field", field) for field in row["fields"]),
        sentence=_sentence(words, row, parameters, titles),
        where=_where(words, parameters.get("where"), titles),
        covered=count(words, "differences", row["covered"]),
        records=records,
        of_fields=Figure(row["of_fields"], "share", words.share(row["of_fields"])),
        of_all=Figure(row["of_all"], "share", words.share(row["of_all"])),
        satisfying=satisfying,
        purity=purity,
        pure=words.say("cause.pure", purity=purity.text, records=records.text, satisfying=satisfying.text),
        value_at_risk=money(words, row["value_at_risk"], row["currency"]),
        field=term(words, "field", row["field"]),
        crm_key=name(row["crm_key"]),
        erp_key=name(row["erp_key"]),
        crm_value=crm,
        erp_value=erp,
        fix=term(words, "cause_fix", row["fix"]),
        advice=advice,
        fix_text=row["fix_text"],
    )


def _sentence(words: Words, row: Mapping[str, Any], told: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """What the mechanism does, with its parameters."""
    mechanism = row["mechanism"]
    side = told.get("side")
    values: dict[str, object] = {"crm": titles["crm"], "erp": titles["erp"]}
    if side:
        values |= {"side": titles[side], "other": titles["erp" if side == "crm" else "crm"]}
    key, more = _SAID.get(mechanism, _plain)(words, told)
    return words.say(f"cause.{mechanism}{key}", **values, **more)


_Said = tuple[str, dict[str, object]]


def _plain(_: Words, __: Mapping[str, Any]) -> _Said:
    return "", {}


def _factor(_: Words, told: Mapping[str, Any]) -> _Said:
    return "", {"factor": f"{told['factor']:,.6g}" if told["factor"] < 1e6 else f"{told['factor']:,.0f}"}  # noqa: PLR2004  # beyond, g writes exponents


def _offset(words: Words, told: Mapping[str, Any]) -> _Said:
    if "amount" in told:
        return ".amount", {"amount": f"{told['amount']:,.6g}"}
    if "days" in told:
        return ".days", {"amount": words.count("days", told["days"])}
    unit, size = next((unit, size) for size, unit in _SECONDS if told["seconds"] % size == 0)
    return ".days", {"amount": words.count(unit, told["seconds"] // size)}


def _rounding(_: Words, told: Mapping[str, Any]) -> _Said:
    decimals = told["decimals"]
    return f".{told['way']}", {"step": f"{10.0**-decimals:,.{max(decimals, 0)}f}"}


def _encoding(_: Words, told: Mapping[str, Any]) -> _Said:
    if told["way"] in ("lost", "left out"):
        return f".{told['way'].replace(' ', '_')}", {}
    return "", {"way": told["way"]}


def _swapped(words: Words, told: Mapping[str, Any]) -> _Said:
    first, second = (name(words.label("field", field)) for field in told["fields"])
    return "", {"first": first, "second": second}


def _shifted(words: Words, told: Mapping[str, Any]) -> _Said:
    first, second = (name(words.label("field", told[side])) for side in ("crm", "erp"))
    return "", {"first": first, "second": second}


def _code_map(_: Words, told: Mapping[str, Any]) -> _Said:
    pairs = [f"{name(crm)} ↔ {name(erp)}" for crm, erp in told["pairs"]]
    return "", {"pairs": ", ".join(pairs[:_MOST_PAIRS]) + (" …" if len(pairs) > _MOST_PAIRS else "")}


def _default(_: Words, told: Mapping[str, Any]) -> _Said:
    return (".empty", {}) if told["value"] is None else ("", {"value": name(told["value"])})


def _stale(words: Words, told: Mapping[str, Any]) -> _Said:
    times = {key: words.moment(dt.datetime.fromisoformat(told[key])) for key in ("since", "until") if key in told}
    return (".until" if "until" in told else ""), dict(times)


def _source(words: Words, told: Mapping[str, Any]) -> _Said:
    return "", {"column": _column(words, told["column"]), "values": words.say("cause.or").join(map(name, told["values"]))}


_SAID = {
    "factor": _factor,
    "offset": _offset,
    "time_zone": lambda _, told: ("", {"zone": told["zone"]}),
    "time_cut": lambda words, told: ("", {"part": words.label("cut_to", told["to"])}),
    "rounding": _rounding,
    "truncation": lambda words, told: ("", {"n": words.number(told["characters"])}),
    "encoding": _encoding,
    "swapped": _swapped,
    "shifted": _shifted,
    "code_map": _code_map,
    "default": _default,
    "stale": _stale,
    "source": _source,
}


def _column(words: Words, column: str) -> str:
    return name(words.label("cause_column", column) if ":" in column else words.label("field", column))


def _where(words: Words, where: Mapping[str, Any] | None, titles: Mapping[str, str]) -> str:
    """The narrower condition; empty if there is none."""
    if not where:
        return ""
    if "values" in where:
        _, values = _source(words, where)
        return words.say("cause.where", **values)
    key, times = _stale(words, where)
    return words.say(f"cause.where{key or '.since'}", side=titles[where["column"]], **times)
