"""The words that the names of the matching benchmark are made of, by language: a few hundred by hand, the rest from syllables.

Each list is in order of frequency; `native` is how it is written at home, `latin` how the same is written in Latin letters.
"""
# ruff: noqa: E501  # lists of words, which nobody reads across

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

_FIXED = 20_240_601
"""The seed of the vocabulary itself: it is the same world for every set."""


@dataclass(frozen=True)
class Words:
    """Words by frequency, as written at home and in Latin letters (of equal length)."""

    native: pl.Series
    latin: pl.Series

    def __len__(self) -> int:
        return len(self.native)


def words(text: str) -> list[str]:
    """Words parted by white space; `_` stands for a space inside one."""
    return [word.replace("_", " ") for word in text.split()]


def _same(texts: list[str]) -> Words:
    unique = list(dict.fromkeys(texts))
    return Words(pl.Series(unique), pl.Series(unique))


def _spelt(text: str) -> Words:
    """`王wang 李li`: characters with their pinyin."""
    cut = [(word, next(i for i, letter in enumerate(word) if letter.isascii())) for word in text.split()]
    return Words(pl.Series([word[:i] for word, i in cut]), pl.Series([word[i:] for word, i in cut]))


def compounds(first: list[str], second: list[str], third: list[str] | None = None, limit: int = 20_000) -> list[str]:
    """Words put together of two or three parts, in a fixed random order."""
    made = [a + b for a in first for b in second]
    if third is not None:
        made += [a + b + c for a in first for b in second for c in third]
    order = np.random.default_rng(_FIXED).permutation(len(made))
    return [made[i] for i in order[:limit]]


