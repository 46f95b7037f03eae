"""Where the records of the matching benchmark are: postcodes that lie in one city and have streets of their own, and phones."""
# ruff: noqa: E501  # lists of place names, which nobody reads across

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from match_words import Tongue, compounds, transliterated, words

Numbers = npt.NDArray[np.int64]
STREETS_IN_A_POSTCODE = 40

_CITIES = {
    "US": "New_York Los_Angeles Chicago Houston Phoenix Philadelphia San_Antonio San_Diego Dallas Austin Jacksonville "
    "Columbus Charlotte "
    "Indianapolis Seattle Denver Boston Nashville Detroit Portland Memphis Baltimore Milwaukee Albuquerque Tucson Fresno "
    "Sacramento "
    "Atlanta Omaha Raleigh Miami Cleveland Tulsa Oakland Minneapolis Wichita Tampa Honolulu Pittsburgh Cincinnati St._Louis",
    "GB": "London Birmingham Manchester Leeds Glasgow Sheffield Bristol Liverpool Edinburgh Leicester Nottingham "
    "Newcastle_upon_Tyne "
    "Coventry Hull Bradford Cardiff Belfast Stoke-on-Trent Wolverhampton Plymouth Southampton Reading Derby Portsmouth Brighton",
    "DE": "Berlin Hamburg München Köln Frankfurt_am_Main Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden "
    "Hannover Nürnberg "
    "Duisburg Bochum Wuppertal Bielefeld Bonn Münster Mannheim Karlsruhe Augsburg Wiesbaden Gelsenkirchen Braunschweig Kiel "
    "Aachen",
    "FR": "Paris Marseille Lyon Toulouse Nice Nantes Montpellier Strasbourg Bordeaux Lille Rennes Reims Toulon "
    "Saint-Étienne Le_Havre "
    "Grenoble Dijon Angers Nîmes Clermont-Ferrand Aix-en-Provence Brest Tours Amiens Limoges Metz Besançon Orléans Rouen Nancy",
    "BG": "София Пловдив Варна Бургас Русе Стара_Загора Плевен Сливен Добрич Шумен Перник Хасково Ямбол Пазарджик "
    "Благоевград Враца "
    "Видин Габрово Казанлък Асеновград Кюстендил Монтана Ловеч Силистра Разград Търговище Смолян Дупница Сандански Банско",
    "GR": "Αθήνα Θεσσαλονίκη Πάτρα Ηράκλειο Λάρισα Βόλος Ιωάννινα Τρίκαλα Χαλκίδα Σέρρες Αλεξανδρούπολη Ξάνθη Κατερίνη "
    "Καλαμάτα Καβάλα "
    "Χανιά Λαμία Κομοτηνή Ρόδος Αγρίνιο Δράμα Βέροια Κοζάνη Καρδίτσα Ρέθυμνο Πτολεμαΐδα Τρίπολη Κόρινθος",
    "CN": "上海shanghai 北京beijing 广州guangzhou 深圳shenzhen 苏州suzhou 杭州hangzhou 南京nanjing 宁波ningbo 无锡wuxi 青岛qingdao 武汉wuhan "
    "成都chengdu 重庆chongqing 天津tianjin 西安xian 沈阳shenyang 大连dalian 佛山foshan 济南jinan 东莞dongguan 长沙changsha 郑州zhengzhou "
    "合肥hefei 福州fuzhou 厦门xiamen 泉州quanzhou 温州wenzhou 嘉兴jiaxing 绍兴shaoxing 金华jinhua 常州changzhou 南通nantong 徐州xuzhou "
    "扬州yangzhou 盐城yancheng 镇江zhenjiang 泰州taizhou 烟台yantai 潍坊weifang 临沂linyi 淄博zibo 威海weihai 石家庄shijiazhuang "
    "唐山tangshan 保定baoding 太原taiyuan 长春changchun 哈尔滨haerbin 昆明kunming 贵阳guiyang 南宁nanning 柳州liuzhou 桂林guilin "
    "海口haikou 兰州lanzhou 西宁xining 银川yinchuan 南昌nanchang 九江jiujiang 洛阳luoyang 宜昌yichang 襄阳xiangyang 株洲zhuzhou 湘潭xiangtan "
    "衡阳hengyang 珠海zhuhai 中山zhongshan 惠州huizhou 江门jiangmen 汕头shantou 湛江zhanjiang 芜湖wuhu 蚌埠bengbu 绵阳mianyang 德阳deyang "
    "遵义zunyi 咸阳xianyang 宝鸡baoji 漳州zhangzhou 莆田putian 湖州huzhou 舟山zhoushan 连云港lianyungang 淮安huaian 日照rizhao",
    "TW": "台北Taipei 新北New_Taipei 桃园Taoyuan 台中Taichung 台南Tainan 高雄Kaohsiung 基隆Keelung 新竹Hsinchu 嘉义Chiayi 彰化Changhua "
    "屏东Pingtung 宜兰Yilan 花莲Hualien 台东Taitung 苗栗Miaoli 南投Nantou",
}
_PARTS = {
    "US": (
        (
            "Green Spring Fair Oak River Cedar Lake Clay Ash Brook Frank George Madi Jack Clin Mar Ply Salem Win Glen Hunt "
            "Rich Mill"
        ),
        "ville field view wood port ton son burg mont dale creek ford haven_City land _Heights _Springs _Falls",
        330,
    ),
    "GB": (
        "Ash Burn Ches Dun East Farn Hart Hol Kings Lang Mal Nor Oak Pet Red Shef South Stock Sut Thorn Wal West Whit Wyn",
        "ham ton ford bury ley worth wick ter field borough mouth pool stead -on-Sea",
        220,
    ),
    "DE": (
        (
            "Alten Bad_Neu Eichen Falken Garten Hohen Kirch Langen Lauter Mühl Neu Nieder Ober Rhein Rosen Schön Stein "
            "Tannen Wald Wolfs"
        ),
        "berg burg dorf feld hausen heim kirchen stadt tal bach brunn rode furt _am_See",
        260,
    ),
    "FR": (
        "Beau Bel Château Clair Font Grand Haute Mont Neuf Pont Saint-M Saint-P Ville Val Roche",
        "mont ville court fort bourg ieu ières ac an y",
        130,
    ),
}
_POSTCODES = {"US": 8000, "GB": 3500, "DE": 5500, "FR": 3500, "CN": 2500, "TW": 350, "BG": 450, "GR": 500}
_STARTS = {
    "US": (1001, 11),
    "DE": (1067, 17),
    "FR": (1000, 27),
    "CN": (100_000, 280),
    "TW": (10_000, 250),
    "BG": (1000, 19),
    "GR": (10_410, 150),
}
CALLING_CODE = {"US": "1", "GB": "44", "DE": "49", "FR": "33", "CN": "86", "TW": "886", "BG": "359", "GR": "30"}
_AREA = {"US": (201, 2), "GB": (1200, 3), "DE": (30, 3), "FR": (1, 0), "CN": (10, 9), "TW": (2, 0), "BG": (30, 2), "GR": (210, 3)}
_MOBILE = {"US": 917, "GB": 7400, "DE": 171, "FR": 6, "CN": 138, "TW": 9, "BG": 887, "GR": 697}
_DIGITS = {"US": 7, "GB": 6, "DE": 7, "FR": 8, "CN": 8, "TW": 8, "BG": 6, "GR": 7}


