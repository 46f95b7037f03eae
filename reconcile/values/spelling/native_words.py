"""Words of business in scripts other than Latin, and what stands for them in Latin letters; in simplified characters.

They part a name without spaces into words, and let it meet its English or its pinyin name.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from reconcile.values.spelling.scripts import in_latin
from reconcile.values.spelling.tables import listed, ways

_FORMS = ways("""
gufen youxian gongsi: 股份有限公司, 股份公司
youxian gongsi: 有限责任公司, 有限公司
gongsi: 公司
branch: 分公司
subsidiary: 子公司
head office: 总公司
kabushiki kaisha: 株式会社, (株)
yugen kaisha: 有限会社, (有)
godo kaisha: 合同会社
krltd: 주식회사, (주), 유한회사, 유한책임회사
borisat: บริษัท, บมจ., บจก.
ltd: จำกัด, المحدودة, בע"מ, בע״מ, בע'מ, בע׳מ
pcl: จำกัด  (มหาชน), จำกัด(มหาชน), (มหาชน)
llc: ش.م.م, ذ.م.م, ش.ذ.م.م
sharika: شركة
pjsc: ش.م.ع
""")
_WORDS_APART = {"ао": "aorus", "ип": "iprus", "пао": "pjsc"}
"""Too short to be looked for inside of words."""
_TRADES = ways("""
technology: 技术, 科技, テクノロジー, 테크놀로지
electronic: 电子, エレクトロニクス, 전자
trade: 贸易, 商贸, 商事, 经贸, 무역
group: 集团, グループ, 그룹
holding: 控股, ホールディングス, 홀딩스
international: 国际, インターナショナル, 국제, 인터내셔널
industry: 工业, 实业, 产业, 산업, 공업
machinery: 机械, 기계
bank: 银行, 은행
university: 大学, 대학교
hospital: 医院, 병원
import export: 进出口
import: 进口
export: 出口
investment: 投资, 투자
engineering: 工程
development: 发展, 开发, 개발
network: 网络
information: 信息, 资讯
software: 软件, 소프트웨어
pharma: 制药, 药业, 医药, 제약
chemical: 化工, 化学, 화학
food: 食品, 식품
logistics: 物流, 물류
motor: 汽车, 自动车, 자동차
electric: 电气, 电器, 电机, 전기
steel: 钢铁, 制钢, 제철
construction: 建设, 建筑, 建设, 건설
real estate: 房地产, 不动产, 부동산
insurance: 保险, 보험
securities: 证券, 증권
management: 管理
consulting: 咨询, コンサルティング, 컨설팅
service: 服务, サービス, 서비스
culture: 文化
media: 传媒, 媒体, 미디어
communication: 通信, 通讯, 통신
energy: 能源, 에너지
petroleum: 石油
equipment: 设备
material: 材料
textile: 纺织
medical: 医疗
environment: 环保, 环境
education: 教育
research institute: 研究所, 研究院, 연구소
system: システム, 시스템, 系统
manufacturing: 制造, 制作所
design: 设计, 디자인, デザイン
china: 中国
japan: 日本, ジャパン
korea: 韩国, 코리아
hong kong: 香港
macau: 澳门
taiwan: 台湾
taipei: 台北
asia: 亚洲, アジア, 아시아
factory: 工厂
store: 商店
hotel: 酒店, 饭店, ホテル, 호텔
restaurant: 餐厅
life insurance: 人寿, 生命
airlines: 航空
""")
_PLACES = listed("""
北京 上海 天津 重庆 广州 深圳 杭州 南京 苏州 成都 武汉 西安 青岛 大连 宁波 厦门 长沙 郑州 沈阳 济南 合肥 福州 昆明
哈尔滨 长春 石家庄 太原 南昌 贵阳 南宁 海口 三亚 兰州 西宁 银川 乌鲁木齐 拉萨 呼和浩特 无锡 常州 徐州 南通 扬州 温州
嘉兴 绍兴 金华 台州 义乌 烟台 潍坊 威海 佛山 东莞 中山 珠海 惠州 汕头 泉州 洛阳 唐山 桂林 河北 山西 辽宁 吉林 黑龙江
江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 昆山
浦东
""")
_OTHER_PLACES = ways("""
shaanxi: 陕西
tokyo: 东京
osaka: 大阪
kyoto: 京都
yokohama: 横滨
nagoya: 名古屋
kobe: 神户
fukuoka: 福冈
sapporo: 札幌
seoul: 서울
busan: 부산
""")


@cache
def business_words() -> dict[str, str]:
    """Native word to Latin words, a space on each side; places of China to their names, with or without `市` and `省`."""
    words = {native: word for table in (_FORMS, _TRADES) for word, natives in table.items() for native in natives}
    words |= {f" {native} ": word for native, word in _WORDS_APART.items()}
    places = {place: in_latin(place) for place in _PLACES}
    places |= {native: place for place, natives in _OTHER_PLACES.items() for native in natives}
    words |= {place + kind: sound for place, sound in places.items() for kind in ("", "市", "省")}
    return {unicodedata.normalize("NFKC", native): f" {latin} " for native, latin in words.items()}
