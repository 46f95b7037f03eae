"""Units of measure by any of their names, and how they convert. A table of those that trade in goods uses, with exact factors.

Source: the factors of UN/ECE Recommendation 20 (codes for units of measure used in international trade).
"""

from __future__ import annotations

from functools import cache

import polars as pl

from reconcile.values.text import fold

_UNITS = """
mass KGM 1: kg kgs kilo kilos kilogram kilograms kilogramm kilogramme 公斤 千克
mass GRM 0.001: g gr gram grams gramm gramme 克
mass MGM 0.000001: mg milligram milligrams milligramm 毫克
mass TNE 1000: t to tonne tonnes tonnen metric_ton mt 吨
mass LBR 0.45359237: lb lbs pound pounds pfd 磅
mass ONZ 0.028349523125: oz ounce ounces unze 盎司
mass STN 907.18474: short_ton ton_us
mass DTN 100: dt dz quintal
length MTR 1: m meter meters metre metres 米
length KMT 1000: km kilometer kilometers kilometre kilometres 公里 千米
length CMT 0.01: cm centimeter centimeters centimetre centimetres zentimeter 厘米
length MMT 0.001: mm millimeter millimeters millimetre millimetres 毫米
length INH 0.0254: in inch inches zoll 英寸
length FOT 0.3048: ft foot feet fuss 英尺
length YRD 0.9144: yd yard yards 码
length SMI 1609.344: mi mile miles 英里
area MTK 1: m2 m² qm sqm square_meter square_metre quadratmeter 平方米
area CMK 0.0001: cm2 cm²
area FTK 0.09290304: ft2 ft² sqft square_foot square_feet
area HAR 10000: ha hectare hektar 公顷
volume LTR 1: l ltr liter liters litre litres 升
volume MLT 0.001: ml milliliter milliliters millilitre millilitres 毫升
volume CLT 0.01: cl centiliter centilitre
volume HLT 100: hl hectoliter hectolitre hektoliter
volume MTQ 1000: m3 m³ cbm cubic_meter cubic_metre kubikmeter 立方米
volume CMQ 0.001: cm3 cm³ ccm
volume GLL 3.785411784: gal gallon gallons us_gallon
volume GLI 4.54609: imperial_gallon uk_gallon
time SEC 1: s sec second seconds sekunde sekunden 秒
time MIN 60: min minute minutes minuten 分钟
time HUR 3600: h hr hrs hour hours std stunde stunden 小时
time DAY 86400: d day days tag tage 天
time WEE 604800: wk week weeks woche wochen 周
month MON 1: mon month months monat monate 月
month QAN 3: quarter quarters quartal 季度
month ANN 12: yr year years jahr jahre 年
pieces C62 1: pc pcs pce piece pieces ea each unit units st stk stück stueck 件 个 只 台 h87
pieces PR 2: pair pairs paar 双 对
pieces DZN 12: doz dozen dozens dutzend 打
pieces CEN 100: hundred hundert
pieces MIL 1000: thousand tausend
pieces GRO 144: gross
energy KWH 1: kilowatt_hour kilowatt_hours kilowattstunde 千瓦时
energy MWH 1000: megawatt_hour megawatt_hours
share P1 0.01: percent % prozent
"""


@cache
def _rows() -> tuple[tuple[str, str, float, tuple[str, ...]], ...]:
    lines = [line.split(":") for line in _UNITS.strip().splitlines()]
    heads = [(head.split(), tuple(word.replace("_", " ") for word in words.split())) for head, words in lines]
    return tuple((dimension, code, float(factor), words) for (dimension, code, factor), words in heads)


@cache
def unit_codes() -> dict[str, str]:
    """Folded name, sign or code of a unit (`kg`, `kilogramm`, `kgm`) to its code in Recommendation 20 (`KGM`)."""
    named = [(word, code) for _, code, _, words in _rows() for word in (code, *words)]
    folded = pl.DataFrame(named, schema=["w", "c"], orient="row").select(fold(pl.col("w")), "c")
    return dict(zip(folded["w"], folded["c"], strict=True))


@cache
def unit_factors() -> dict[str, tuple[str, float]]:
    """Code of a unit to its dimension (`mass`) and how many of that dimension's basic unit it is (0.001 for a gram)."""
    return {code: (dimension, factor) for dimension, code, factor, _ in _rows()}


def unit_code(word: pl.Expr) -> pl.Expr:
    """The code of a unit's name, sign or code; null where there is none in the table."""
    plain = fold(word).str.strip_chars(" .")
    return plain.replace_strict(unit_codes(), default=None, return_dtype=pl.String)


AMOUNT_AND_UNIT = r"^(.*\d)\s*([\p{L}%][\p{L}²³%]*[23]?(?: \p{L}+)?)\.?$"
"""What is written as one: the number, then the unit."""
