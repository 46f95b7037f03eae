"""Names of companies and people, a column at a time: no two companies share one, some belong to one group."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from reconcile.sandbox import words as w

Numbers = npt.NDArray[np.int64]

LANGUAGE = {"GB": "en", "US": "en", "DE": "de", "CN": "zh"}
"""The language of names by country."""


def ascii_letters(text: pl.Expr) -> pl.Expr:
    """Lower case, with German letters spelt out, and only a to z, digits and hyphens: fit for a domain or an address."""
    text = text.str.to_lowercase().str.replace_many(["ä", "ö", "ü", "ß", " & ", "'"], ["ae", "oe", "ue", "ss", "-", ""])
    return text.str.replace_all(r"[^a-z0-9]+", "-").str.strip_chars("-")


def _combinations(rng: np.random.Generator, count: int, *lists: list[str]) -> list[pl.Series]:
    """`count` different combinations of one word of each list; the words of each list as one column."""
    shape = tuple(len(words) for words in lists)
    chosen = rng.choice(int(np.prod(shape)), count, replace=False)
    parts = np.unravel_index(chosen, shape)
    return [pl.Series(words, dtype=pl.String).gather(part) for words, part in zip(lists, parts, strict=True)]


def _pick(rng: np.random.Generator, words: list[str], count: int) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(rng.integers(0, len(words), count))


def _join(pattern: str, *parts: pl.Series) -> pl.Series:
    return pl.select(pl.format(pattern, *parts).alias("core")).to_series()


def _frame(core: pl.Series, group: pl.Series | None = None, latin: pl.Series | None = None) -> pl.DataFrame:
    frame = pl.DataFrame({"core": core})
    frame = frame.with_columns(
        group=pl.lit(None, pl.String) if group is None else group, latin="core" if latin is None else latin
    )
    return frame.with_columns(pl.col("latin").pipe(ascii_letters))


def _shares(count: int, *shares: float) -> list[int]:
    """`count` divided by shares; what is left over goes to the last part."""
    sizes = [int(count * share) for share in shares]
    return [*sizes, count - sum(sizes)]


def _unlike(first: pl.Series, second: pl.Series, words: list[str]) -> pl.Series:
    """`second`, but the next word of the list where it would repeat `first`."""
    following = second.replace_strict(words, [*words[1:], words[0]])
    return pl.select(pl.when(first == second).then(following).otherwise(second).alias("second")).to_series()


def _english(rng: np.random.Generator, count: int) -> pl.DataFrame:
    grouped, rare, long, place, brand, partners = _shares(count, 0.05, 0.02, 0.08, 0.05, 0.4)
    stem, ending, trade = _combinations(rng, brand, w.EN_STEMS, w.EN_ENDINGS, w.EN_TRADES)
    parts = [_frame(_join("{}{} {}", stem, ending, trade))]
    one, two, trade = _combinations(rng, partners, w.EN_SURNAMES, w.EN_SURNAMES, w.EN_TRADES)
    names = _frame(_join("{} & {} {}", one, two, trade)).with_columns(same=one == two)
    parts.append(
        names.with_columns(
            pl.when("same").then(pl.col("core").str.replace(" & [A-Za-z]+", " & Sons")).otherwise("core").alias("core")
        ).drop("same")
    )
    town, adjective, trade = _combinations(rng, min(place, 4000), w.EN_TOWNS, w.EN_ADJECTIVES, w.EN_TRADES)
    parts.append(_frame(_join("{} {} {}", town, adjective, trade)))
    town, adjective, trade, noun = _combinations(rng, long, w.EN_TOWNS, w.EN_ADJECTIVES, w.EN_TRADES, w.EN_NOUNS)
    parts.append(
        _frame(
            _join("{} {} {} and {} {}", town, adjective, trade, _unlike(trade, _pick(rng, w.EN_TRADES, long), w.EN_TRADES), noun)
        )
    )
    name, trade = _combinations(rng, min(rare, 400), w.EN_APOSTROPHES, w.EN_TRADES)
    parts.append(_frame(_join("{} {}", name, trade)))
    parts.append(_groups(rng, grouped, w.EN_GROUPS, w.EN_TRADES, w.EN_UNITS))
    return pl.concat(parts)


def _groups(rng: np.random.Generator, count: int, groups: list[str], trades: list[str], units: list[str]) -> pl.DataFrame:
    """Sibling legal entities: two for each group name."""
    pairs = min(count // 2, len(groups) * len(trades) // 2)
    group, trade = _combinations(rng, pairs, groups, trades)
    first = _pick(rng, units, pairs)
    second = _unlike(first, _pick(rng, units, pairs), units)
    shared = _join("{} {}", group, trade)
    return pl.concat([_frame(_join("{} {}", shared, unit), shared) for unit in (first, second)])


def _german(rng: np.random.Generator, count: int) -> pl.DataFrame:
    grouped, long, single, brand, partners = _shares(count, 0.05, 0.1, 0.2, 0.35)
    stem, ending, trade = _combinations(rng, brand, w.DE_STEMS, w.DE_ENDINGS, w.DE_TRADES)
    parts = [_frame(_join("{}{} {}", stem, ending, trade))]
    one, two, trade = _combinations(rng, partners, w.DE_SURNAMES, w.DE_SURNAMES, w.DE_TRADES)
    names = _frame(_join("{} & {} {}", one, two, trade)).with_columns(same=one == two)
    parts.append(
        names.with_columns(
            pl.when("same").then(pl.col("core").str.replace(r" & [^ ]+", " & Söhne")).otherwise("core").alias("core")
        ).drop("same")
    )
    name, trade = _combinations(rng, min(single, 2000), w.DE_SURNAMES, w.DE_TRADES)
    parts.append(_frame(_join("{} {}", name, trade)))
    town, trade, other, noun = _combinations(rng, long, w.DE_TOWNS, w.DE_TRADES, w.DE_TRADES, w.DE_NOUNS)
    parts.append(_frame(_join("{} {} und {} {}", town, trade, _unlike(trade, other, w.DE_TRADES), noun)))
    parts.append(_groups(rng, grouped, w.DE_GROUPS, w.DE_TRADES, w.DE_UNITS))
    return pl.concat(parts)


def _chinese(rng: np.random.Generator, towns: pl.Series) -> pl.DataFrame:
    """`上海华腾机电设备`, `华腾机电设备（上海）`, `ABM精密机械（上海）`; `towns` without 市."""
    count = len(towns)
    both, both_latin = _combined(w.CN_FIRST, w.CN_FIRST_LATIN, w.CN_SECOND, w.CN_SECOND_LATIN)
    brand, trade = _combinations(rng, count, both, w.CN_TRADES)
    latin = _join("{}-{}", brand.replace_strict(both, both_latin), trade.replace_strict(w.CN_TRADES, w.CN_TRADES_LATIN))
    shape = pl.Series("shape", rng.random(count))
    letters = _pick(rng, w.CN_LATIN, count)
    columns = pl.DataFrame({"town": towns, "brand": brand, "trade": trade, "latin": latin, "letters": letters}).with_columns(
        shape
    )
    return columns.select(
        core=pl.when(shape < 0.66)
        .then(pl.format("{}{}{}", "town", "brand", "trade"))
        .when(shape < 0.92)
        .then(pl.format("{}{}（{}）", "brand", "trade", "town"))
        .otherwise(pl.format("{}{}{}（{}）", "letters", "brand", "trade", "town")),
        group=pl.lit(None, pl.String),
        latin="latin",
    )


def _combined(
    first: list[str], first_latin: list[str], second: list[str], second_latin: list[str]
) -> tuple[list[str], list[str]]:
    return [a + b for a in first for b in second], [a + b for a in first_latin for b in second_latin]


def company_names(rng: np.random.Generator, countries: pl.Series, towns: pl.Series) -> pl.DataFrame:
    """One company for each country code: columns name, core (without legal form), group (null if none), latin (for domains).

    `towns` are the cities of the companies; the Chinese names use them.
    """
    languages = countries.replace_strict(LANGUAGE).to_numpy()
    parts = []
    for language in ("en", "de", "zh"):
        rows = np.flatnonzero(languages == language)
        if language == "zh":
            names = _chinese(rng, towns.gather(rows).str.strip_suffix("市"))
        else:
            names = (_english if language == "en" else _german)(rng, len(rows))
            if names.height < len(rows):
                names = pl.concat([names, _more(rng, len(rows) - names.height, language)])
            if language == "en":
                names = names.with_columns(pl.col("latin").str.replace("-and-.*", ""))
        parts.append(names.with_columns(row=pl.Series(rng.permutation(rows) if language != "zh" else rows)))
    again = pl.when(pl.col("core").is_first_distinct()).then("core").otherwise(pl.format("{} International", "core"))
    frame = (
        pl.concat(parts)
        .sort("row")
        .drop("row")
        .with_columns(core=again)
        .with_columns(country=countries, form=_forms(rng, countries))
    )
    gap = pl.when(pl.col("country") == "CN").then(pl.lit("")).otherwise(pl.lit(" "))
    return frame.with_columns(name=pl.concat_str("core", gap, "form"))


def _more(rng: np.random.Generator, count: int, language: str) -> pl.DataFrame:
    """Names of three surnames, for when the shorter patterns are used up."""
    surnames, trades = (w.EN_SURNAMES, w.EN_TRADES) if language == "en" else (w.DE_SURNAMES, w.DE_TRADES)
    one, two, three, trade = _combinations(rng, count, surnames, surnames, surnames, trades)
    return _frame(_join("{}, {} & {} {}", one, two, three, trade))


def _forms(rng: np.random.Generator, countries: pl.Series) -> pl.Series:
    chosen = np.empty(len(countries), dtype=object)
    codes = countries.to_numpy()
    for country, (forms, shares) in w.FORMS.items():
        rows = np.flatnonzero(codes == country)
        chosen[rows] = rng.choice(np.array(forms, dtype=object), len(rows), p=shares)
    return pl.Series("form", chosen, dtype=pl.String)


def people(rng: np.random.Generator, countries: pl.Series) -> pl.DataFrame:
    """One person for each country code: columns first_name, last_name, title, mailbox (`hans.mueller`)."""
    count = len(countries)
    zh_last, zh_first = rng.integers(0, len(w.CN_SURNAMES), count), rng.integers(0, len(w.CN_GIVEN), count)
    language = countries.replace_strict(LANGUAGE)

    def by_language(english: pl.Series, german: pl.Series, chinese: pl.Series) -> pl.Series:
        chosen = pl.when(language == "en").then(english).when(language == "de").then(german).otherwise(chinese)
        return pl.select(chosen.alias("word")).to_series()

    def gathered(words: list[str], rows: Numbers) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(rows)

    english, german = _pick(rng, w.EN_GIVEN, count), _pick(rng, w.DE_GIVEN, count)
    english_last, german_last = _pick(rng, w.EN_SURNAMES + w.EN_APOSTROPHES, count), _pick(rng, w.DE_SURNAMES, count)
    first, last = (
        by_language(english, german, gathered(w.CN_GIVEN, zh_first)),
        by_language(english_last, german_last, gathered(w.CN_SURNAMES, zh_last)),
    )
    latin_first = by_language(english, german, gathered(w.CN_GIVEN_LATIN, zh_first))
    latin_last = by_language(english_last, german_last, gathered(w.CN_SURNAMES_LATIN, zh_last))
    titles = by_language(*(_pick(rng, w.TITLES[language_], count) for language_ in ("en", "de", "zh")))
    frame = pl.DataFrame({"first_name": first, "last_name": last, "title": titles, "a": latin_first, "b": latin_last})
    mailbox = pl.format("{}.{}", pl.col("a").pipe(ascii_letters), pl.col("b").pipe(ascii_letters))
    return frame.select("first_name", "last_name", "title", mailbox=mailbox)


_ENDINGS = r"( (Ltd|Limited|plc|LLP|Inc\.|LLC|Corporation|Corp\.|GmbH & Co\. KG|GmbH|AG|KG)|股份有限公司|有限责任公司|有限公司)$"


def without_form(name: pl.Expr) -> pl.Expr:
    """The company's name without the legal form that `company_names` gave it."""
    return name.str.replace(_ENDINGS, "")
