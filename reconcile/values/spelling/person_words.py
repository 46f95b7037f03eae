"""Words in names of persons: titles, particles, surnames of two characters, customary spellings, the commonest given names."""

from __future__ import annotations

from reconcile.values.spelling.tables import listed, one_way

TITLES = listed("""
mr mrs ms miss mx dr drs prof professor herr frau fraulein sir dame madam madame mme mlle monsieur signor signora sra
srta dott dottssa ing dipl diplom mag phd rev reverend hon capt doctor docteur shri smt pan pani gospodin gospozha dhr
mevr mw sig sigra rer nat habil
""")
SUFFIXES = listed("""
jr sr ii iii iv esq md mba msc bsc phd dds cpa mp obe mbe cbe jnr snr san sama
""")
"""After the name alone."""

PARTICLES = listed(
    """
van der, van den, van de, van het, van t, von der, von dem, von den, von und zu, de la, de las, de los, de le, della,
delle, dello, degli, del, dela, dos, das, van, von, vom, zum, zur, ter, ten, de, al, abd al, abdul, abu, mac, fitz,
san, st
""",
    ",",
)
NATIVE_TITLES = listed("""
先生 女士 小姐 太太 教授 博士 医生 经理 总经理 老师 律师 主任 总监 氏 씨 님 사장 부장 교수
""")
COMPOUND_SURNAMES = listed("""
欧阳 司马 上官 诸葛 司徒 夏侯 皇甫 令狐 尉迟 公孙 慕容 长孙 宇文 司空 端木 东方 独孤 南宫 西门 东郭 百里 呼延 轩辕
闻人 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 拓跋 남궁 황보 제갈 선우 독고 사공 서문
""")
SURNAME_SOUNDS = one_way("""
zeng: 曾
shan: 单
xie: 解
qiu: 仇
ren: 任
piao: 朴
zha: 查
ge: 盖
zhai: 翟
ou: 区
xian: 冼
yuchi: 尉迟
moqi: 万俟
hua: 华
bi: 秘
yue: 乐
miao: 缪
shao: 召
zhangsun: 长孙
qin: 覃
sheng: 盛
she: 折
chong: 种, 重
chao: 晁
he: 黑
mi: 宓
huang: 黄
chanyu: 单于
kim: 김
lee: 이
park: 박
choi: 최
jung: 정
kang: 강
cho: 조
yoon: 윤
lim: 임
han: 한
oh: 오
seo: 서
shin: 신
kwon: 권
hwang: 황
ahn: 안
song: 송
ryu: 류
yoo: 유
hong: 홍
jeon: 전
ko: 고
moon: 문
yang: 양
son: 손
bae: 배
baek: 백
heo: 허
nam: 남
shim: 심
noh: 노
koo: 구
woo: 우
joo: 주
kwak: 곽
sung: 성
cha: 차
na: 나
jin: 진
ji: 지
""")
"""Surnames that sound otherwise than their character, or that people write otherwise than the rule."""

VARIANTS = one_way("""
kim: gim
park: bak, bag, pak
choi: choe
jung: jeong, chung
kang: gang
lu: lyu, lv
lee: rhee
yoon: yun
muhammad: mohd, mohammed, mohamed, mohammad, muhammed, mohamad, mhmd, md
yuri: yury, yuriy, iurii, yurii
sergei: sergey, sergej, sergiy
andrei: andrey, andrej
aleksei: alexey, alexei, aleksey
dmitri: dmitriy, dmitry, dmitrij, dimitri
nikolai: nikolay, nikolaj
alexander: aleksandr, alexandr
vladimir: wladimir
evgeni: evgeny, evgeniy, yevgeny, yevgeniy
vasili: vasily, vasiliy
mikhail: michail
hussein: hussain, husain, hosein
ahmed: ahmad
""")
"""One spelling for words that are the same name."""

SHORT_FOR = one_way("""
william: bill, billy
robert: bob, bobby
john: jack
james: jim, jimmy
richard: dick
margaret: peggy
edward: ted
henry: hank, harry
charles: chuck
elizabeth: betty, beth, liz
katherine: kate, katie, kathy, cathy, catherine, kathryn
alexander: alex, sasha
christopher: chris
patrick: pat
sarah: sally
mary: molly, polly
kim: kim
ali: ali
lee: lee
al: al
lawrence: larry
anthony: tony
stephen: steve, steven
vladimir: volodya
mikhail: misha
jose: pepe
francisco: paco
friedrich: fritz
""")
"""Where the commonest full name is another than the list would choose, or where the word is a name of its own."""

COMMON_NAMES = listed("""
james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony mark donald
stephen paul andrew joshua kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas
eric jonathan larry justin scott benjamin samuel gregory alexander frank patrick raymond jack dennis jerry peter mary
patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy margaret sandra ashley kimberly emily
donna michelle carol amanda dorothy melissa deborah stephanie rebecca sharon laura cynthia katherine amy angela helen
anna brenda pamela nicole samantha christine emma frederick albert martin walter henry arthur harold theodore leonard
philip douglas victoria alexandra gabrielle abigail josephine virginia
""")
"""Full names of English speakers, the commonest first."""

SYLLABLES = listed("""
a ai an ang ao e en er ou ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu pa pai pan pang pao pei pen
peng pi pian piao pie pin ping po pou pu ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu
fa fan fang fei fen feng fo fou fu da dai dan dang dao de dei deng di dian diao die ding diu dong dou du duan dui dun
duo ta tai tan tang tao te teng ti tian tiao tie ting tong tou tu tuan tui tun tuo na nai nan nang nao ne nei nen neng
ni nian niang niao nie nin ning niu nong nu nuan nuo la lai lan lang lao le lei leng li lia lian liang liao lie lin
ling liu long lou lu luan lun luo ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ka
kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo ha hai han hang hao he hei hen heng hong hou
hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue jun qi qia qian qiang
qiao qie qin qing qiong qiu qu quan que qun xi xia xian xiang xiao xie xin xing xiong xiu xu xuan xue xun zha zhai
zhan zhang zhao zhe zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo cha chai chan chang chao che
chen cheng chi chong chou chu chuan chuang chui chun chuo sha shai shan shang shao she shei shen sheng shi shou shu
shua shuai shuan shuang shui shun shuo ran rang rao re ren reng ri rong rou ru ruan rui run ruo za zai zan zang zao ze
zei zen zeng zi zong zou zu zuan zui zun zuo ca cai can cang cao ce cen ceng ci cong cou cu cuan cui cun cuo sa sai
san sang sao se sen seng si song sou su suan sui sun suo ya yan yang yao ye yi yin ying yong you yu yuan yue yun wa
wai wan wang wei wen weng wo wu
""")
"""Pinyin: two of them with a hyphen between are one given name."""
