"""Two exports of the same records, keyed alike: the data of the comparison benchmark.

    python benchmarks/compare_data.py --pairs 1000000 --out DIR [--seed 1]

Writes left.parquet (CRM), right.parquet (ERP) and compare.yaml (kinds, and a tolerance of one cent). Twenty fields of mixed
kinds; 1 % of the cells of linked pairs hold something else, 5 % the same written another way; a record more for every
twenty on each side has no counterpart. Both files are in an order of their own. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

CHANGED, HARMLESS, ALONE = 0.01, 0.05, 0.05
_FIRST = (
    "Anna",
    "Boris",
    "Clara",
    "David",
    "Elif",
    "Farid",
    "Grace",
    "Hugo",
    "Irene",
    "Jakob",
    "Karin",
    "Louis",
    "Maria",
    "Nadia",
)
_LAST = (
    "Schmidt",
    "Müller",
    "Novak",
    "Rossi",
    "García",
    "Dubois",
    "Jensen",
    "Kowalski",
    "Silva",
    "Brown",
    "Walker",
    "Ito",
    "Meyer",
)
_TRADE = (
    "Trading",
    "Logistics",
    "Foods",
    "Systems",
    "Pumps",
    "Textiles",
    "Metals",
    "Papers",
    "Tools",
    "Optics",
    "Marine",
    "Seeds",
)
_FORM = {"Ltd": "Limited", "Inc": "Incorporated", "GmbH": "G.m.b.H.", "Corp": "Corporation"}
_ROAD = {"Street": "St.", "Road": "Rd", "Avenue": "Ave", "Lane": "Ln"}
_CITY = ("Berlin", "München", "Lyon", "Leeds", "Porto", "Graz", "Gdańsk", "Turin", "Bergen", "Málaga", "Basel", "Ghent", "Boston")
_COUNTRY = {
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "PT": "Portugal",
    "AT": "Austria",
    "PL": "Poland",
    "IT": "Italy",
}
_STATUS = ("open", "on hold", "closed", "prospect")
_TERMS = ("NET 30", "NET 60", "NET 14", "PREPAID")
_CURRENCY = ("EUR", "USD", "GBP", "PLN", "CHF")


@dataclass(frozen=True)
class Field:
    """One field: its kind, its values by the number of a record, and the same written another way (None: there is no other)."""

    kind: str
    value: Callable[[pl.Expr], pl.Expr]
    again: Callable[[pl.Expr], pl.Expr] | None


def _one_of(words: tuple[str, ...], at: pl.Expr) -> pl.Expr:
    return at.replace_strict(list(range(len(words))), list(words), return_dtype=pl.String)


def _mixed(n: pl.Expr, seed: int, below: int) -> pl.Expr:
    """A number below `below` that follows from the record's, and from nothing else."""
    return ((n + 1) * (2_654_435_761 + 7_919_333 * seed) % 4_294_967_291) % below


def _replaced(text: pl.Expr, words: dict[str, str]) -> pl.Expr:
    return text.str.replace_many(list(words), list(words.values()))


def _company(n: pl.Expr) -> pl.Expr:
    words = [_one_of(_LAST, _mixed(n, 1, len(_LAST))), _one_of(_TRADE, _mixed(n, 2, len(_TRADE))), _mixed(n, 3, 9_000) + 1000]
    return pl.concat_str([*words, _one_of(tuple(_FORM), _mixed(n, 4, len(_FORM)))], separator=" ")


def _person(n: pl.Expr) -> pl.Expr:
    initial = pl.concat_str(_one_of(tuple("ABCDEFGHJKLMNPRSTW"), _mixed(n, 7, 18)), pl.lit("."))
    return pl.concat_str(
        _one_of(_FIRST, _mixed(n, 5, len(_FIRST))), initial, _one_of(_LAST, _mixed(n, 6, len(_LAST))), separator=" "
    )


def _street(n: pl.Expr) -> pl.Expr:
    road = _one_of(tuple(_ROAD), _mixed(n, 9, len(_ROAD)))
    return pl.concat_str(_mixed(n, 8, 400) + 1, _one_of(_LAST, _mixed(n, 10, len(_LAST))), road, separator=" ")


def _day(n: pl.Expr, seed: int) -> pl.Expr:
    return pl.date(1995, 1, 1) + pl.duration(days=_mixed(n, seed, 11_000))


def _money(n: pl.Expr, seed: int) -> pl.Expr:
    return _mixed(n, seed, 50_000_000) / 100.0


def _seconds(n: pl.Expr) -> pl.Expr:
    return pl.duration(seconds=_mixed(n, 29, 86_400))


