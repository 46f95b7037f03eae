"""The words that names of companies, people and products are made of, in English, German and Chinese."""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return [word.replace("_", " ") for word in text.split()]


def _pairs(text: str) -> tuple[list[str], list[str]]:
    """`华hua 腾teng`: the characters, and how they are spelt in Latin letters."""
    cut = [next(i for i, char in enumerate(word) if char.isascii()) for word in text.split()]
    return [w[:i] for w, i in zip(text.split(), cut, strict=True)], [w[i:] for w, i in zip(text.split(), cut, strict=True)]


EN_STEMS = _words(
    "Wex Hal Nor Thorn Ash Kings Brook Stan Rother Elm Carl Hart Black Mar Pen Red Raven Stock Sutter Tam Wake "
    "West Whit Wind "
    "Alder Barrow Clay Dun Farn Glen Hazel Kirk Lang Mill Oak Pres Quin Sel Tarn Under Var Wil York Bram Cran "
    "Dray Ever Frost"
)
EN_ENDINGS = _words("bridge field ford ton mark well stone wood gate worth land ham mere crest port shaw more dale view burn")
EN_TRADES = _words(
    "Hydraulics Bearings Pumps Valves Fasteners Engineering Controls Castings Drives Gears Instruments Packaging "
    "Automation "
    "Compressors Conveyors Coatings Filtration Fabrications Forgings Tooling Seals Plastics Polymers Robotics "
    "Sensors Steel "
    "Springs Switchgear Turbines Welding Cables Boilers Metals Mouldings Lubricants Logistics Machining Marine "
    "Aerospace "
    "Abrasives"
)
EN_SURNAMES = _words(
    "Smith Hartley Bennett Carter Walker Harrison Foster Murray Palmer Reynolds Sinclair Thompson Wallace "
    "Whitaker Barnes "
    "Bradley Chapman Crawford Dawson Ellison Fletcher Gibson Hughes Jenkins Kendall Lambert Marshall Newman "
    "Osborne Parker "
    "Russell Sanders Turner Vaughan Watkins Yates Abbott Booth Clifford Dixon Emerson Frazer Goodwin Hopkins "
    "Irving Jarvis "
    "Knowles Lawson Mercer Norris Oakley Prescott Ramsey Stafford Townsend Underwood Vickers Weston"
)
EN_APOSTROPHES = _words("O'Brien O'Connor O'Neill O'Hara O'Donnell D'Arcy O'Keefe O'Sullivan O'Reilly D'Angelo O'Leary O'Malley")
EN_TOWNS = _words(
    "Northumberland Lancashire Yorkshire Cambridge Staffordshire Wiltshire Pennsylvania Minnesota Massachusetts "
    "Carolina "
    "Wisconsin Connecticut Hertfordshire Lincolnshire Gloucester Nottingham Michigan Delaware Huntingdon Shrewsbury"
)
EN_ADJECTIVES = _words("Precision Industrial Advanced United General Allied Integrated Continental National Premier")
EN_NOUNS = _words("Services Systems Solutions Components Technologies Supplies Products Manufacturing")
EN_UNITS = _words("Holdings Sales Trading Services Manufacturing Europe")
EN_GROUPS = _words("Calderbrook Ironmere Stonehaven Mayfair Severnside Kestrel Meridian Pinnacle Sterling Vanguard Beacon Atlas")