_EN_SURNAMES = words(
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Martin Jackson Thompson White Lopez Lee "
    "Harris Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell "
    "Carter "
    "Roberts Turner Phillips Evans Parker Edwards Collins Stewart Morris Murphy Cook Rogers Morgan Cooper Peterson Reed Bailey "
    "Kelly Howard Ward Cox Richardson Wood Watson Brooks Bennett Gray James Hughes Price Myers Long Foster Sanders Ross Sullivan "
    "Bell Coleman Butler Henderson Barnes Fisher Simmons Graham Reynolds Hamilton Griffin Wallace West Cole Hayes Gibson Bryant"
)
_EN_STEMS = words(
    "Ash Ald Bar Beck Birk Black Brad Bram Brent Brook Burn Cal Carl Chad Chat Clay Cliff Cold Crom Cran Dal Dar Den Dray "
    "Dun East "
    "Eden El Ever Fair Farn Fen Frost Gar Gil Glen Gold Gran Green Had Hal Ham Har Hart Has Haw Hazel Heath Hen Hol Hor Hunt Ing "
    "Ken Kings Kirk Lang Law Leigh Lin Long Lud Mal Mar May Mel Mid Mil Mor Net New Nor North Oak Orm Pem Pen Pres Quin Rad Ram "
    "Raven Red Rid Rock Ros Row Rush Sand Sel Shel Sher Sil South Stan Stock Strat Sut Swin Tal Tam Thorn Til Tor Under Wake Wal"
)
_EN_ENDINGS = words(
    "ley ton field ford well ham stone wood worth man son by combe bury dale den don er erson ington gate land low mere more ock "
    "ridge shaw side stead thorpe wick way win brook burn cott croft dell fell grave hall head hurst lock mond over pole "
    "ren rick "
    "royd sby sett shall stock stow tree vale ville ward water wold wyn yard mont kin bourne cliff cote ersley lake leigh ness"
)
_EN_GIVEN = words(
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica Thomas "
    "Sarah Charles Karen Christopher Lisa Daniel Nancy Matthew Betty Anthony Sandra Mark Margaret Donald Ashley Steven Kimberly "
    "Andrew Emily Paul Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Timothy Stephanie Ronald "
    "Rebecca Jason Laura Edward Sharon Jeffrey Cynthia Ryan Dorothy Jacob Amy Gary Kathleen Nicholas Angela Eric Shirley "
    "Jonathan "
    "Emma Stephen Brenda Larry Pamela Justin Nicole Scott Anna Brandon Samantha Benjamin Katherine Samuel Christine Gregory "
    "Helen "
    "Alexander Debra Patrick Rachel Frank Carolyn Raymond Janet Jack Maria Dennis Catherine Jerry Heather Tyler Diane Aaron "
    "Olivia "
    "Jose Julie Adam Joyce Nathan Victoria Henry Ruth Zachary Virginia Douglas Lauren Peter Kelly Kyle Christina Noah Joan Ethan"
)
_EN_GIVEN_PARTS = (
    words(
        "Al An Bel Bri Cal Car Cor Da De El Em Fa Gin Ha Is Jo Ka Ke La Le Li Lo Ma Mer Mi Na Ni O Ra Ro Sa She Ta Te Va Wi Ya"
    ),
    words("rissa lyn dra nne vin len ton lie ra bella shua na mie den ric vey lan nia ron sha die mont trice"),
)
_EN_TRADES = words(
    "Engineering Logistics Consulting Construction Foods Plastics Electrical Services Solutions Properties Plumbing Dental "
    "Motors "
    "Technologies Roofing Packaging Software Printing Catering Fabrications Marketing Insurance Furniture Landscaping Security "
    "Transport Hydraulics Bearings Pumps Valves Fasteners Controls Castings Instruments Automation Compressors Coatings "
    "Filtration Tooling Seals Polymers Robotics Sensors Steel Welding Cables Boilers Metals Marine Aerospace Abrasives Textiles "
    "Pharmacy Optical Bakery Brewery Farms Joinery Flooring Glazing Lighting Signs Storage Freight Travel Media Design Studios "
    "Energy Solar Recycling Analytics Capital Recruitment Training Veterinary Nurseries Interiors Systems Laboratories Chemicals"
)
_EN_STREETS = words(
    "Main_Street Church_Street High_Street Station_Road Park_Avenue Mill_Lane Oak_Street Maple_Avenue Victoria_Road Elm_Street "
    "Washington_Street Lake_Street Pine_Street Cedar_Lane Hill_Road River_Road Market_Street School_Lane Green_Lane Kings_Road "
    "Franklin_Avenue Jefferson_Street Industrial_Road Commerce_Drive Union_Street Bridge_Street Queen_Street Albert_Road"
)
_DE_SURNAMES = words(
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder "
    "Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Krause Lehmann Köhler Herrmann König Walter "
    "Mayer Huber Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger "
    "Winkler Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Kraus Schumacher Krämer Vogt Stein Jäger"
)
_DE_STEMS = words(
    "Lind Wald Hohen Alten Neu Roth Schwarz Berg Eich Falk Grün Hirsch Kalten Lauter Mühl Nieder Ober Reich Stein Tann Ulm Weiß "
    "Winter Adler Birk Dorn Eber Fried Gold Hasel Kirch Löw Mittel Oster Ros Silber Thal Wester Acker Bach Brand Buch Diet "
    "Ehr Engel "
    "Feld Geis Gott Hag Hein Hell Hol Kamm Kess Kling Knob Kreuz Kron Leit Lich Mark Mein Nuss Pfaff Rau Ried Sand Schön "
    "Seid Sonn "
    "Span Stark Strau Trau Vier Wang Weid Wein Wend Wies Wolf Zell Zieg"
)
_DE_ENDINGS = words(
    "bach berg feld hof stein tal brück heim mann wald brunn dorf eck rode hausen au er ner inger ler meier müller meister hauer "
    "reuter ert ing ke el ig enz old hard bert wig brecht fels rich gruber huber hofer kamp horst see winkel stätter"
)
_DE_GIVEN = words(
    "Hans Ursula Klaus Monika Jürgen Petra Wolfgang Sabine Stefan Andrea Uwe Claudia Frank Susanne Dieter Birgit Jörg Heike "
    "Thomas "
    "Matthias Martina Günter Kerstin Björn Anke Sören Käthe Lukas Lena Felix Hannah Jonas Leonie Maximilian Sophie Tobias Peter "
    "Katharina Florian Franziska Sebastian Jana Ralf Silke Torsten Anja Holger Ute Michael Christian Andreas Markus Daniel Anna "
    "Alexander Julia Jan Laura Philipp Sarah David Lisa Christina Nicole Stephanie Melanie Bernd Karin Renate Gisela Helga "
    "Werner "
    "Horst Manfred Heinz Gerhard Karl Walter Ingrid Brigitte Christa Erika Elke Gabriele Marion Cornelia Anneliese Gudrun Rolf"
)
_DE_TRADES = words(
    "Maschinenbau Bau Elektrotechnik Metallbau Immobilien Handel Logistik Transporte Consulting Software Dachbau Druckerei Möbel "
    "Antriebstechnik Werkzeugbau Fördertechnik Hydraulik Stahlbau Automation Anlagenbau Armaturen Dichtungstechnik Gießerei "
    "Kältetechnik Kunststofftechnik Lagertechnik Messtechnik Pumpen Schweißtechnik Sensorik Steuerungstechnik Verpackungen "
    "Feinmechanik Federn Getriebe Industriebedarf Oberflächentechnik Rohrleitungsbau Verfahrenstechnik Umformtechnik "
    "Filtertechnik Druckluft Kabel Zerspanung Gartenbau Bäckerei Fleischerei Brauerei Optik Dental Apotheke Reisen Medien "
    "Werbetechnik Solar Energie Recycling Gebäudereinigung Sanitär Heizungsbau Fensterbau Tischlerei Autohaus Reifen Getränke"
)
_FR_SURNAMES = words(
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia David Bertrand "
    "Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont Lambert Bonnet François Martinez Legrand Garnier Faure "
    "Rousseau Blanc Guérin Muller Henry Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier"
)
_FR_STEMS = words(
    "Bar Beau Bel Ber Bois Bon Bour Bri Cal Cam Car Chal Cham Char Chev Clair Col Cor Cou Dau De Des Du Fa Fer Fon Four Gail Gar "
    "Ger Gir Gou Gran Gui Hau Jac Jou La Lar Lau Le Long Mal Mar Mas Mau Mer Mon Mont Mor Nor Pa Per Pin Poi Por Rau Re Ri "
    "Ro Sau "
    "Ser Tau Ter Tour Tri Va Ver Vi Vil"
)
_FR_ENDINGS = words(
    "eau ier ard in on et elle aud ault ond mont ville court lain let lot nier quet rand ron sard sin teau tier tin vin villon "
    "bert boeuf champs chet det gnon gny lard leroux mier nard nel pin rel rin roy sac"
)
_FR_GIVEN = words(
    "Jean Marie Pierre Nathalie Michel Isabelle Philippe Sylvie Alain Catherine Patrick Françoise Nicolas Martine Christophe "
    "Christine Laurent Valérie Christian Sandrine Daniel Stéphanie Bernard Véronique Éric Sophie Frédéric Céline Stéphane "
    "Chantal "
    "Olivier Patricia Julien Anne Thierry Julie Sébastien Brigitte Vincent Aurélie Antoine Camille Thomas Léa Alexandre Manon "
    "Hugo Chloé Lucas Emma Mathieu Sarah Guillaume Laura Pauline Marion Benoît Hélène Gérard Monique René Jacqueline Louis Élodie"
)
_FR_TRADES = words(
    "Électricité Bâtiment Transports Conseil Immobilier Distribution Mécanique Plomberie Menuiserie Boulangerie Industrie "
    "Services Maçonnerie Énergie Informatique Logistique Emballages Imprimerie Optique Peinture Chauffage Automobiles Textile "
    "Hydraulique Plastiques Outillage Soudure Pompes Roulements Robinetterie Fonderie Usinage Paysages Vins Fromages Viandes "
    "Meubles Éclairage Nettoyage Sécurité Formation Médical Pharmacie Cosmétiques Chimie Matériaux Couverture Carrelage"
)
_BG_SURNAMES = [
    stem + ending
    for stem in words(
        "Иван Георги Димитр Петр Никол Христ Стоян Тодор Илие Васил Ангел Йордан Атанас Кол Павл Петк Мар Костадин Мих "
        "Стефан Александр Крист Рад Цвет Божил Добр Злат Влад Калин Минч Нед Ранг Слав Тих Чавдар Янк Драг Велик Станч Гроз"
    )
    for ending in words("ов ев ски инов ански овски ичков ушев")
]
_BG_GIVEN = words(
    "Георги Мария Иван Иванка Димитър Елена Николай Йорданка Петър Пенка Христо Мариана Тодор Радка Стефан Росица Васил Пенчо "
    "Александър Виктория Красимир Даниела Борис Ралица Калоян Десислава Валентин Светлана Пламен Галина Емил Надежда Стоян Анна "
    "Румен Маргарита Атанас Снежана Кирил Силвия Методи Теодора Любомир Юлия Огнян Антония Веселин Цветелина Асен Габриела"
)
_BG_TRADES = words(
    "Строй Транс Инженеринг Трейд Консулт Авто Мебели Фарм Електро Метал Пласт Софт Принт Агро Текстил Логистик Хидро Медиа "
    "Дизайн Хранителни_Стоки Инвест Имоти Турс Вино Козметик Оптика Сервиз Машини Енерджи Климатик Дент Груп Експорт"
)
_GR_SURNAMES = [
    stem + ending
    for stem in words(
        "Παπαδ Γεωργ Δημητρ Νικολα Κωνσταντιν Αθανασ Αντων Βασιλ Χρηστ Παναγιωτ Ιωανν Θεοδωρ Αλεξ Αναγνωστ Μιχαλ Σταματ "
        "Ευαγγελ Στεφαν Ηλι Καραγιανν Μαυρ Λαμπρ Οικονομ Σπυρ Τσακ Ζαχαρ Κυρι Πετρ Σωτηρ Φωτ"
    )
    for ending in words("όπουλος ίδης άκης άτος έας ιάδης άκος ούδης έλλης ούλας")
]
_GR_GIVEN = words(
    "Γεώργιος Μαρία Δημήτριος Ελένη Κωνσταντίνος Αικατερίνη Ιωάννης Βασιλική Νικόλαος Σοφία Χρήστος Αγγελική Παναγιώτης Γεωργία "
    "Βασίλειος Δήμητρα Αθανάσιος Κωνσταντίνα Ευάγγελος Παρασκευή Μιχαήλ Άννα Αντώνιος Ειρήνη Σπυρίδων Ιωάννα Θεόδωρος Αναστασία"
)
_GR_TRADES = words(
    "Κατασκευές Μεταφορές Εμπορική Τεχνική Ηλεκτρολογικά Τρόφιμα Πλαστικά Έπιπλα Εκδόσεις Φαρμακευτική Ναυτιλιακή Οινοποιία "
    "Αυτοματισμοί Μηχανολογική Υφάσματα Τουριστική Συμβουλευτική Πληροφορική Κτηματική Ενεργειακή Συσκευασίες Αντλίες"
)
_ZH_SURNAMES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 马ma 朱zhu 胡hu 郭guo 何he 高gao 林lin 罗luo "
    "郑zheng 梁liang 谢xie 宋song 唐tang 许xu 邓deng 韩han 冯feng 曹cao 彭peng 曾zeng 肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai "
    "蒋jiang 余yu 于yu 杜du 叶ye 程cheng 魏wei 苏su 吕lu 丁ding 任ren 卢lu 姚yao 沈shen 钟zhong 姜jiang 崔cui 谭tan 陆lu 范fan "
    "汪wang 廖liao 石shi 金jin 韦wei 贾jia 夏xia 付fu 方fang 邹zou 熊xiong 白bai 孟meng 秦qin 邱qiu 侯hou 江jiang 尹yin 薛xue "
    "闫yan 段duan 雷lei 龙long 黎li 史shi 陶tao 贺he 毛mao 郝hao 顾gu 龚gong 邵shao 万wan 覃qin 武wu 钱qian 戴dai 严yan 莫mo "
    "孔kong 向xiang 常chang 汤tang 康kang 易yi 乔qiao 赖lai 文wen"
)
_ZH_GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 涛tao 明ming 超chao 霞xia 平ping 刚gang "
    "英ying 华hua 建jian 国guo 志zhi 海hai 燕yan 晓xiao 文wen 博bo 佳jia 怡yi 子zi 涵han 雨yu 桐tong 浩hao 然ran 思si 远yuan "
    "欣xin 妍yan 俊jun 雅ya 婷ting 栋dong 晨chen 曦xi 宇yu 航hang 梦meng 琪qi 玉yu 兰lan 红hong 梅mei 春chun 玲ling 辉hui 鹏peng "
    "飞fei 龙long 斌bin 波bo 峰feng 云yun 凤feng 琴qin 萍ping 珍zhen 慧hui 莉li 颖ying 倩qian 洁jie 雪xue 琳lin 璐lu 瑶yao "
    "莹ying 薇wei 蕾lei 嘉jia 豪hao 瑞rui 鑫xin 旭xu 东dong 升sheng 永yong 福fu 祥xiang 庆qing 光guang 荣rong 昌chang 盛sheng "
    "德de 仁ren 义yi 礼li 信xin 诚cheng 忠zhong 孝xiao 安an 宁ning 康kang 健jian 美mei 秀xiu 清qing 正zheng 天tian 成cheng "
    "家jia 立li 业ye 学xue 诗shi 语yu 若ruo 彤tong 可ke 心xin 一yi 诺nuo 泽ze 轩xuan 睿rui 昊hao 铭ming 哲zhe 凯kai 翔xiang "
    "恒heng 毅yi 继ji 先xian 开kai 元yuan 少shao 君jun 淑shu 贞zhen 彩cai 霏fei 柏bai 松song 林lin 森sen 江jiang 河he 湖hu "
    "川chuan 岩yan 岳yue 青qing"
)
_ZH_BRAND = (
    "华hua 恒heng 瑞rui 鑫xin 宏hong 嘉jia 泰tai 盛sheng 永yong 金jin 天tian 海hai 中zhong 新xin 东dong 凯kai 博bo 德de 安an "
    "晟sheng 远yuan 联lian 卓zhuo 信xin 明ming 利li 正zheng 睿rui 创chuang 威wei 万wan 佳jia 星xing 光guang 亿yi 诚cheng 锦jin "
    "益yi 昊hao 启qi 腾teng 达da 通tong 源yuan 丰feng 隆long 兴xing 力li 科ke 成cheng 润run 顺shun 辉hui 昌chang 洋yang 邦bang "
    "业ye 尔er 格ge 特te 宇yu 峰feng 翔xiang 景jing 旺wang 祥xiang 胜sheng 康kang 帆fan 霖lin 驰chi 迈mai 伦lun 禾he 岳yue "
    "锐rui 图tu 川chuan 富fu 美mei 方fang 圆yuan 合he 众zhong 同tong 和he 百bai 大da 友you 普pu 朗lang 国guo 汇hui 聚ju 优you "
    "尚shang 品pin 雅ya 思si 奇qi 智zhi 云yun 龙long 凤feng 虎hu 鹏peng 雄xiong 英ying 豪hao 立li 恩en 惠hui 慧hui"
)
_ZH_TRADES = (
    "机电设备Electromechanical 精密机械Precision_Machinery 自动化科技Automation 液压技术Hydraulics 轴承制造Bearing 泵业Pump "
    "阀门Valve 电气Electric 模具Mould 仪器仪表Instruments 新材料New_Materials 包装机械Packaging 工业装备Industrial_Equipment "
    "五金制品Hardware 智能装备Intelligent_Equipment 物流Logistics 焊接技术Welding 密封件Seals 传动技术Transmission "
    "环保工程Environmental 金属制品Metal_Products 塑料制品Plastics 电缆Cable 弹簧Spring 铸造Foundry 进出口贸易Import_and_Export "
    "工程技术Engineering 传感器Sensor 制冷设备Refrigeration 压缩机Compressor 食品Food 纺织Textile 服装Garment 家具Furniture "
    "电子Electronics 网络科技Network_Technology 信息技术Information_Technology 医疗器械Medical_Devices 生物科技Biotech "
    "药业Pharmaceutical 化工Chemical 建材Building_Materials 装饰工程Decoration 房地产Real_Estate 投资管理Investment 商贸Trading "
    "文化传媒Media 汽车配件Auto_Parts 印刷Printing 玩具Toys 陶瓷Ceramics 光电Optoelectronics 能源Energy 农业科技Agriculture "
    "餐饮管理Catering 教育咨询Education"
)
_ZH_STREETS = words(
    "人民 解放 建设 中山 工业 科技 创新 长江 黄河 和平 新华 文化 朝阳 迎宾 学院 兴业 金桥 高新 滨河 东风 胜利 光明 青年 民主 团结 "
    "友谊 前进 红旗 五一 八一 湖滨 花园 体育 公园 车站 机场 港口 龙泉 凤凰 翠竹 梅园 桂花 松山 云海 天府 锦绣 望江 临江 沿河 环城 "
    "振兴 富强 幸福 健康 平安 永兴 嘉禾 泰山 华山 嵩山 衡山 恒山 昆仑 珠江 松花江 淮海 复兴 延安 南京 北京 上海 广州 重庆 四川 福建"
)
_SIMPLE = (
    "万业东严丰临丽义乌乔云亚产亿仑仪众优伟传伦体余兰兴军农冯凤凯刘刚创动区医华卢厂压厦台叶号吕启吴咨团园国图圆场备复头孙学宁宝宾"
    "尔属岛广庄庆开张弹强恒扬无晓术机杨杰栋桥梦气汇汉汤泽洁济涛润温滨潍烟环瑶电疗盐礼红纺织绍结络绣继绵缆缩网罗联胜腾艳芜苏荆荣"
    "药莲莹蒋装许设诗诚询语诺谊谢谭贞责贵贸贺贾资赖赣赵车轩轴辉达迁迈进远连邓邹郑钟钱铭银铸锐锡锦镇长门闫阀阳陆陈静韦韩顺顾颖风飞"
    "饮饰马驰鲁鸡鹏黄齐龙龚"
)
_TRADITIONAL = (
    "萬業東嚴豐臨麗義烏喬雲亞產億侖儀眾優偉傳倫體餘蘭興軍農馮鳳凱劉剛創動區醫華盧廠壓廈臺葉號呂啟吳諮團園國圖圓場備復頭孫學寧寶賓"
    "爾屬島廣莊慶開張彈強恆揚無曉術機楊傑棟橋夢氣匯漢湯澤潔濟濤潤溫濱濰煙環瑤電療鹽禮紅紡織紹結絡繡繼綿纜縮網羅聯勝騰艷蕪蘇荊榮"
    "藥蓮瑩蔣裝許設詩誠詢語諾誼謝譚貞責貴貿賀賈資賴贛趙車軒軸輝達遷邁進遠連鄧鄒鄭鍾錢銘銀鑄銳錫錦鎮長門閆閥陽陸陳靜韋韓順顧穎風飛"
    "飲飾馬馳魯雞鵬黃齊龍龔"
)
_CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъьюя",
        words("a b v g d e zh z i y k l m n o p r s t u f h ts ch sh sht a y yu ya"),
        strict=True,
    )
)
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",
        words("a v g d e z i th i k l m n x o p r s s t y f ch ps o a e i i o y o"),
        strict=True,
    )
)


