"""What becomes of a business when somebody types it into a system: old addresses, gaps, slips of the finger, other spellings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from match_words import traditional
from match_world import FORMS, SCRIPT, ascii_letters

FIELDS = ("name", "contact", "street", "city", "postcode", "country", "phone", "email", "website", "tax_id")


@dataclass(frozen=True)
class Rates:
    """How often, of all records of one side, each thing happens (0 to 1)."""

    moved: float = 0.025
    new_phone: float = 0.05
    new_email: float = 0.08
    new_contact: float = 0.25
    name_slip: float = 0.08
    name_mangled: float = 0.01
    swapped: float = 0.02
    initial: float = 0.02
    word_lost: float = 0.03
    other_form: float = 0.18
    no_form: float = 0.07
    in_latin: float = 0.02
    other_characters: float = 0.03
    street_slip: float = 0.06
    street_short: float = 0.25
    city_slip: float = 0.03
    number_slip: float = 0.02
    email_slip: float = 0.02
    tax_slip: float = 0.01
    gaps: tuple[tuple[str, float], ...] = (
        ("contact", 0.40),
        ("street", 0.05),
        ("city", 0.04),
        ("postcode", 0.06),
        ("country", 0.04),
        ("phone", 0.18),
        ("email", 0.26),
        ("website", 0.50),
        ("tax_id", 0.40),
    )


FIRST = Rates()
AGAIN = Rates(moved=0.05, new_phone=0.1, new_email=0.16, new_contact=0.5, name_slip=0.14, word_lost=0.05, street_slip=0.1)
"""The second entry of a business in one system: less careful, or it would have been found."""
_POOLS = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "han": "华国安和新大平东金天",
    "cyrillic": "абвгдеиклмнопрст",
    "greek": "αβγδεικλμνοπρστ",
}
_SEEN = [
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("o", "0"),
    ("e", "c"),
    ("S", "5"),
    ("B", "8"),
    ("i", "l"),
    ("cl", "d"),
    ("u", "ii"),
]
"""What a scanner takes for what."""
_SHORT = {
    "Street": "St",
    "Road": "Rd",
    "Avenue": "Ave",
    "Lane": "Ln",
    "Drive": "Dr",
    "Court": "Ct",
    "straße": "str.",
    "Straße": "Str.",
    "Boulevard": "Bd",
    "Place": "Pl",
    "ул. ": "",
    "Rue ": "R. ",
    "大道": "路",
}
_SHORT_WORDS = {
    "Engineering": "Eng.",
    "Construction": "Constr.",
    "Services": "Svcs",
    "Technologies": "Tech",
    "Manufacturing": "Mfg",
    " & ": " and ",
    "Maschinenbau": "Masch.bau",
    "Transporte": "Transp.",
    "Elektrotechnik": "E-Technik",
    "Industrie": "Ind.",
    "Distribution": "Distrib.",
    "自动化科技": "自动化",
    "进出口贸易": "贸易",
    "网络科技": "网络",
    "Инженеринг": "Инж.",
    "Консулт": "Консултинг",
}


def _chance(rng: np.random.Generator, count: int, share: float) -> pl.Series:
    return pl.Series(rng.random(count) < share)


def slipped(rng: np.random.Generator, text: pl.Series, share: float, pool: pl.Series) -> pl.Series:
    """One slip in a share of the texts: a letter more, less, swapped, replaced, or misread; `pool` is a letter for each text."""
    long = np.flatnonzero((text.str.len_chars() >= 2).fill_null(value=False).to_numpy())
    chosen = long[rng.random(len(long)) < share]
    if not len(chosen):
        return text
    frame = pl.DataFrame({"text": text.gather(chosen), "letter": pool.gather(chosen)})
    frame = frame.with_columns(
        at=(pl.Series(rng.random(len(chosen))) * pl.col("text").str.len_chars()).floor().cast(pl.Int64),
        kind=pl.Series(rng.integers(0, 5, len(chosen))),
    )
    whole, at = pl.col("text"), pl.col("at")
    head, one, two = whole.str.slice(0, at), whole.str.slice(at, 1), whole.str.slice(at + 1, 1)
    rest, after = whole.str.slice(at + 1), whole.str.slice(at + 2)
    misread = whole
    which = pl.Series(rng.integers(0, len(_SEEN), len(chosen)))
    for number, (old, new) in enumerate(_SEEN):
        misread = pl.when(which == number).then(whole.str.replace(old, new, literal=True)).otherwise(misread)
    kind = pl.col("kind")
    # a misreading that finds none of its letters becomes a swap
    swapped = pl.concat_str(head, two, one, after)
    new = pl.when(kind == 0).then(pl.concat_str(head, "letter", one, rest)).when(kind == 1).then(pl.concat_str(head, rest))
    new = new.when(kind == 2).then(swapped).when(kind == 3).then(pl.concat_str(head, "letter", rest))
    new = new.when(misread != whole).then(misread).otherwise(swapped)
    return text.scatter(chosen, frame.select(new).to_series())


def _letters(rng: np.random.Generator, script: pl.Series, *, digits: bool = False) -> pl.Series:
    count = len(script)
    if digits:
        return pl.Series(list("0123456789")).gather(rng.integers(0, 10, count))
    drawn = {name: pl.Series(list(pool)).gather(rng.integers(0, len(pool), count)) for name, pool in _POOLS.items()}
    frame = pl.DataFrame({"script": script, **drawn})
    column = pl.col("latin")
    for name in ("han", "cyrillic", "greek"):
        column = pl.when(pl.col("script") == name).then(name).otherwise(column)
    return frame.select(column).to_series()


def _forms(rng: np.random.Generator, frame: pl.DataFrame, rates: Rates) -> pl.Series:
    """The legal form as it is written here, with what stands before it; empty where it is left out."""
    count = frame.height
    other, none, which = (
        _chance(rng, count, rates.other_form),
        _chance(rng, count, rates.no_form),
        pl.Series(rng.integers(1, 4, count)),
    )
    rows = [
        (code, form, number, text)
        for code, forms in FORMS.items()
        for form, spelt in enumerate(forms)
        for number, text in enumerate((spelt.split("|") * 4)[:4])
    ]
    table = pl.DataFrame(rows, schema=["country", "form", "spelling", "text"], orient="row")
    asked = frame.select("country", "form").with_columns(spelling=pl.when(other).then(which).otherwise(0))
    text = asked.join(table, on=["country", "form", "spelling"], how="left", maintain_order="left")["text"]
    gap = pl.when(frame["country"].is_in(["CN", "TW"])).then(pl.lit("")).otherwise(pl.lit(" "))
    return pl.select(pl.when(none).then(pl.lit("")).otherwise(pl.concat_str(gap, text)).str.replace("^ ,", ",")).to_series()


def _company_names(rng: np.random.Generator, frame: pl.DataFrame, rates: Rates, latin: pl.Series) -> pl.Series:
    count = frame.height
    short, lost, swap = (
        _chance(rng, count, rates.word_lost * 2),
        _chance(rng, count, rates.word_lost),
        _chance(rng, count, rates.swapped),
    )
    core = pl.when(short).then(pl.col("core").str.replace_many(list(_SHORT_WORDS), list(_SHORT_WORDS.values()))).otherwise("core")
    core = (
        pl.when(lost)
        .then(core.str.replace(r"^(\S+ .*) \S+$", "$1"))
        .when(swap)
        .then(core.str.replace(r"^(\S+) (\S+)$", "$2 $1"))
        .otherwise(core)
    )
    form = _forms(rng, frame, rates)
    plain = frame.select(pl.concat_str(core, form)).to_series()
    ending = pl.when(frame["country"].is_in(["CN", "TW"])).then(pl.lit(" Co., Ltd.")).otherwise(pl.lit(" Ltd"))
    return frame.select(pl.when(latin).then(pl.concat_str("core_latin", ending)).otherwise(plain)).to_series()


def _person_names(rng: np.random.Generator, frame: pl.DataFrame, rates: Rates, latin: pl.Series, end: str = "") -> pl.Series:
    """`Mary Taylor`, `Taylor, Mary`, `M. Taylor`; `王伟`, `Wang Wei`."""
    count = frame.height
    swap, initial = _chance(rng, count, rates.swapped), _chance(rng, count, rates.initial)
    given, family = pl.col("given" + end), pl.col("family" + end)
    given_latin, family_latin = pl.col("given_latin" + end), pl.col("family_latin" + end)
    short = pl.when(initial).then(pl.concat_str(given.str.slice(0, 1), pl.lit("."))).otherwise(given)
    western = pl.when(swap).then(pl.format("{}, {}", family, short)).otherwise(pl.format("{} {}", short, family))
    han = pl.when(swap).then(pl.format("{} {}", family, given)).otherwise(pl.concat_str(family, given))
    abroad = (
        pl.when(swap).then(pl.format("{} {}", given_latin, family_latin)).otherwise(pl.format("{} {}", family_latin, given_latin))
    )
    is_han = pl.col("country").is_in(["CN", "TW"])
    latin_name = pl.when(is_han).then(abroad).otherwise(pl.format("{} {}", given_latin, family_latin))
    return frame.select(pl.when(latin).then(latin_name).when(is_han).then(han).otherwise(western)).to_series()


def _either(frame: pl.DataFrame, names: list[str], second: pl.Series) -> pl.DataFrame:
    return frame.select(pl.when(second).then(pl.col(name + "_2")).otherwise(pl.col(name)).alias(name) for name in names)


def _spelt_otherwise(rng: np.random.Generator, frame: pl.DataFrame, rates: Rates) -> pl.DataFrame:
    """Umlauts spelt out, and mainland names in traditional characters."""
    chosen = _chance(rng, frame.height, rates.other_characters)
    texts = pl.col("name", "street", "city")
    spelt = texts.str.replace_many(["ä", "ö", "ü", "ß", "Ö", "Ü", "é", "è"], ["ae", "oe", "ue", "ss", "Oe", "Ue", "e", "e"])
    frame = frame.with_columns(
        pl.when(chosen & pl.lit(frame["country"] == "CN")).then(traditional(texts)).otherwise(texts).name.keep()
    )
    loose = _chance(rng, frame.height, rates.other_characters * 3)
    return frame.with_columns(pl.when(loose & ~frame["country"].is_in(["CN", "TW"])).then(spelt).otherwise(texts).name.keep())


def records(rng: np.random.Generator, business: pl.DataFrame, rates: Rates) -> pl.DataFrame:
    """One record of each business, as one system has it: columns FIELDS, written as people write, null where nothing is."""
    count = business.height
    script = business.select(pl.col("country").replace_strict(SCRIPT, default="latin")).to_series()
    moved = _chance(rng, count, rates.moved)
    # a number mostly stays in the city: half of those who move take a new one
    phone = moved & _chance(rng, count, 0.5) | _chance(rng, count, rates.new_phone)
    place = _either(business, ["street", "unit", "city", "postcode"], moved)
    latin = pl.select(
        pl.when(script == "latin").then(pl.lit(value=False)).otherwise(_chance(rng, count, rates.in_latin))
    ).to_series()
    no_latin = pl.Series(np.zeros(count, dtype=bool))
    company = business["company"]
    names = pl.DataFrame(
        {"c": _company_names(rng, business, rates, latin), "p": _person_names(rng, business, rates, latin), "is": company}
    )
    older, newer = (_person_names(rng, business, rates, no_latin, end) for end in ("", "_2"))
    contact = pl.select(
        pl.when(company).then(pl.when(_chance(rng, count, rates.new_contact)).then(newer).otherwise(older))
    ).to_series()
    keep_unit = _chance(rng, count, 0.7)
    short = _chance(rng, count, rates.street_short)
    street = pl.when(keep_unit & pl.col("unit").is_not_null()).then(pl.format("{} {}", "street", "unit")).otherwise("street")
    street = pl.when(short).then(street.str.replace_many(list(_SHORT), list(_SHORT.values()))).otherwise(street)
    frame = pl.DataFrame(
        {
            "name": names.select(pl.when("is").then("c").otherwise("p")).to_series(),
            "contact": contact,
            "street": place.select(street).to_series(),
            "city": place["city"],
            "postcode": place["postcode"],
            "country": business["country"],
            "phone": _either(business, ["phone"], phone)["phone"],
            "email": _either(business, ["email"], _chance(rng, count, rates.new_email))["email"],
            "website": business.select(pl.format("www.{}", "domain")).to_series(),
            "tax_id": business["tax_id"],
        }
    )
    frame = _spelt_otherwise(rng, frame, rates)
    return _gaps(rng, _slips(rng, frame, script, rates), rates)


def _slips(rng: np.random.Generator, frame: pl.DataFrame, script: pl.Series, rates: Rates) -> pl.DataFrame:
    def slip(column: str, share: float, *, digits: bool = False, text: pl.Series | None = None) -> pl.Series:
        return slipped(rng, frame[column] if text is None else text, share, _letters(rng, script, digits=digits))

    name = slip("name", rates.name_slip)
    for _ in range(3):
        name = slip("name", rates.name_mangled, text=name)
    latin = pl.Series(["latin"]).gather(np.zeros(frame.height, dtype=np.int64))
    return frame.with_columns(
        name=name,
        contact=slip("contact", rates.name_slip / 2),
        street=slip("street", rates.street_slip),
        city=slip("city", rates.city_slip),
        postcode=slip("postcode", rates.number_slip, digits=True),
        phone=slip("phone", rates.number_slip, digits=True),
        email=slipped(rng, frame["email"], rates.email_slip, _letters(rng, latin)),
        tax_id=slip("tax_id", rates.tax_slip, digits=True),
    )


def _gaps(rng: np.random.Generator, frame: pl.DataFrame, rates: Rates) -> pl.DataFrame:
    missing = {name: _chance(rng, frame.height, share) for name, share in rates.gaps}
    return frame.with_columns(pl.when(~gap).then(pl.col(name)).alias(name) for name, gap in missing.items()).select(FIELDS)


def normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """The records as Splink wants them: trimmed, lower case, single spaces, numbers without separators."""
    tidy = pl.col(pl.String).str.strip_chars().str.to_lowercase().str.replace_all(r"\s+", " ")
    frame = frame.with_columns(tidy).with_columns(
        phone=pl.col("phone").str.replace_all(r"[^0-9+]", ""),
        postcode=pl.col("postcode").str.replace_all(" ", "", literal=True),
        website=pl.col("website").str.strip_prefix("www."),
        tax_id=pl.col("tax_id").str.replace_all(r"[^0-9a-z]", ""),
    )
    return frame.with_columns(pl.when(pl.col(pl.String) != "").then(pl.col(pl.String)).name.keep())


__all__ = ["AGAIN", "FIELDS", "FIRST", "Rates", "ascii_letters", "normalised", "records", "slipped"]