DE_STEMS = _words(
    "Lind Wald Hohen Alten Neu Roth Schwarz Berg Eichen Falken Grün Hirsch Kalten Lauter Mühl Nieder Ober Reichen "
    "Stein Tannen "
    "Ulmen Weiß Winter Adler Birken Dorn Eber Fried Gold Hasel Kirch Löwen Mittel Oster Rosen Silber Thal Wester"
)
DE_ENDINGS = _words("bach berg feld hof stein tal brück heim mann wald brunn dorf eck rode hausen au")
DE_TRADES = _words(
    "Maschinenbau Antriebstechnik Werkzeugbau Fördertechnik Hydraulik Elektrotechnik Metallbau Stahlbau "
    "Automation Anlagenbau "
    "Armaturen Dichtungstechnik Gießerei Kältetechnik Kunststofftechnik Lagertechnik Messtechnik Pumpen Schweißtechnik "
    "Sensorik Steuerungstechnik Verpackungstechnik Feinmechanik Federn Getriebe Industriebedarf Präzisionsteile "
    "Oberflächentechnik Rohrleitungsbau Verfahrenstechnik Umformtechnik Filtertechnik Druckluft Kabel Zerspanung"
)
DE_SURNAMES = _words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein "
    "Wolf Schröder "
    "Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Lehmann Köhler Herrmann "
    "König Walter "
    "Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther "
    "Frank Berger "
    "Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Kraus Schumacher Krämer Vogt "
    "Stein Jäger"
)
DE_TOWNS = _words(
    "Hamburger Süddeutsche Norddeutsche Rheinische Westfälische Sächsische Thüringer Hannoversche "
    "Württembergische Münchner "
    "Nürnberger Schwäbische Badische Fränkische Hessische Dresdner Mitteldeutsche Bergische"
)
DE_NOUNS = _words("Vertrieb Handel Service Produktion Werke Systeme Beteiligungen")
DE_UNITS = _words("Vertrieb Holding Verwaltung Service Produktion Logistik")
DE_GROUPS = _words(
    "Rheinstahl Nordwerk Alpina Hansetech Bavaria Ostsee Brandner Kronberger Weserland Elbtal Schwarzwälder Maingold"
)

CN_FIRST, CN_FIRST_LATIN = _pairs(
    "华hua 恒heng 瑞rui 鑫xin 宏hong 嘉jia 泰tai 盛sheng 永yong 金jin 天tian 海hai 中zhong 新xin 东dong 凯kai "
    "博bo 德de 安an 晟sheng "
    "远yuan 联lian 卓zhuo 信xin 明ming 利li 正zheng 睿rui 创chuang 威wei 万wan 佳jia 星xing 光guang 亿yi 诚cheng "
    "锦jin 益yi 昊hao 启qi"
)
CN_SECOND, CN_SECOND_LATIN = _pairs(
    "腾teng 达da 通tong 源yuan 丰feng 隆long 兴xing 力li 科ke 成cheng 润run 顺shun 辉hui 昌chang 洋yang 邦bang "
    "业ye 尔er 格ge 特te "
    "宇yu 峰feng 航hang 翔xiang 景jing 旺wang 祥xiang 胜sheng 康kang 帆fan 霖lin 驰chi 迈mai 伦lun 禾he 岳yue "
    "杰jie 锐rui 图tu 川chuan"
)
CN_TRADES, CN_TRADES_LATIN = _pairs(
    "机电设备jidian 精密机械jingmi 自动化科技zidonghua 液压技术yeya 轴承制造zhoucheng 泵业bengye 阀门famen "
    "电气dianqi 模具muju "
    "仪器仪表yiqi 新材料xincai 包装机械baozhuang 工业装备zhuangbei 五金制品wujin 智能装备zhineng 物流设备wuliu "
    "焊接技术hanjie "
    "密封件mifeng 传动技术chuandong 环保工程huanbao 金属制品jinshu 塑料制品suliao 电缆dianlan 弹簧tanhuang 铸造zhuzao "
    "进出口贸易maoyi 工程技术gongcheng 传感器chuangan 制冷设备zhileng 压缩机yasuoji"
)
CN_LATIN = _words("ABM KTS HDR TPX MKV SZP LKE NDS GTR WPC QFM ZTL")
CN_SURNAMES, CN_SURNAMES_LATIN = _pairs(
    "王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 黄Huang 赵Zhao 吴Wu 周Zhou 徐Xu 孙Sun 马Ma 朱Zhu 胡Hu 郭Guo 何He "
    "高Gao 林Lin 罗Luo 郑Zheng "
    "梁Liang 谢Xie 宋Song 唐Tang 许Xu 邓Deng 韩Han 冯Feng 曹Cao 彭Peng 曾Zeng 肖Xiao 田Tian 董Dong 潘Pan 袁Yuan "
    "蔡Cai 蒋Jiang 余Yu"
)
CN_GIVEN, CN_GIVEN_LATIN = _pairs(
    "伟Wei 芳Fang 娜Na 敏Min 静Jing 丽Li 强Qiang 磊Lei 军Jun 洋Yang 勇Yong 艳Yan 杰Jie 涛Tao 明Ming 超Chao "
    "秀英Xiuying 霞Xia 平Ping "
    "刚Gang 桂英Guiying 建国Jianguo 建华Jianhua 志强Zhiqiang 海燕Haiyan 晓明Xiaoming 文博Wenbo 佳怡Jiayi "
    "子涵Zihan 雨桐Yutong "
    "浩然Haoran 思远Siyuan 欣妍Xinyan 俊杰Junjie 雅婷Yating 国栋Guodong 丽华Lihua 晨曦Chenxi 宇航Yuhang 梦琪Mengqi"
)
EN_GIVEN = _words(
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas "
    "Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Margaret Mark Sandra Steven Ashley Andrew Emily Paul "
    "Donna Joshua "
    "Michelle Kevin Carol Brian Amanda George Melissa Edward Deborah Ronald Stephanie Timothy Rebecca Jason Laura"
)
DE_GIVEN = _words(
    "Hans Ursula Klaus Monika Jürgen Petra Wolfgang Sabine Stefan Andrea Uwe Claudia Frank Susanne Dieter Birgit "
    "Jörg Heike "
    "Matthias Martina Günter Kerstin Björn Anke Sören Käthe Lukas Lena Felix Hannah Jonas Leonie Maximilian "
    "Sophie Tobias "
    "Katharina Florian Franziska Sebastian Jana Ralf Silke Torsten Anja Holger Ute"
)

