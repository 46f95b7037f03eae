"""Cities with what belongs together there (postal codes, area code, region code), and addresses and phones made of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]


def _words(text: str) -> list[str]:
    """Words parted by white space; `_` stands for a space inside one."""
    return [word.replace("_", " ") for word in text.split()]


_GERMAN = """
Berlin 10115 13629 30 6|München 80331 81929 89 6|Hamburg 20095 22769 40 6|Köln 50667 51149 221 6
Frankfurt_am_Main 60308 60599 69 6|Stuttgart 70173 70629 711 6|Düsseldorf 40210 40629 211 6|Leipzig 04103 04357 341 6
Dresden 01067 01328 351 6|Nürnberg 90402 90491 911 6|Hannover 30159 30659 511 6|Bremen 28195 28779 421 6
Dortmund 44135 44388 231 6|Essen 45127 45359 201 6|Mannheim 68159 68309 621 6|Augsburg 86150 86199 821 6
Karlsruhe 76131 76229 721 6|Münster 48143 48167 251 6|Aachen 52062 52080 241 6|Bielefeld 33602 33739 521 6
Wuppertal 42103 42399 202 6|Kassel 34117 34134 561 6|Ulm 89073 89081 731 6|Würzburg 97070 97084 931 6
Lübeck 23552 23570 451 6
"""
_AMERICAN = """
Chicago 60601 60661 312|Houston 77002 77099 713|Cleveland 44102 44144 216|Detroit 48201 48243 313
Milwaukee 53202 53228 414|Pittsburgh 15201 15239 412|Dallas 75201 75254 214|Atlanta 30303 30363 404
Boston 02108 02136 617|Seattle 98101 98199 206|Denver 80202 80249 303|Minneapolis 55401 55450 612
Philadelphia 19102 19154 215|Charlotte 28202 28278 704|St._Louis 63101 63147 314
"""
_BRITISH = """
London E 20 20 7|London SE 28 20 7|London N 22 20 8|Birmingham B 47 121 4|Manchester M 35 161 4|Leeds LS 28 113 2
Sheffield S 14 114 2|Bristol BS 16 117 9|Nottingham NG 11 115 9|Leicester LE 5 116 2|Liverpool L 28 151 2
Newcastle_upon_Tyne NE 7 191 2|Glasgow G 46 141 2|Edinburgh EH 17 131 2|Reading RG 6 118 9
"""
_CHINESE = """
北京市 朝阳区 110105 100020 10|北京市 海淀区 110108 100080 10|北京市 大兴区 110115 102600 10
上海市 浦东新区 310115 200120 21|上海市 闵行区 310112 201100 21|上海市 嘉定区 310114 201800 21
上海市 松江区 310117 201600 21|广州市 天河区 440106 510630 20|广州市 黄埔区 440112 510700 20
广州市 番禺区 440113 511400 20|深圳市 南山区 440305 518052 755|深圳市 宝安区 440306 518101 755
深圳市 龙岗区 440307 518116 755|苏州市 吴中区 320506 215128 512|苏州市 姑苏区 320508 215008 512
杭州市 滨江区 330108 310051 571|杭州市 余杭区 330110 311100 571|杭州市 萧山区 330109 311200 571
南京市 江宁区 320115 211100 25|南京市 栖霞区 320113 210046 25|宁波市 鄞州区 330212 315100 574
宁波市 北仑区 330206 315800 574|无锡市 新吴区 320214 214028 510|无锡市 惠山区 320206 214174 510
青岛市 黄岛区 370211 266400 532|青岛市 城阳区 370214 266109 532|武汉市 洪山区 420111 430070 27
武汉市 东西湖区 420112 430040 27|成都市 武侯区 510107 610041 28|成都市 龙泉驿区 510112 610100 28
重庆市 渝北区 500112 401120 23|重庆市 九龙坡区 500107 400050 23|天津市 滨海新区 120116 300450 22
天津市 西青区 120111 300380 22|西安市 雁塔区 610113 710061 29|西安市 未央区 610112 710016 29
沈阳市 铁西区 210106 110021 24|大连市 甘井子区 210211 116033 411|佛山市 南海区 440605 528200 757
佛山市 顺德区 440606 528300 757|济南市 历城区 370112 250100 531|济南市 槐荫区 370104 250022 531
"""

_BRITISH_STREETS = _words("""
Station_Road Mill_Lane Foundry_Street Canal_Street Victoria_Road Kingsway Bridge_Street Park_Avenue
Albert_Road Wharf_Road Church_Street Quarry_Lane Harbour_Road Forge_Lane Queen_Street Brunel_Avenue
Trent_Street Maple_Avenue
""")
_AMERICAN_STREETS = _words("""
Industrial_Avenue Commerce_Street Lake_Street Jefferson_Avenue Union_Street Harrison_Street Main_Street
Foundry_Road Railroad_Avenue Market_Street Mill_Road Franklin_Avenue Washington_Street River_Road Airport_Road
Gateway_Avenue
""")
_GERMAN_STREETS = _words("""
Industriestraße Bahnhofstraße Gewerbestraße Siemensstraße Robert-Bosch-Straße Dieselstraße Daimlerstraße
Hafenstraße Werkstraße Lindenstraße Schillerstraße Mühlenstraße Rudolf-Diesel-Straße Goethestraße Schloßstraße
Am_Güterbahnhof Lange_Straße Im_Gewerbepark Hochstraße Königstraße
""")
_CHINESE_STREETS = _words("""
人民路 解放路 建设路 中山路 工业大道 科技路 创新路 长江路 黄河路 和平路 新华路 文化路 朝阳路 迎宾大道 学院路
兴业路 金桥路 高新路 滨河路 东风路
""")


def _read() -> pl.DataFrame:
    """One row for each place: country, city, district, region, post_from, post_to, outward, area, lead, street list."""
    rows: list[tuple[str, str, str | None, str | None, int, int, str | None, str, str]] = []
    for word in _GERMAN.replace("\n", "|").strip("|").split("|"):
        city, low, high, area, lead = word.split()
        rows.append(("DE", city.replace("_", " "), None, None, int(low), int(high), None, area, lead))
    for word in _AMERICAN.replace("\n", "|").strip("|").split("|"):
        city, low, high, area = word.split()
        rows.append(("US", city.replace("_", " "), None, None, int(low), int(high), None, area, ""))
    for word in _BRITISH.replace("\n", "|").strip("|").split("|"):
        city, outward, last, area, lead = word.split()
        rows.append(("GB", city.replace("_", " "), None, None, 1, int(last), outward, area, lead))
    for word in _CHINESE.replace("\n", "|").strip("|").split("|"):
        city, district, region, post, area = word.split()
        rows.append(("CN", city, district, region, int(post), int(post), None, area, "8"))
    columns = ["country", "city", "district", "region", "post_from", "post_to", "outward", "area", "lead"]
    return pl.DataFrame(rows, schema=columns, orient="row", infer_schema_length=None).with_row_index("place")


PLACES = _read()
"""Columns place (row number), country, city, district and region (China), postal bounds, outward (UK), area, lead digit."""

CALLING_CODE = {"DE": "49", "GB": "44", "US": "1", "CN": "86"}
CURRENCY = {"DE": "EUR", "GB": "GBP", "US": "USD", "CN": "CNY"}


def choose(rng: np.random.Generator, countries: pl.Series) -> Numbers:
    """For each country code one of its places: the row number in PLACES."""
    chosen = np.zeros(len(countries), dtype=np.int64)
    codes = countries.to_numpy()
    for country in CALLING_CODE:
        there = np.flatnonzero(codes == country)
        chosen[there] = rng.choice(PLACES.filter(country=country)["place"].to_numpy(), len(there))
    return chosen


def _pick(rng: np.random.Generator, words: list[str], count: int) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(rng.integers(0, len(words), count))


def addresses(rng: np.random.Generator, chosen: Numbers) -> pl.DataFrame:
    """An address in each place: columns country, city, street, postal_code, region, area, lead."""
    count = len(chosen)
    letters = pl.Series(list("ABDEFGHJLNPQRSTUWXYZ"))
    frame = PLACES[chosen].with_columns(
        number=pl.Series(rng.integers(1, 320, count)),
        code=pl.Series(rng.random(count)),
        inward=pl.Series(rng.integers(1, 10, count)),
        first=letters.gather(rng.integers(0, len(letters), count)),
        second=letters.gather(rng.integers(0, len(letters), count)),
        gb=_pick(rng, _BRITISH_STREETS, count),
        us=_pick(rng, _AMERICAN_STREETS, count),
        de=_pick(rng, _GERMAN_STREETS, count),
        cn=_pick(rng, _CHINESE_STREETS, count),
    )
    country = pl.col("country")
    post = (pl.col("post_from") + ((pl.col("post_to") - pl.col("post_from")) * pl.col("code")).floor()).cast(pl.Int64)
    return frame.select(
        "country",
        "city",
        street=pl.when(country == "DE")
        .then(pl.format("{} {}", "de", "number"))
        .when(country == "CN")
        .then(pl.format("{}{}{}号", "district", "cn", "number"))
        .when(country == "GB")
        .then(pl.format("{} {}", "number", "gb"))
        .otherwise(pl.format("{} {}", pl.col("number") * 13 + 100, "us")),
        postal_code=pl.when(country == "GB")
        .then(pl.format("{}{} {}{}{}", "outward", post, "inward", "first", "second"))
        .when(country == "CN")
        .then(post.cast(pl.String).str.zfill(6))
        .otherwise(post.cast(pl.String).str.zfill(5)),
        region="region",
        area="area",
        lead="lead",
    )


def landlines(rng: np.random.Generator, where: pl.DataFrame) -> pl.Series:
    """`+49 30 123456`: a number for each row of `addresses`, by its country, area and leading digit."""
    count = where.height
    # no two rows share the last six digits as long as there are fewer than 900,000
    last = pl.Series("last", 100_000 + rng.choice(900_000, count, replace=count > 900_000))
    middle = pl.Series("middle", rng.integers(20, 90, count))
    exchange = pl.Series("exchange", rng.choice(np.array([n for n in range(220, 990) if n % 100 != 11]), count))
    frame = where.select("country", "area", "lead").with_columns(last, middle, exchange)
    country, digits = pl.col("country"), pl.col("last").cast(pl.String)
    return frame.select(
        pl.when(country == "DE")
        .then(pl.format("+49 {} {}{}", "area", "lead", digits))
        .when(country == "CN")
        .then(pl.format("+86 {} {}{}", "area", "middle", digits))
        .when((country == "GB") & (pl.col("area") == "20"))
        .then(pl.format("+44 20 {}{}{}", "lead", pl.col("middle") % 10, digits))
        .when(country == "GB")
        .then(pl.format("+44 {} {}{}", "area", "lead", digits))
        .otherwise(pl.format("+1 {} {}{}", "area", "exchange", digits.str.slice(2)))
        .alias("phone")
    ).to_series()


def mobiles(rng: np.random.Generator, where: pl.DataFrame) -> pl.Series:
    """`+49 151 1123456`: a mobile number by country; in the United States a number of the area."""
    count = where.height
    last = pl.Series("last", 100_000 + rng.choice(900_000, count, replace=count > 900_000))
    middle = pl.Series("middle", rng.integers(10, 100, count))
    land = landlines(rng, where).alias("land")
    frame = where.select("country").with_columns(last, middle, land)
    country = pl.col("country")
    return frame.select(
        pl.when(country == "DE")
        .then(pl.format("+49 151 {}{}", pl.col("middle"), "last"))
        .when(country == "CN")
        .then(pl.format("+86 138 {}{}", pl.col("middle"), "last"))
        .when(country == "GB")
        .then(pl.format("+44 7400 {}", "last"))
        .otherwise("land")
        .alias("phone")
    ).to_series()
