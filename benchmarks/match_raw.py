"""The same records as each system would export them: headers of its own, mixed case, formats, and columns that say nothing."""

from __future__ import annotations

import numpy as np
import polars as pl

_GERMAN = {
    "id": "Kundennummer",
    "tax_id": "USt-IdNr.",
    "name": "Firma / Name",
    "contact": "Ansprechpartner",
    "street": "Straße",
    "postcode": "PLZ",
    "city": "Ort",
    "country": "Land",
    "phone": "Telefon",
    "email": "E-Mail",
    "website": "Internetseite",
}
_ENGLISH = {
    "id": "Account ID",
    "name": "Account Name",
    "email": "Email Address",
    "phone": "Main Phone",
    "website": "Web Site",
    "contact": "Primary Contact",
    "street": "Billing Street",
    "city": "Billing City",
    "country": "Billing Country",
    "postcode": "Billing Zip/Postal Code",
    "tax_id": "Tax Number",
}
_LAND = {
    "US": "Vereinigte Staaten",
    "GB": "Großbritannien",
    "DE": "Deutschland",
    "FR": "Frankreich",
    "CN": "China",
    "TW": "Taiwan",
    "BG": "Bulgarien",
    "GR": "Griechenland",
}
_COUNTRY = {
    "US": "United States",
    "GB": "United Kingdom",
    "DE": "Germany",
    "FR": "France",
    "CN": "China",
    "TW": "Taiwan",
    "BG": "Bulgaria",
    "GR": "Greece",
}
_ASCII = [chr(code) for code in range(0x21, 0x7F)]
_WIDE = [chr(code + 0xFEE0) for code in range(0x21, 0x7F)]


def _some(rng: np.random.Generator, count: int, share: float) -> pl.Series:
    return pl.Series(rng.random(count) < share)


def _one_of(rng: np.random.Generator, texts: list[str], count: int) -> pl.Series:
    return pl.Series(texts).gather(rng.integers(0, len(texts), count))


def _cased(frame: pl.DataFrame, rng: np.random.Generator, upper: float, lower: float) -> pl.DataFrame:
    """A share of the records is typed in capitals, a share in small letters, some with stray spaces."""
    large, small, spaced = (_some(rng, frame.height, share) for share in (upper, lower, 0.03))
    texts = pl.col("name", "contact", "street", "city")
    frame = frame.with_columns(
        pl.when(large).then(texts.str.to_uppercase()).when(small).then(texts.str.to_lowercase()).otherwise(texts).name.keep()
    )
    return frame.with_columns(
        pl.when(spaced).then(pl.format("  {} ", pl.col("name").str.replace(" ", "  "))).otherwise("name").alias("name")
    )


def _dates(rng: np.random.Generator, count: int, form: str) -> pl.Series:
    return (pl.Series(rng.integers(14_000, 20_000, count)).cast(pl.Int32).cast(pl.Date)).dt.strftime(form)


def raw_left(rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """A German CRM: national phones, country names in German, web addresses in full, empty strings for some gaps."""
    count = frame.height
    national = _some(rng, count, 0.6)
    wide = _some(rng, count, 0.05) & frame["country"].is_in(["CN", "TW"]).fill_null(value=False)
    frame = _cased(frame, rng, 0.05, 0.02).with_columns(
        phone=pl.when(national)
        .then(
            pl.col("phone").str.replace(r"^\+1 (\d+) (\d{3})(\d+)$", "($1) $2-$3").str.replace(r"^\+\d+ (\d+) (\d+)$", "0$1/$2")
        )
        .otherwise(pl.col("phone").str.replace(r"^\+", "00")),
        country=pl.col("country").replace_strict(_LAND, default=None),
        website=pl.concat_str(pl.lit("https://"), "website", pl.lit("/")),
        name=pl.when(wide).then(pl.col("name").str.replace_many(_ASCII, _WIDE)).otherwise("name"),
    )
    frame = frame.with_columns(
        pl.when(_some(rng, count, 0.5))
        .then(pl.col("contact", "tax_id").fill_null(""))
        .otherwise(pl.col("contact", "tax_id"))
        .name.keep()
    )
    made = {
        "Angelegt am": _dates(rng, count, "%d.%m.%Y"),
        "Betreuer": _one_of(rng, ["Kahn", "Brandt", "Özil", "Voss"], count),
        "Umsatzklasse": _one_of(rng, ["A", "B", "C"], count),
    }
    return frame.select(pl.col(old).alias(new) for old, new in _GERMAN.items()).with_columns(**made)


def raw_right(rng: np.random.Generator, frame: pl.DataFrame) -> pl.DataFrame:
    """An English ERP: international phones with dashes, capitals in e-mails, tax numbers in groups or without their country."""
    count = frame.height
    group, bare = _some(rng, count, 0.3), _some(rng, count, 0.15)
    frame = _cased(frame, rng, 0.12, 0.01).with_columns(
        phone=pl.col("phone").str.replace_all(" ", "-", literal=True),
        country=pl.when(_some(rng, count, 0.7))
        .then("country")
        .otherwise(pl.col("country").replace_strict(_COUNTRY, default=None)),
        email=pl.when(_some(rng, count, 0.15)).then(pl.col("email").str.to_uppercase()).otherwise("email"),
        website=pl.col("website").str.strip_prefix("www."),
        postcode=pl.when(_some(rng, count, 0.2)).then(pl.col("postcode").str.replace_all(" ", "")).otherwise("postcode"),
        tax_id=pl.when(bare)
        .then(pl.col("tax_id").str.replace(r"^(DE|GB|BG|EL)", ""))
        .when(group)
        .then(pl.col("tax_id").str.replace(r"^([A-Z]{2})(\d{3})(\d{3})(\d{3})$", "$1 $2 $3 $4"))
        .otherwise("tax_id"),
    )
    made = {
        "Last Modified": _dates(rng, count, "%Y-%m-%d"),
        "Status": _one_of(rng, ["Active", "Active", "Active", "Inactive"], count),
        "Segment": _one_of(rng, ["SMB", "Mid-Market", "Enterprise"], count),
    }
    return frame.select(pl.col(old).alias(new) for old, new in _ENGLISH.items()).with_columns(**made)