TITLES = {
    "en": _words(
        "Purchasing_Manager Managing_Director Plant_Manager Buyer Head_of_Procurement Maintenance_Engineer "
        "Accounts_Payable "
        "Operations_Director Project_Engineer"
    ),
    "de": _words(
        "Einkaufsleiter Geschäftsführer Einkäuferin Leiter_Instandhaltung Werksleiter Buchhaltung Projektingenieur "
        "Technischer_Leiter Assistenz_der_Geschäftsführung"
    ),
    "zh": _words("采购经理 总经理 采购员 设备主管 生产厂长 财务主管 项目工程师 供应链总监"),
}

FORMS = {
    "GB": (["Ltd", "Limited", "plc", "LLP"], [0.62, 0.22, 0.1, 0.06]),
    "US": (["Inc.", "LLC", "Corporation", "Corp."], [0.45, 0.35, 0.08, 0.12]),
    "DE": (["GmbH", "GmbH & Co. KG", "AG", "KG"], [0.66, 0.16, 0.1, 0.08]),
    "CN": (["有限公司", "股份有限公司", "有限责任公司"], [0.74, 0.16, 0.1]),
}
"""Legal forms by country, and how often each is met."""

PRODUCTS = (
    ("PMP", "Centrifugal pump", "Piece", 60_000),
    ("VLV", "Ball valve", "Piece", 4_500),
    ("BRG", "Deep groove ball bearing", "Piece", 1_200),
    ("CYL", "Hydraulic cylinder", "Piece", 22_000),
    ("SEN", "Inductive sensor", "Piece", 3_800),
    ("MOT", "Asynchronous motor", "Piece", 48_000),
    ("GRB", "Helical gearbox", "Piece", 75_000),
    ("FLT", "Filter cartridge", "Box", 9_500),
    ("SCR", "Hexagon screw", "Box", 1_900),
    ("SEA", "Shaft seal", "Box", 6_200),
    ("GRS", "Bearing grease", "Kilogram", 1_450),
    ("WIR", "Welding wire", "Kilogram", 620),
    ("BLT", "齿形传动带", "Piece", 2_600),
    ("CBL", "Steuerleitung", "Box", 11_800),
)
"""Code prefix, name, unit, and a usual price in cents."""

MATERIALS = _words("stainless_steel cast_iron bronze galvanised PTFE NBR FKM V2A_Edelstahl 不锈钢 hardened brass polyamide")

CARRIERS = {
    "GB": ["Royal Mail", "DPD UK", "DHL Express"],
    "US": ["UPS Ground", "FedEx Freight", "DHL Express"],
    "DE": ["DHL Express", "DB Schenker", "Hermes Germany"],
    "CN": ["顺丰速运", "德邦快递", "DHL Express"],
}
"""Carriers by the customer's country."""
TRACKING = {
    "Royal Mail": "RM", "DPD UK": "1550", "DHL Express": "JD01", "UPS Ground": "1Z", "FedEx Freight": "7712",
    "DB Schenker": "DBS", "Hermes Germany": "H100", "顺丰速运": "SF", "德邦快递": "DPK",
}  # fmt: skip  # a table
"""How tracking numbers of a carrier begin."""