def _letters(small: dict[str, str]) -> tuple[list[str], list[str]]:
    large = {letter.upper(): latin.capitalize() for letter, latin in small.items() if letter != "ς"}
    return [*small, *large], [*small.values(), *large.values()]


def traditional(text: pl.Expr) -> pl.Expr:
    """Simplified characters as they are written in Taiwan."""
    return text.str.replace_many(list(_SIMPLE), list(_TRADITIONAL))


def transliterated(text: pl.Series) -> pl.Series:
    """Cyrillic and Greek letters in Latin ones."""
    for letters in (_CYRILLIC, _GREEK):
        text = text.str.replace_many(*_letters(letters))
    return text


def _in_latin(texts: list[str]) -> Words:
    native = pl.Series(list(dict.fromkeys(texts)))
    return Words(native, transliterated(native))


def _pairs_of(single: Words) -> Words:
    """One and two of the characters, the single ones among the frequent pairs."""
    one, two = single.native.to_list(), single.latin.to_list()
    native = [a + b for a in one for b in one if a != b]
    latin = [a + b for a in two for b in two]
    latin = [x + y for a, x in zip(one, two, strict=True) for b, y in zip(one, two, strict=True) if a != b]
    rank = [i + j for i in range(len(one)) for j in range(len(one)) if i != j]
    order = np.argsort(np.asarray(rank) + np.random.default_rng(_FIXED).exponential(60, len(rank)))
    names = [native[i] for i in order[:20_000]]
    spelt = [latin[i] for i in order[:20_000]]
    for place, (name, pinyin) in enumerate(zip(one, two, strict=True)):
        names.insert(place * 3, name)
        spelt.insert(place * 3, pinyin)
    return Words(pl.Series(names), pl.Series(spelt))


