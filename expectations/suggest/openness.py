"""Columns of which no list of values is a rule, however few there are: places, and numbers that measure.

Apart from `codes`, which makes the lists of all others.
"""

from __future__ import annotations

import math
import re
from functools import cache

import pycountry

from expectations.suggest.table import Column
from reconcile.records import Kind
from reconcile.values.places import country_codes

_PLACE_CONCEPTS = ("country", "city", "postal_code", "address", "address_more", "house_number")
_PLACE_WORDS = (
    "region regions regional province provinces prefecture county counties canton kanton bundesland land laendercode bezirk "
    "kreis landkreis territory district borough ward neighborhood neighbourhood suburb quarter town village municipality place "
    "location locality city cities country countries nation continent provincia departamento departement comuna ciudad pais pays "
    "ville ort ortsteil stadt stadtteil gemeinde barrio colonia arrondissement commune latitude longitude"
)
_PLACE_SIGNS = ("省", "市", "区县", "地区", "国家", "国别", "城市", "州", "县", "区域", "街道", "乡镇", "地址", "产地")
_STATE_OR_STATUS = "state"
_MEASURING = (
    "level levels count counts qty quantity amount days hours minutes seconds months years weeks weight size width height depth "
    "length volume percent percentage pct share ratio rate total sum stock limit threshold min max minimum maximum average avg "
    "age score price cost value units number pieces capacity distance duration lead reorder anzahl menge bestand tage stunden "
    "gewicht laenge breite hoehe nombre jours cantidad dias discount rabatt"
)
_MEASURING_SIGNS = ("数量", "金额", "天数", "重量", "库存", "次数", "人数", "小时", "长度", "面积", "比例", "折扣", "数目")
_CODED = "code codes type typ art class klasse category kategorie status flag group via mode grade kind key id"
_CODED_CONCEPTS = ("category", "status", "gender")
_CODED_SIGNS = ("代码", "类型", "类别", "状态", "级别", "等级", "标志", "是否")
_MOST = 0.8
"""This share of the different values must be known places for the column to be one of places."""
_FEWEST_PLACES = 5
_SCALE = 10
"""Whole numbers from 0 or 1 up to this are codes or a scale, if none is left out."""
_HAN = re.compile("[\u4e00-\u9fff]")
_CHINESE = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 "
    "云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 华东 华南 华北 华中 西南 西北 东北"
)


def is_place(column: Column) -> bool:
    """Whether the column says where: the next record may be from anywhere."""
    if _STATE_OR_STATUS in column.words:
        return _share_of_places(column, coded=True) >= _MOST / 2
    named = column.kind is Kind.COUNTRY or column.concept in _PLACE_CONCEPTS
    if named or _named(column, _PLACE_WORDS) or any(sign in column.name for sign in _PLACE_SIGNS):
        return True
    return column.distinct >= _FEWEST_PLACES and _share_of_places(column, coded=False) >= _MOST


def _named(column: Column, words: str) -> bool:
    return not set(words.split()).isdisjoint(column.words)


def _share_of_places(column: Column, *, coded: bool) -> float:
    values = [str(value).strip() for value in column.counts["value"].head(200)]
    known = [value for value in values if _is_known_place(value, coded=coded)]
    return len(known) / len(values) if values else 0.0


def _is_known_place(value: str, *, coded: bool) -> bool:
    if _HAN.search(value):
        return value.startswith(tuple(_CHINESE.split())) or value.upper() in country_codes()
    names, codes = _divisions()
    name = value.casefold()
    return name in names or (len(value) > 3 and value.upper() in country_codes()) or (coded and value in codes)  # noqa: PLR2004 # codes have up to three letters


@cache
def _divisions() -> tuple[frozenset[str], frozenset[str]]:
    """Names of the parts of countries, and their codes without the country's. Source: ISO 3166-2 by pycountry."""
    every = list(pycountry.subdivisions)
    return frozenset(one.name.casefold() for one in every), frozenset(one.code.partition("-")[2] for one in every)


def is_measure(column: Column) -> bool:
    """Whether its values are numbers that measure or count something, so that the next may be any other."""
    numbers = [_number(value) for value in column.counts["value"]]
    if not numbers or any(number is None for number in numbers):
        return False
    known = [number for number in numbers if number is not None]
    if _named(column, _CODED) or column.concept in _CODED_CONCEPTS or any(sign in column.name for sign in _CODED_SIGNS):
        return False
    if _named(column, _MEASURING) or any(sign in column.name for sign in _MEASURING_SIGNS):
        return sorted(known) != [0, 1]
    return not _may_be_codes(list(column.counts["value"]), known)


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _may_be_codes(written: list[str], numbers: list[float]) -> bool:
    """Whether numbers without a telling name are codes: a short scale without a gap, zeros in front, or one length."""
    whole = sorted(int(number) for number in numbers if number == int(number))
    if len(whole) < len(numbers):
        return False
    lengths = {len(value) for value in written}
    if any(len(value) > 1 and value.startswith("0") for value in written) or (len(lengths) == 1 and lengths != {1}):
        return True
    return whole[0] in (0, 1) and whole[-1] <= _SCALE and whole == list(range(whole[0], whole[-1] + 1))