@dataclass(frozen=True)
class Country:
    """One country's cities by frequency, its postcodes (number, city), and the streets of each postcode."""

    code: str
    cities: pl.Series
    latin: pl.Series
    postcodes: pl.Series
    city_of: Numbers
    streets: Numbers
    tongue: Tongue


def zipf(rng: np.random.Generator, size: int, count: int, *, flat: float = 20, power: float = 1.0) -> Numbers:
    """`count` ranks below `size`; rank k is as likely as (k + flat) ** -power."""
    share = np.cumsum((np.arange(size) + flat) ** -power)
    return np.searchsorted(share, rng.random(count) * share[-1]).astype(np.int64)


def _cities(code: str) -> tuple[list[str], list[str]]:
    named = words(_CITIES[code])
    if code in ("CN", "TW"):
        cut = [next(i for i, letter in enumerate(name) if letter.isascii()) for name in named]
        return [n[:i] for n, i in zip(named, cut, strict=True)], [n[i:].capitalize() for n, i in zip(named, cut, strict=True)]
    if code in _PARTS:
        first, second, count = _PARTS[code]
        named += compounds(words(first), words(second), limit=count)
    named = list(dict.fromkeys(named))
    return named, transliterated(pl.Series(named)).to_list()


def _postcodes(code: str, cities: list[str], city_of: Numbers) -> pl.Series:
    numbers = np.arange(len(city_of))
    if code == "GB":
        areas = pl.Series([("".join(c for c in name.upper() if "A" <= c <= "Z"))[:2] for name in cities]).gather(city_of)
        rank = pl.DataFrame({"area": areas}).select(pl.int_range(pl.len()).over("area")).to_series()
        return pl.select(pl.format("{}{} {}", areas, rank // 9 + 1, rank % 9 + 1)).to_series()
    first, step = _STARTS[code]
    width = {"BG": 4, "CN": 6}.get(code, 5)
    text = pl.Series(first + numbers * step).cast(pl.String).str.zfill(width)
    return text.str.replace(r"^(...)", "$1 ") if code == "GR" else text


def country(code: str, tongue: Tongue) -> Country:
    """The country with its fixed geography."""
    rng = np.random.default_rng([7, *code.encode()])
    cities, latin = _cities(code)
    count = _POSTCODES[code]
    share = 1 / (np.arange(len(cities)) + 4)
    many = np.maximum(1, np.round(share / share.sum() * count).astype(int))
    city_of = np.repeat(np.arange(len(cities)), many)
    streets = zipf(rng, len(tongue.streets), len(city_of) * STREETS_IN_A_POSTCODE, flat=60)
    return Country(code, pl.Series(cities), pl.Series(latin), _postcodes(code, cities, city_of), city_of, streets, tongue)


def _picked(rng: np.random.Generator, texts: list[str], count: int) -> pl.Series:
    return pl.Series(texts).gather(rng.integers(0, len(texts), count))


def _postcode(there: Country, chosen: Numbers, slot: Numbers) -> pl.Series:
    """British postcodes end with two letters that belong to the street."""
    text = there.postcodes.gather(chosen)
    if there.code != "GB":
        return text
    letters = list("ABDEFGHJLNPQRSTUWXYZ")
    pairs = pl.Series([a + b for a in letters for b in letters]).gather((chosen * 7 + slot * 9) % 400)
    return pl.select(pl.format("{}{}", text, pairs)).to_series()


def addresses(rng: np.random.Generator, there: Country, count: int) -> pl.DataFrame:
    """Columns street (with number), unit (`Suite 12`, mostly null), city, city_latin, postcode, phone."""
    chosen = rng.integers(0, len(there.postcodes), count)
    slot = np.minimum(rng.exponential(12, count).astype(np.int64), STREETS_IN_A_POSTCODE - 1)
    city = there.city_of[chosen]
    name = there.tongue.streets.native.gather(there.streets[chosen * STREETS_IN_A_POSTCODE + slot])
    number = pl.Series(1 + rng.exponential(900 if there.code == "US" else 45, count).astype(np.int64))
    pattern = {"DE": "{1} {0}", "BG": "{1} {0}", "GR": "{1} {0}", "CN": "{1}{0}号", "TW": "{1}{0}号"}.get(there.code, "{0} {1}")
    parts = [number, name] if pattern.startswith("{0}") else [name, number]
    units = {"US": "Suite {}", "GB": "Unit {}", "CN": "{}室", "TW": "{}楼"}.get(there.code)
    unit = pl.Series(rng.integers(1, 40, count)).cast(pl.String)
    shown = (
        pl.lit(None, pl.String) if units is None else pl.when(pl.Series(rng.random(count) < 0.15)).then(pl.format(units, unit))
    )
    return pl.select(
        street=pl.format(pattern.replace("{0}", "{}").replace("{1}", "{}"), *parts),
        unit=shown,
        city=there.cities.gather(city),
        city_latin=there.latin.gather(city),
        postcode=_postcode(there, chosen, slot),
        phone=_phones(rng, there.code, city),
    )


def _phones(rng: np.random.Generator, code: str, city: Numbers) -> pl.Series:
    """`+49 301 4711234`: the area code belongs to the city; about a fifth are mobile numbers."""
    count = len(city)
    first, step = _AREA[code]
    area = np.where(rng.random(count) < 0.2, _MOBILE[code], first + city * step)
    digits = _DIGITS[code]
    local = rng.integers(2 * 10 ** (digits - 1), 10**digits - 1, count)
    return pl.select(pl.format(f"+{CALLING_CODE[code]} {{}} {{}}", pl.Series(area), pl.Series(local))).to_series()
