"""The businesses of the matching benchmark before anybody wrote them down: companies, sites, people and households."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from match_numbers import tax_numbers
from match_places import Country, Numbers, addresses, country, zipf
from match_words import Tongue, Words, tongues, traditional, words

SHARES = {"US": 0.28, "GB": 0.15, "DE": 0.19, "FR": 0.10, "CN": 0.17, "TW": 0.04, "BG": 0.04, "GR": 0.03}
"""Where the businesses are."""
COMPANIES, SITES, MEMBERS = 0.60, 0.04, 0.03
"""Of all businesses: companies (sites among them), further sites of one, and further people of a household."""
_TONGUE = {"US": "en", "GB": "en", "DE": "de", "FR": "fr", "CN": "zh", "TW": "zh", "BG": "bg", "GR": "gr"}
SCRIPT = {"CN": "han", "TW": "han", "BG": "cyrillic", "GR": "greek"}
"""The script of a country, where it is not Latin."""
_MAIL = {
    "US": "gmail.com yahoo.com outlook.com icloud.com aol.com",
    "GB": "gmail.com hotmail.co.uk btinternet.com outlook.com",
    "DE": "gmx.de web.de gmail.com t-online.de",
    "FR": "orange.fr gmail.com free.fr laposte.net",
    "CN": "qq.com 163.com 126.com",
    "TW": "gmail.com yahoo.com.tw",
    "BG": "abv.bg gmail.com mail.bg",
    "GR": "gmail.com yahoo.gr",
}
_TOP = {"US": "com", "GB": "co.uk", "DE": "de", "FR": "fr", "CN": "com.cn", "TW": "com.tw", "BG": "bg", "GR": "gr"}
FORMS = {
    "US": ["Inc.|Inc|Incorporated|, Inc.", "LLC|L.L.C.|Llc", "Corp.|Corporation|Corp", "Co.|Company"],
    "GB": ["Ltd|Limited|Ltd.|(UK) Ltd", "plc|PLC|Public Limited Company", "LLP|L.L.P."],
    "DE": [
        "GmbH|Gesellschaft mit beschränkter Haftung|G.m.b.H.|mbH",
        "GmbH & Co. KG|GmbH und Co. KG|GmbH & Co KG",
        "AG|Aktiengesellschaft",
        "KG|Kommanditgesellschaft",
        "e.K.|eK",
        "UG (haftungsbeschränkt)|UG",
    ],
    "FR": ["SARL|S.A.R.L.|Société à responsabilité limitée", "SAS|S.A.S.", "SA|S.A.|Société anonyme", "EURL|E.U.R.L."],
    "CN": ["有限公司|有限责任公司|公司", "股份有限公司|股份公司"],
    "TW": ["股份有限公司|公司|（股）公司", "有限公司|公司"],
    "BG": ["ООД|О.О.Д.", "ЕООД|Е.О.О.Д.", "АД|А.Д."],
    "GR": ["Α.Ε.|ΑΕ|Ανώνυμη Εταιρεία", "Ε.Π.Ε.|ΕΠΕ", "Ο.Ε.|ΟΕ"],
}
"""Legal forms by country; of each the usual spelling and the others."""
_FORM_SHARE = [0.55, 0.2, 0.12, 0.06, 0.04, 0.03]


@dataclass(frozen=True)
class People:
    """Given names and family names of people, as at home and in Latin letters."""

    given: pl.Series
    family: pl.Series
    given_latin: pl.Series
    family_latin: pl.Series
    rank: Numbers


@cache
def _countries() -> dict[str, Country]:
    spoken = tongues()
    return {code: country(code, spoken[_TONGUE[code]]) for code in SHARES}


def _draw(rng: np.random.Generator, source: Words, count: int, flat: float) -> tuple[pl.Series, pl.Series, Numbers]:
    chosen = zipf(rng, len(source), count, flat=flat)
    return source.native.gather(chosen), source.latin.gather(chosen), chosen


def people(rng: np.random.Generator, tongue: Tongue, count: int) -> People:
    """People of a language; frequent names are frequent."""
    given, given_latin, _ = _draw(rng, tongue.given, count, 12)
    family, family_latin, rank = _draw(rng, tongue.surnames, count, 30 if len(tongue.surnames) > 1_000 else 4)
    return People(given, family, given_latin.str.to_titlecase(), family_latin.str.to_titlecase(), rank)


def _core(rng: np.random.Generator, there: Country, city: pl.DataFrame, count: int) -> pl.DataFrame:
    """Columns core, core_latin (names without the legal form) and slug (what a domain is made of)."""
    brand, brand_latin, _ = _draw(rng, there.tongue.brands, count, 400)
    trade, trade_latin, _ = _draw(rng, there.tongue.trades, count, 6)
    other, other_latin, _ = _draw(rng, there.tongue.surnames, count, 60)
    who = people(rng, there.tongue, count)
    shape = pl.Series(rng.random(count))
    if there.code in ("CN", "TW"):
        parts = {"town": city["city"], "town_latin": city["city_latin"], "shape": shape}
        frame = pl.DataFrame(
            {**parts, "brand": brand, "trade": trade, "latin": brand_latin.str.to_titlecase(), "english": trade_latin}
        )
        ending = pl.when(pl.col("shape") < 0.6).then(pl.format("{}{}{}", "town", "brand", "trade"))
        return frame.select(
            core=ending.when(pl.col("shape") < 0.8)
            .then(pl.format("{}{}（{}）", "brand", "trade", "town"))
            .otherwise(pl.format("{}{}", "brand", "trade")),
            core_latin=pl.when(pl.col("shape") < 0.8)
            .then(pl.format("{} {} {}", "town_latin", "latin", "english"))
            .otherwise(pl.format("{} {}", "latin", "english")),
            slug=pl.format("{}{}", pl.col("latin").str.to_lowercase(), pl.col("town_latin").str.to_lowercase()),
        )
    sons = {"en": "& Sons", "de": "& Söhne", "fr": "& Fils"}.get(_TONGUE[there.code], "")
    made = []
    for form in (
        (brand, trade, who.family, other, city["city"]),
        (brand_latin, trade_latin, who.family_latin, other_latin.str.to_titlecase(), city["city_latin"]),
    ):
        frame = pl.DataFrame(dict(zip(("brand", "trade", "family", "other", "town"), form, strict=True))).with_columns(
            shape=shape
        )
        text = pl.when(pl.col("shape") < 0.45).then(pl.format("{} {}", "brand", "trade"))
        text = text.when(pl.col("shape") < 0.60).then(pl.format("{} {}", "family", "trade"))
        text = text.when(pl.col("shape") < 0.72).then(pl.format("{} & {} {}", "family", "other", "trade"))
        text = text.when(pl.col("shape") < 0.80).then(pl.format("{} {} {}", "brand", "trade", "town"))
        text = text.when(pl.col("shape") < 0.92).then(pl.format("{}", "brand"))
        made.append(frame.select(text.otherwise(pl.format(f"{{}} {{}} {sons}".strip(), "family", "trade"))).to_series())
    return pl.DataFrame({"core": made[0], "core_latin": made[1], "slug": made[1]})


def _companies(rng: np.random.Generator, there: Country, serial: Numbers) -> pl.DataFrame:
    count = len(serial)
    place = addresses(rng, there, count)
    share = np.array(_FORM_SHARE[: len(FORMS[there.code])])
    # the serial's last digits keep two companies of one name from sharing a domain
    mark = pl.Series(np.where(rng.random(count) < 0.55, "", (serial % 97).astype(str)))
    style = pl.Series(rng.random(count) < 0.5)
    core = _core(rng, there, place, count).with_columns(mark=mark, style=style)
    plain = pl.col("slug").pipe(ascii_letters)
    slug = (
        pl.when("style")
        .then(plain.str.replace_all(" ", "-", literal=True))
        .otherwise(plain.str.replace_all(" ", "", literal=True))
    )
    contact = people(rng, there.tongue, count)
    form = pl.Series(rng.choice(len(share), count, p=share / share.sum()))
    ending = pl.when(pl.Series(rng.random(count) < 0.3)).then(pl.lit("com")).otherwise(pl.lit(_TOP[there.code]))
    return (
        core.select(
            pl.lit(value=True).alias("company"),
            "core",
            "core_latin",
            form=form,
            domain=pl.format("{}{}.{}", slug, "mark", ending),
            tax_id=tax_numbers(there.code, serial),
        )
        .hstack(_persons_columns(contact))
        .hstack(place)
    )


def _persons_columns(who: People) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "given": who.given,
            "family": who.family,
            "given_latin": who.given_latin,
            "family_latin": who.family_latin,
            "rank": who.rank,
        }
    )


def ascii_letters(text: pl.Expr) -> pl.Expr:
    """Lower case without accents: only a to z, digits and single spaces."""
    text = text.str.to_lowercase().str.replace_many(["ä", "ö", "ü", "ß", "&"], ["ae", "oe", "ue", "ss", " "])
    return text.str.normalize("NFD").str.replace_all(r"[^a-z0-9 ]+", "").str.replace_all(" +", " ").str.strip_chars()


def _personal_mail(rng: np.random.Generator, code: str, frame: pl.DataFrame) -> pl.Series:
    """`mary.taylor1974@gmail.com`: frequent names need a number, rare ones often have none."""
    count = frame.height
    number, year = pl.Series(rng.integers(10_000_000, 2**31 - 1, count)), pl.Series(rng.integers(1950, 2006, count))
    given, family = pl.col("given_latin").pipe(ascii_letters), pl.col("family_latin").pipe(ascii_letters)
    style = pl.Series(rng.random(count))
    host = pl.Series(words(_MAIL[code])).gather(zipf(rng, len(words(_MAIL[code])), count, flat=1))
    digits = pl.when(pl.lit(code == "CN") & (style < 0.6)).then(pl.format("{}", number))
    digits = digits.when((pl.col("rank") > 1_500) & (style < 0.7)).then(pl.format("{}.{}", given, family))
    digits = digits.when(style < 0.6).then(pl.format("{}.{}{}", given, family, number % 9_000))
    digits = digits.when(style < 0.85).then(pl.format("{}{}{}{}", given.str.slice(0, 1), family, year, number % 100))
    local = frame.select(
        digits.otherwise(pl.format("{}_{}{}", family, given, number % 30_000)).str.replace_all(" ", "")
    ).to_series()
    return pl.select(pl.format("{}@{}", local, host)).to_series()


def _company_mail(rng: np.random.Generator, frame: pl.DataFrame) -> pl.Series:
    count = frame.height
    role = pl.Series(words("info office sales kontakt contact mail admin service")).gather(zipf(rng, 8, count, flat=1))
    given, family = pl.col("given_latin").pipe(ascii_letters), pl.col("family_latin").pipe(ascii_letters)
    style = pl.Series(rng.random(count))
    local = pl.when(style < 0.4).then(role).when(style < 0.8).then(pl.format("{}.{}", given, family))
    local = local.otherwise(pl.format("{}{}", given.str.slice(0, 1), family)).str.replace_all(" ", "")
    return frame.select(pl.format("{}@{}", local, "domain")).to_series()


def _people_frame(rng: np.random.Generator, there: Country, count: int) -> pl.DataFrame:
    frame = _persons_columns(people(rng, there.tongue, count)).hstack(addresses(rng, there, count))
    return frame.with_columns(
        pl.lit(value=False).alias("company"),
        *(pl.lit(None, pl.String).alias(n) for n in ("core", "core_latin", "domain", "tax_id")),
        form=pl.lit(0, pl.Int64),
    )


def _mails(rng: np.random.Generator, code: str, frame: pl.DataFrame) -> pl.Series:
    company, personal = _company_mail(rng, frame), _personal_mail(rng, code, frame)
    return frame.select(pl.when("company").then(company).otherwise(personal)).to_series()


def _later(rng: np.random.Generator, there: Country, frame: pl.DataFrame) -> pl.DataFrame:
    """Where the same business is after it moved, its new contact and new e-mail: the columns with `_2`."""
    place = addresses(rng, there, frame.height).drop("city_latin")
    contact = _persons_columns(people(rng, there.tongue, frame.height))
    changed = frame.select(pl.when("company").then(contact[n]).otherwise(n).alias(n) for n in contact.columns)
    email = _mails(rng, there.code, changed.hstack(frame.select("company", "domain")))
    second = place.hstack(changed.drop("rank")).with_columns(email=email)
    return second.rename({name: name + "_2" for name in second.columns})


def _one_country(rng: np.random.Generator, code: str, serial: Numbers) -> pl.DataFrame:
    there = _countries()[code]
    count = len(serial)
    sites, members = round(count * SITES), round(count * MEMBERS)
    companies = round(count * COMPANIES) - sites
    own = _companies(rng, there, serial[:companies])
    base = rng.choice(companies, sites, replace=companies < sites)
    site = own[base].drop(
        "street", "unit", "city", "city_latin", "postcode", "phone", "given", "family", "given_latin", "family_latin", "rank"
    )
    site = site.hstack(addresses(rng, there, sites)).hstack(_persons_columns(people(rng, there.tongue, sites)))
    person = _people_frame(rng, there, count - companies - sites - members)
    home = person[rng.choice(person.height, members, replace=False)]
    fresh = people(rng, there.tongue, members)
    member = home.with_columns(given=fresh.given, given_latin=fresh.given_latin)
    frame = pl.concat([own.with_columns(group=serial[:companies]), site.select(own.columns).with_columns(group=serial[base])])
    both = pl.concat([frame, pl.concat([person, member]).with_columns(group=pl.lit(None, pl.Int64)).select(frame.columns)])
    both = both.with_columns(country=pl.lit(code), entity=pl.Series(serial), email=_mails(rng, code, both))
    kinds = np.repeat(["company", "site", "person", "member"], [companies, sites, person.height, members])
    both = both.with_columns(kind=pl.Series(kinds)).hstack(_later(rng, there, both))
    if code != "TW":
        return both
    names = ["core", "given", "family", "street", "unit", "city", "given_2", "family_2", "street_2", "city_2", "unit_2"]
    return both.with_columns(pl.col(names).pipe(traditional))


def businesses(rng: np.random.Generator, first: int, count: int) -> pl.DataFrame:
    """`count` businesses numbered from `first`, in random order; one row each."""
    sizes = {code: round(count * share) for code, share in SHARES.items()}
    sizes["US"] += count - sum(sizes.values())
    frames, start = [], first
    for code, size in sizes.items():
        frames.append(_one_country(rng, code, np.arange(start, start + size)))
        start += size
    return pl.concat(frames)[rng.permutation(count)]
