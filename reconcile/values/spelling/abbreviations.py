"""Customary abbreviations in names of companies, words that differ by an ending only, trade words in pinyin, numbers in words."""

from __future__ import annotations

from reconcile.values.spelling.tables import ways

WORDS = ways("""
international: intl, internacional, internationale, internazionale, guoji
technology: tech, techn, technologies, jishu, keji, tec, tecnologia, technologie, technologien, teknoloji
electronic: electronics, elec, electr, dianzi, elektronik
trade: trading, trdg, trad, maoyi, shangmao, tradg
group: grp, gruppe, groupe, grupo, gruppo, jituan, groep, gruppen
holding: holdings, hldg, hldgs, kongu
industry: industries, industrial, ind, inds, indus, shiye, gongye, industrie, industria, industriel
machinery: machineries, jixie, mach
bank: yinhang
university: univ, universitat, universite, universidad, universita, daxue
hospital: hosp, yiyuan
investment: investments, invest, touzi, invt
engineering: engr, engrg, eng, engg, gongcheng
development: dev, devel, devt, fazhan
software: ruanjian
information: info, xinxi
pharma: pharmaceutical, pharmaceuticals, pharm, pharmacy, yaoye, zhiyao
chemical: chemicals, chem, huagong
food: foods, shipin
logistics: logistic, wuliu, logistik
motor: motors, qiche, mtr
electric: electrical, dianqi
construction: constructions, constr, const, jianshe, jianzhu
insurance: ins, insur, baoxian
management: mgmt, mgt, mngt, guanli
consulting: consultants, consultancy, consultant, zixun, consult
service: services, svc, svcs, serv, srvc, srvcs, fuwu, servicios
communication: communications, comm, comms, tongxin, commun
telecom: telecommunications, telecommunication, telecoms
energy: energies, nengyuan
equipment: equip, eqpt, shebei
material: materials, matl, cailiao
system: systems, sys, syst, systeme
solution: solutions, soln, solns
product: products, prod, prods
production: productions, prodn
manufacturing: mfg, mfr, mfrs, mfgr, manuf, manufacturer, manufacturers, manufacture, zhizao
brothers: bros, gebruder, gebr, freres, hermanos, hnos, fratelli, flli, f lli
department: dept, dpt
association: assn, assoc, asso, associations
associates: assocs, associate
center: centre, ctr, cntr, zentrum, centro
saint: st, sankt
mount: mt
fort: ft
national: natl, nacional, nazionale
government: govt, gov
institute: inst, institut, instituto, istituto
laboratory: laboratories, lab, labs
distribution: distributions, distr, distrib
distributor: distributors
supply: supplies
enterprise: enterprises, entpr
property: properties
resource: resources
network: networks, wangluo
partner: partners, ptnr, ptnrs
american: amer
general: genl
north: nth
south: sth
transport: transportation, transports, transp
branch: fengongsi, filiale, niederlassung, sucursal
community: cmty
school: sch, schl
church: chrch
college: coll
foundation: fdn, foundations
hotel: hotels
restaurant: restaurants
agency: agcy, agencies
marketing: mktg
market: mkt
warehouse: whse
financial: finl, finance
federal: fed
committee: cttee
hong kong: hongkong, xianggang
china: zhongguo
sanayi ve ticaret: san ve tic, sanayi ticaret, san tic
1: one
2: two
3: three
4: four
5: five
6: six
7: seven
8: eight
9: nine
10: ten
11: eleven
12: twelve
20: twenty
24: twentyfour
100: hundred
1000: thousand
1st: first
2nd: second
3rd: third
4th: fourth
5th: fifth
7th: seventh
""")
"""Word to what is written for it."""