@dataclass(frozen=True)
class Tongue:
    """One language: what people, companies and streets are called."""

    surnames: Words
    given: Words
    brands: Words
    trades: Words
    streets: Words


_SYLLABLES = (
    words(
        "Vel Nor Al Cen Dy Ex Flu Gen Hy In Jet Kel Lum Mag Neo Om Pro Qua Ri Syn Tek Ul Vi Wex Xen Zy Ar Bel Cor Del Em Fer Gal"
    ),
    words("ta ri mo no vi xo le da ma ne ro si tu va za co li pha ge ki lu mi pa qui ra so te vo ya bo di fa"),
    words(
        "dyne tech corp lis nix ra san tek via x line max metric net plex rion sol tis tron vance ward well zen con dex form gen"
    ),
)


def _brands(stems: list[str], endings: list[str]) -> Words:
    coined = [a + b + c for a in _SYLLABLES[0] for b in _SYLLABLES[1] for c in _SYLLABLES[2]]
    order = np.random.default_rng(_FIXED + len(stems)).permutation(len(coined))[:14_000]
    made = compounds(stems, endings, limit=7_000)
    mixed = [word for pair in zip([coined[i] for i in order], made * 2, strict=False) for word in pair]
    return _same(mixed)


def _tongue(
    surnames: list[str], given: list[str], trades: list[str], streets: list[str], parts: tuple[list[str], list[str]]
) -> Tongue:
    more = compounds(*parts)
    return Tongue(_same(surnames + more), _same(given), _brands(*parts), _same(trades), _same(streets))


