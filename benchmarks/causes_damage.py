"""Two copies of one table, the second damaged by known mechanisms and by noise, with the truth of every damaged cell.

Apart from `causes`, which measures, so that tests can make the same data.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from reconcile.records import KEY, MODIFIED, RAW, Kind
from reconcile.results import BREAKS

MECHANISMS = ("factor", "offset", "truncation", "swapped", "encoding", "code_map", "stale", "source")
"""The eight: cents in one legal entity, a clock of eight hours in one country, names cut at 30, first and last name swapped by
one batch, letters misread from one user, a hole in the terms, a sync that stopped, and one user who writes anything."""
OTHERS = ("rounding", "sign", "default", "factor", "time_zone", "shifted", "day_month", "code_map")
"""Eight more: quantities without decimals, credits as debits, a first of January, a currency, summer time, a street in the next
column, day and month swapped in one batch, and a country that is not known."""
_STOPPED = dt.datetime(2026, 6, 10, tzinfo=dt.UTC)
KINDS = {
    "name": Kind.COMPANY_NAME,
    "first_name": Kind.PERSON_NAME,
    "last_name": Kind.PERSON_NAME,
    "street": Kind.ADDRESS,
    "street_2": Kind.ADDRESS,
    "city": Kind.TEXT,
    "country": Kind.COUNTRY,
    "phone": Kind.TEXT,
    "email": Kind.EMAIL,
    "terms": Kind.CODE,
    "status": Kind.CODE,
    "amount": Kind.MONEY,
    "limit": Kind.MONEY,
    "quantity": Kind.QUANTITY,
    "order_date": Kind.DATE,
    "due_date": Kind.DATE,
    "shipped_at": Kind.DATETIME,
    "changed_by": Kind.TEXT,
    "legal_entity": Kind.TEXT,
    "batch": Kind.TEXT,
}
_CONTEXT = ("changed_by", "legal_entity", "batch")
"""Fields that only the CRM has."""
_PARTS = (
    "Nord",
    "Süd",
    "Berg",
    "Meer",
    "Königs",
    "Stein",
    "Wald",
    "Fürsten",
    "Licht",
    "Gold",
    "Silber",
    "Öster",
    "Haupt",
    "Brücken",
)
_TRADES = ("Handel", "Technik", "Logistik", "Bau", "Werke", "Medizin", "Energie", "Möbel", "Optik", "Chemie", "Textil", "Foods")
_CITIES = (
    "München",
    "Köln",
    "Düsseldorf",
    "Berlin",
    "Hamburg",
    "Zürich",
    "Málaga",
    "São Paulo",
    "Lyon",
    "Oslo",
    "Tromsø",
    "Graz",
    "Ulm",
)
_COUNTRIES = ("DE", "CN", "FR", "US", "ES", "BR", "NO", "AT", "CH", "GB")
_TERMS = {"NET14": "0014", "NET30": "0030", "NET45": "0045", "NET60": "0060", "NOW": "0001"}


@dataclass(frozen=True)
class Damaged:
    """What a comparison of the two copies has left, and why each cell differs."""

    entity: str
    kinds: dict[str, Kind]
    crm: pl.DataFrame
    erp: pl.DataFrame
    breaks: pl.DataFrame
    agreed: pl.DataFrame
    truth: pl.DataFrame
    """fingerprint, field, truth: the mechanism, or noise."""


class _Copy:
    """The second table while it is damaged: every cell by one thing only."""

    def __init__(self, good: pl.DataFrame) -> None:
        self.good, self.frame = good, good
        self.stopped = False
        self.why = pl.DataFrame({name: pl.repeat(None, good.height, dtype=pl.String, eager=True) for name in KINDS})

    def damage(self, truth: str, field: str, value: pl.Expr, where: pl.Series) -> None:
        """Where nothing was damaged yet, and where the value really changes."""
        new = self.frame.select(value.alias(field).cast(self.frame.schema[field])).to_series()
        moved = where & self.why[field].is_null() & new.ne_missing(self.good[field])
        self.frame = self.frame.with_columns(pl.Series(field, new.zip_with(moved, self.frame[field])))
        self.why = self.why.with_columns(pl.when(moved).then(pl.lit(truth)).otherwise(pl.col(field)).alias(field))


def damaged(pairs: int, noise: float, seed: int, mechanisms: tuple[str, ...]) -> Damaged:
    """So many linked pairs; of their cells the share `noise` is changed at random."""
    dice = np.random.default_rng(seed)
    good = _good(pairs, dice)
    copy = _Copy(good)
    if mechanisms == MECHANISMS:
        _eight(copy, good, dice)
    elif mechanisms:
        _eight_others(copy, good, dice)
    _noise(copy, noise, dice)
    return _compared(good, copy)


def _pick(dice: np.random.Generator, values: tuple[str, ...], size: int, weights: list[float] | None = None) -> pl.Series:
    return pl.Series([values[at] for at in dice.choice(len(values), size, p=weights).tolist()], dtype=pl.String)


def _good(n: int, dice: np.random.Generator) -> pl.DataFrame:
    parts = [_pick(dice, _PARTS, n) for _ in range(4)]
    number = pl.Series(dice.integers(1, 9999, n)).cast(pl.String)
    date = pl.Series(dice.integers(0, 700, n)).cast(pl.Duration("ms")) * 0
    days = pl.Series(dice.integers(0, 700, n))
    start = pl.lit(dt.date(2024, 7, 1))
    seconds = pl.Series(dice.integers(0, 700 * 86_400, n))
    frame = pl.DataFrame({"i": pl.int_range(n, eager=True), "days": days, "seconds": seconds, "zero": date})
    moment = pl.lit(dt.datetime(2024, 7, 1, tzinfo=dt.UTC))
    return frame.select(
        key=pl.col("i").cast(pl.String).str.zfill(8),
        modified=moment + pl.duration(seconds=pl.Series(dice.integers(0, 720 * 86_400, n))),
        name=parts[0] + _pick(dice, ("er ", "ische ", "hof "), n) + _pick(dice, _TRADES, n) + " " + parts[1] + " " + number,
        first_name=_pick(dice, ("Anna", "Jörg", "Wei", "Luís", "Mary", "Chen", "Otto", "Éva", "Ines", "Paul"), n)
        + number.str.head(1),
        last_name=_pick(dice, _PARTS, n) + _pick(dice, ("mann", "er", "feld", "bauer"), n),
        street=parts[2] + "straße " + number.str.head(3),
        street_2=pl.when(pl.Series(dice.random(n) < 0.5)).then("Haus " + number.str.tail(2)),
        city=_pick(dice, _CITIES, n),
        country=_pick(dice, _COUNTRIES, n, [0.4, 0.15, 0.1, 0.1, 0.05, 0.05, 0.05, 0.04, 0.03, 0.03]),
        phone="+49" + pl.Series(dice.integers(10**8, 10**9, n)).cast(pl.String),
        email=parts[3].str.to_lowercase() + number + "@example.org",
        terms=_pick(dice, tuple(_TERMS), n, [0.15, 0.5, 0.1, 0.15, 0.1]),
        status=_pick(dice, ("open", "shipped", "done", "cancelled"), n, [0.2, 0.2, 0.55, 0.05]),
        amount=pl.Series(np.round(dice.lognormal(6, 1.5, n), 2)),
        limit=pl.Series(np.round(dice.lognormal(8, 1, n), 0)),
        quantity=pl.Series(np.round(dice.lognormal(2, 1, n), 3)),
        order_date=start + pl.duration(days=pl.col("days")),
        due_date=start + pl.duration(days=pl.col("days") + pl.Series(dice.integers(10, 60, n))),
        shipped_at=moment + pl.duration(seconds=pl.col("seconds")),
        changed_by=_pick(dice, ("ui", "sync-1", "sync-2", "import-7", "mobile"), n, [0.5, 0.25, 0.1, 0.05, 0.1]),
        legal_entity=_pick(dice, ("1000", "2000", "3000", "4000"), n, [0.5, 0.25, 0.15, 0.1]),
        batch="B" + pl.Series(dice.integers(1, 25, n)).cast(pl.String).str.zfill(2),
    )


def _eight(copy: _Copy, good: pl.DataFrame, dice: np.random.Generator) -> None:
    everywhere = good["key"].is_not_null()
    copy.damage("offset", "shipped_at", pl.col("shipped_at") + pl.duration(hours=8), good["country"] == "CN")
    copy.damage("factor", "amount", pl.col("amount") * 100, good["legal_entity"] == "3000")
    copy.damage("truncation", "name", pl.col("name").str.head(30).str.strip_chars_end(), everywhere)
    batch = good["batch"].is_in(["B07", "B08"])
    copy.damage("swapped", "first_name", pl.lit(good["last_name"]), batch)
    copy.damage("swapped", "last_name", pl.lit(good["first_name"]), batch)
    for field in ("city", "street"):
        copy.damage("encoding", field, _mojibake(good[field]), good["changed_by"] == "sync-2")
    copy.damage("code_map", "terms", pl.lit("0030"), good["terms"] == "NET45")
    copy.stopped = True
    stale = good["modified"] >= _STOPPED
    for field, share in (("phone", 0.5), ("email", 0.4), ("status", 0.6), ("limit", 0.5)):
        chosen = stale & pl.Series(dice.random(good.height) < share)
        copy.damage("stale", field, _random(good, field, dice), chosen)
    anything = good["changed_by"] == "import-7"
    for field in ("quantity", "due_date", "street_2", "email"):
        copy.damage("source", field, _random(good, field, dice), anything & pl.Series(dice.random(good.height) < 0.6))


def _eight_others(copy: _Copy, good: pl.DataFrame, dice: np.random.Generator) -> None:
    everywhere = good["key"].is_not_null()
    copy.damage("rounding", "quantity", pl.col("quantity").round(0), everywhere)
    copy.damage("sign", "amount", -pl.col("amount"), good["legal_entity"] == "4000")
    copy.damage("factor", "amount", (pl.col("amount") * 1.0837).round(2), good["legal_entity"] == "2000")
    copy.damage("default", "order_date", pl.lit(dt.date(1900, 1, 1)), pl.Series(dice.random(good.height) < 0.1))
    local = pl.col("shipped_at").dt.convert_time_zone("Europe/Berlin").dt.replace_time_zone(None).dt.replace_time_zone("UTC")
    copy.damage("time_zone", "shipped_at", local, good["changed_by"].is_in(["sync-1"]))
    moved = good["batch"] == "B03"
    copy.damage("shifted", "street_2", pl.lit(good["street"]), moved)
    copy.damage("shifted", "street", pl.lit(None, pl.String), moved)
    turned = pl.date(pl.col("due_date").dt.year(), pl.col("due_date").dt.day(), pl.col("due_date").dt.month())
    may = (good["due_date"].dt.day() <= 12) & (good["batch"] == "B11")
    copy.damage("day_month", "due_date", pl.when(pl.lit(may)).then(turned).otherwise("due_date"), may)
    copy.damage("code_map", "country", pl.lit("UK"), good["country"] == "GB")


def _mojibake(values: pl.Series) -> pl.Expr:
    texts = values.unique().to_list()
    made = {text: text.encode().decode("cp1252", "replace") for text in texts}
    return pl.lit(values.replace_strict(made, return_dtype=pl.String))


def _random(good: pl.DataFrame, field: str, dice: np.random.Generator) -> pl.Expr:
    """Another value of the same kind, often that of another record."""
    other = pl.lit(good[field].gather(dice.permutation(good.height)))
    if good.schema[field] == pl.Float64:
        return (pl.col(field) * pl.Series(dice.uniform(0.5, 1.5, good.height))).round(2)
    return other


def _noise(copy: _Copy, share: float, dice: np.random.Generator) -> None:
    """Typing errors, other amounts, other days, another record's value, and sometimes nothing."""
    good, n = copy.good, copy.good.height
    for field, kind in KINDS.items():
        if field in _CONTEXT:
            continue
        here = pl.Series(dice.random(n) < share)
        empty = here & pl.Series(dice.random(n) < 0.1)
        copy.damage("noise", field, pl.lit(None), empty)
        value: pl.Expr = _random(good, field, dice)
        if kind in (Kind.DATE, Kind.DATETIME):
            value = pl.col(field) + pl.duration(days=pl.Series(dice.integers(-20, 21, n)))
        elif good.schema[field] == pl.String and kind is not Kind.CODE and field != "country":
            at = pl.Series(dice.integers(0, 12, n))
            typed = pl.col(field).str.slice(0, at) + pl.col(field).str.slice(at + 1)
            value = pl.when(pl.Series(dice.random(n) < 0.6)).then(typed).otherwise(value)
        copy.damage("noise", field, value, here)