FIELDS: dict[str, Field] = {
    "company": Field("company_name", _company, lambda v: _replaced(v, _FORM).str.to_uppercase()),
    "contact": Field("person_name", _person, lambda v: v.str.replace(" ", "  ").str.to_uppercase()),
    "street": Field("address", _street, lambda v: _replaced(v, _ROAD)),
    "city": Field("text", lambda n: _one_of(_CITY, _mixed(n, 11, len(_CITY))), lambda v: v.str.to_uppercase()),
    "postal_code": Field(
        "postal_code",
        lambda n: pl.format("AB{} {}CD", _mixed(n, 12, 89) + 10, _mixed(n, 13, 9)),
        lambda v: v.str.replace(" ", ""),
    ),
    "country": Field(
        "country", lambda n: _one_of(tuple(_COUNTRY), _mixed(n, 14, len(_COUNTRY))), lambda v: v.replace_strict(_COUNTRY)
    ),
    "phone": Field(
        "phone",
        lambda n: pl.format("+49{}{}", _mixed(n, 15, 800) + 100, _mixed(n, 16, 8_999_999) + 1_000_000),
        lambda v: v.str.replace(r"^(\+49)(...)", "$1 ($2) "),
    ),
    "email": Field(
        "email", lambda n: pl.format("box{}@example{}.com", n, _mixed(n, 17, 900)), lambda v: v.str.replace("box", "Box")
    ),
    "website": Field("url", lambda n: pl.format("www.example{}.com", _mixed(n, 18, 900_000)), lambda v: "https://" + v + "/"),
    "vat_id": Field(
        "tax_id",
        lambda n: pl.format("PL{}", _mixed(n, 19, 8_999_999_999) + 1_000_000_000),
        lambda v: v.str.replace(r"^(..)(...)(...)", "$1 $2-$3-"),
    ),
    "status": Field("code", lambda n: _one_of(_STATUS, _mixed(n, 20, len(_STATUS))), lambda v: v.str.to_uppercase()),
    "terms": Field("code", lambda n: _one_of(_TERMS, _mixed(n, 21, len(_TERMS))), lambda v: v.str.to_lowercase()),
    "currency": Field("currency", lambda n: _one_of(_CURRENCY, _mixed(n, 22, len(_CURRENCY))), lambda v: v.str.to_lowercase()),
    "credit_limit": Field("money", lambda n: _money(n, 23), lambda v: v + 0.004),
    "balance": Field("money", lambda n: _money(n, 24), lambda v: v - 0.004),
    "stock": Field("quantity", lambda n: _mixed(n, 25, 90_000).cast(pl.Float64), lambda v: v * (1 + 2.0**-52)),
    "founded": Field("date", lambda n: _day(n, 26), None),
    "last_order": Field(
        "date",
        lambda n: _day(n, 27).dt.to_string("%Y-%m-%d"),
        lambda v: v.str.replace(r"(.{4})-(..)-(..)", "$3.$2.$1"),
    ),
    "updated_at": Field("datetime", lambda n: _day(n, 28).cast(pl.Datetime("us")) + _seconds(n), None),
    "active": Field("boolean", lambda n: _one_of(("yes", "no"), _mixed(n, 30, 2)), lambda v: v.str.to_uppercase()),
}


def _column(rng: np.random.Generator, field: Field, n: pl.Series, linked: int, harmless: float) -> pl.Series:
    """The other side's values: some are another record's, some are written another way."""
    drawn = pl.Series(rng.random(len(n)))
    other = n + pl.Series(rng.integers(1, 1_000, len(n)))
    frame = pl.DataFrame({"n": n, "other": other, "drawn": drawn, "linked": pl.int_range(len(n), eager=True) < linked})
    value = field.value(pl.col("n"))
    moved = pl.col("linked") & (pl.col("drawn") < CHANGED)
    out = pl.when(moved).then(field.value(pl.col("other"))).otherwise(value)
    if field.again is not None:
        out = pl.when(pl.col("linked") & ~moved & (pl.col("drawn") < CHANGED + harmless)).then(field.again(value)).otherwise(out)
    return frame.select(v=out).to_series()


def generate(pairs: int, out: Path, *, seed: int) -> dict[str, int]:
    """Write all files; the counts of what was made."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    alone = round(pairs * ALONE)
    harmless = HARMLESS * len(FIELDS) / sum(field.again is not None for field in FIELDS.values())
    counts = {"pairs": pairs, "alone": alone, "unequal": 0}
    ours = pl.int_range(pairs + alone, eager=True)
    theirs = pl.concat([ours.head(pairs), pl.int_range(pairs + alone, pairs + 2 * alone, eager=True)])
    orders = [pl.Series(rng.permutation(pairs + alone)) for _ in range(2)]
    sides: tuple[dict[str, pl.Series], dict[str, pl.Series]] = ({}, {})
    for side, numbers, order in zip(sides, (ours, theirs), orders, strict=True):
        side["id"] = pl.select(pl.format("C{}", numbers.cast(pl.String).str.zfill(8))).to_series().gather(order)
    for name, field in FIELDS.items():
        left = ours.to_frame("n").select(field.value(pl.col("n"))).to_series()
        right = _column(rng, field, theirs, pairs, harmless)
        counts["unequal"] += int((left.head(pairs) != right.head(pairs)).sum())
        sides[0][name], sides[1][name] = left.gather(orders[0]), right.gather(orders[1])
    for side, file in zip(sides, ("left", "right"), strict=True):
        pl.DataFrame(side).write_parquet(out / f"{file}.parquet")
    (out / "compare.yaml").write_text(_config(), encoding="utf-8")
    return counts


def _config() -> str:
    lines = ["crm_key: id", "erp_key: id", "fields:"]
    for name, field in FIELDS.items():
        tolerance = ", tolerance: 0.01" if field.kind == "money" else ""
        lines.append(f"  {name}: {{crm: {name}, erp: {name}, type: {field.kind}{tolerance}}}")
    return "\n".join([*lines, ""])


def main() -> None:
    """Make the files and print what is in them."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--pairs", type=int, default=1_000_000, help="records that both sides have")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(json.dumps(generate(given.pairs, given.out, seed=given.seed)))


if __name__ == "__main__":
    main()