def _english() -> Tongue:
    given = _EN_GIVEN + compounds(*_EN_GIVEN_PARTS, limit=800)
    kinds = words("Street Road Avenue Lane Drive Way Close Court Place")
    streets = _EN_STREETS + [f"{name} {kind}" for name in _EN_SURNAMES for kind in kinds]
    streets += [f"{name} {kinds[i % 9]}" for i, name in enumerate(compounds(_EN_STEMS, _EN_ENDINGS, limit=3_000))]
    return _tongue(_EN_SURNAMES, given, _EN_TRADES, streets, (_EN_STEMS, _EN_ENDINGS))


def _german() -> Tongue:
    first = words("Bahnhof Haupt Schul Garten Linden Berg Wald Kirch Mühlen Industrie Dorf Birken Rosen Schiller Goethe Siemens")
    second = words("straße weg platz allee ring gasse")
    streets = [a + b for b in second for a in first] + [name + second[i % 3] for i, name in enumerate(_DE_SURNAMES)]
    streets += [name.rstrip("e") + "er Straße" for name in compounds(_DE_STEMS, _DE_ENDINGS, limit=1_500)]
    given = _DE_GIVEN + [f"{a}-{b}" for a in _DE_GIVEN[:16] for b in _DE_GIVEN[40:56]]
    return _tongue(_DE_SURNAMES, given, _DE_TRADES, streets, (_DE_STEMS, _DE_ENDINGS))