def _compared(good: pl.DataFrame, copy: _Copy) -> Damaged:
    codes = copy.frame["terms"]
    erp_terms = codes.replace(_TERMS)
    crm = _side(good, list(KINDS), "c").with_columns(terms=good["terms"].replace(_TERMS))
    followed = pl.col("modified") + pl.duration(seconds=90)
    earlier = pl.lit(_STOPPED) - (pl.col("modified") - pl.lit(_STOPPED)) * 3
    written = copy.frame.with_columns(
        terms=erp_terms,
        modified=pl.when(pl.lit(copy.stopped) & (pl.col("modified") >= _STOPPED)).then(earlier).otherwise(followed),
    )
    erp = _side(written, [name for name in KINDS if name not in _CONTEXT], "e")
    keys = {"crm_key": crm[KEY], "erp_key": erp[KEY]}
    found, agreed = [], {}
    for field in (name for name in KINDS if name not in _CONTEXT):
        left, right = crm[field], erp[field]
        unequal = left.ne_missing(right)
        cells = pl.DataFrame({**keys, "truth": copy.why[field]}).filter(unequal)
        found.append(cells.with_columns(field=pl.lit(field), fingerprint=field + ":" + pl.col("crm_key")))
        raw = pl.DataFrame({"crm": crm[RAW + field], "erp": erp[RAW + field], "same": ~unequal})
        agreed[field] = raw.select(pl.when("same").then(pl.struct("crm", "erp"))).to_series()
    everything = pl.concat(found)
    empty = pl.DataFrame(schema=BREAKS)
    breaks = pl.concat(
        [empty, everything.drop("truth").with_columns(entity=pl.lit("orders"), kind=pl.lit("difference"))], how="diagonal"
    )
    truth = everything.select("fingerprint", "field", pl.col("truth").fill_null("noise"))
    return Damaged("orders", KINDS, crm, erp, breaks, pl.DataFrame({**keys, **agreed}), truth)


def _side(frame: pl.DataFrame, fields: list[str], prefix: str) -> pl.DataFrame:
    """Normalised records, as a run keeps them."""
    raw = [pl.col(name).cast(pl.String).alias(RAW + name) for name in fields]
    return frame.select((prefix + pl.col("key")).alias(KEY), pl.col("modified").alias(MODIFIED), *fields, *raw)
