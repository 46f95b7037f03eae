"""Countries by any of their names, and what a telephone number needs to know of a country."""

from __future__ import annotations

import gettext
from functools import cache

import phonenumbers
import pycountry

_EVERYDAY = {
    "UK": "GB", "U.K.": "GB", "GREAT BRITAIN": "GB", "ENGLAND": "GB", "SCOTLAND": "GB", "USA": "US", "U.S.A.": "US",
    "UNITED STATES OF AMERICA": "US", "AMERICA": "US", "DEUTSCHLAND": "DE", "中国": "CN", "中华人民共和国": "CN", "德国": "DE",
    "英国": "GB", "美国": "US", "P.R. CHINA": "CN", "PR CHINA": "CN", "HOLLAND": "NL", "SOUTH KOREA": "KR", "TAIWAN": "TW",
    "HONG KONG": "HK", "RUSSIA": "RU", "VIETNAM": "VN", "CZECH REPUBLIC": "CZ", "TURKEY": "TR",
}  # fmt: skip
_TONGUES = ("de", "fr", "es", "it", "nl", "pl", "zh_CN", "zh_TW", "ja")


@cache
def country_spellings() -> dict[str, dict[str, str]]:
    """Ways to write a country, each from alpha-2 to what is written: ISO 3166 codes, then names by tongue. Source: pycountry."""
    countries = list(pycountry.countries)
    ways = {code: {one.alpha_2: getattr(one, code) for one in countries} for code in ("alpha_2", "alpha_3", "numeric")}
    usual = {one.alpha_2: getattr(one, "common_name", one.name) for one in countries}
    tongues = {tongue: _tongue(tongue) for tongue in _TONGUES}
    named = {tongue: {code: said.gettext(name) for code, name in usual.items()} for tongue, said in tongues.items()}
    return ways | {"en": usual} | named


@cache
def country_codes() -> dict[str, str]:
    """Upper-case name or code (ISO 3166 alpha-2, alpha-3, numeric, names in ten languages) to alpha-2. Source: pycountry."""
    codes: dict[str, str] = {}
    tongues = [_tongue(tongue) for tongue in _TONGUES]
    for country in pycountry.countries:
        names = {country.alpha_2, country.alpha_3, country.numeric, country.name}
        names |= {getattr(country, more, country.name) for more in ("common_name", "official_name")}
        names |= {tongue.gettext(name) for tongue in tongues for name in (country.name, getattr(country, "common_name", ""))}
        codes.update({name.upper(): country.alpha_2 for name in names if name and "\n" not in name})
    return codes | _EVERYDAY


def _tongue(code: str) -> gettext.NullTranslations:
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[code], fallback=True)


@cache
def calling_codes() -> tuple[dict[str, str], dict[str, str]]:
    """Alpha-2 to calling code (49), and alpha-2 to trunk prefix (0). Source: libphonenumber's metadata."""
    codes, trunks = {}, {}
    for region in phonenumbers.SUPPORTED_REGIONS:
        codes[region] = str(phonenumbers.country_code_for_region(region))
        trunk = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
        if trunk:
            trunks[region] = trunk
    return codes, trunks