def _french() -> Tongue:
    names = words(
        "de_la_République Victor_Hugo de_la_Gare Jean_Jaurès des_Lilas Pasteur du_Moulin de_l'Église Gambetta des_Écoles"
    )
    names += _FR_SURNAMES + [f"de {name}" for name in compounds(_FR_STEMS, _FR_ENDINGS, limit=800)]
    streets = [f"{kind} {name}" for name in names for kind in ("Rue", "Avenue", "Boulevard", "Place")]
    given = _FR_GIVEN + [f"{a}-{b}" for a in _FR_GIVEN[:8] for b in _FR_GIVEN[20:40]]
    return _tongue(_FR_SURNAMES, given, _FR_TRADES, streets, (_FR_STEMS, _FR_ENDINGS))


def _chinese() -> Tongue:
    kinds = words("路 街 大道 东路 西路 南路 北路")
    streets = [name + kind for kind in kinds for name in _ZH_STREETS]
    trades = _spelt(_ZH_TRADES)
    trades = Words(trades.native, trades.latin.str.replace_all("_", " "))
    return Tongue(_spelt(_ZH_SURNAMES), _pairs_of(_spelt(_ZH_GIVEN)), _pairs_of(_spelt(_ZH_BRAND)), trades, _same(streets))


def _bulgarian() -> Tongue:
    coined = compounds(
        words("Бул Хем Рил Пир Род Тра Мад Сре Вит Дун Кра Лед Мар Нов Оме Пла Сит Тех"),
        words("гар ус она ин оп кия ара дец оша ав сна мет тек ика лекс кон"),
        words("а ия ко мет тех ан ес"),
    )
    streets = [f"ул. {name}" for name in (*_BG_SURNAMES, *_BG_GIVEN)]
    return Tongue(*(_in_latin(each) for each in (_BG_SURNAMES, _BG_GIVEN, coined, _BG_TRADES, streets)))


def _greek() -> Tongue:
    coined = compounds(
        words("Αιγ Ελλ Θεσ Ιον Κρητ Μακ Ολυμ Πελ Ροδ Σαλ Τεχν Υδρ Φαρ Αττ Δελφ Εγν Ηρα Παρν"),
        words("αί ικ ον ατ πια οπ ερ αμ ινο ία οδο ασ"),
        words("κη νέα τεκ μετ λος τική ναξ"),
    )
    return Tongue(*(_in_latin(each) for each in (_GR_SURNAMES, _GR_GIVEN, coined, _GR_TRADES, _GR_SURNAMES + _GR_GIVEN)))


def tongues() -> dict[str, Tongue]:
    """Every language of the benchmark by its code."""
    made = {"en": _english(), "de": _german(), "fr": _french(), "zh": _chinese(), "bg": _bulgarian(), "gr": _greek()}
    return {code: tongue for code, tongue in made.items() if len(tongue.brands)}
