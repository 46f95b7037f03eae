"""Legal forms in Latin letters: one code for every way to write each, over the main jurisdictions.

Source: the common forms of ISO 20275 (ELF). A form in another script is first written in Latin letters (native_words.py).
"""

from __future__ import annotations

from reconcile.values.spelling.tables import listed, ways

FORMS = ways("""
ltd: ltd, limited, private limited, pvt ltd, pvt limited, p ltd, pty ltd, pty limited, proprietary limited, pte ltd
ltd: pte limited, private ltd, pty, pte, co ltd, co limited, company limited, company ltd, coltd, co pty ltd
ltd: co pte ltd, teoranta, teo, cyf, cyfyngedig, ltee, limitee, compagnie limitee, youxian gongsi
ltd: youxian zeren gongsi, youxiangongsi, youxianzerengongsi, youxian zerengongsi, yuhan hoesa, yuhanhoesa
ltd: jusik hoesa, jusikhoesa, chusik hoesa, limited sirketi, ltd sirketi, limited sti, ltd sti, limitet sirketi, pvt
ltd: ltd co, opc pvt ltd, opc private limited
plc: plc, public limited company, public company limited, public co ltd, pcl, public ltd co
dac: dac, designated activity company
clg: clg, company limited by guarantee
llp: llp, limited liability partnership
lp: lp, limited partnership
llc: llc, limited liability company, limited liability co, ltd liability co, fz llc, fzllc, lc, shmm
llc: sharika dhat masuliya mahduda
pllc: pllc, professional limited liability company
inc: inc, incorporated, incorporation, co inc, company inc, incorporee
corp: corp, corporation, corpn
co: co, company, cie, compagnie, cia, gongsi
pc: pc, professional corporation
cc: cc, close corporation
fze: fze, fzco, fz co, free zone establishment, free zone company
pjsc: pjsc, public joint stock company, pao, publichnoe aktsionernoe obshchestvo, publichnoe ao
wll: wll, with limited liability
bsc: bsc
gufen: gufen youxian gongsi, gufen gongsi, gufenyouxiangongsi, gufen youxiangongsi, gufen ltd, gufen co ltd, gufen
gmbh: gmbh, mbh, gesellschaft mit beschrankter haftung, gesellschaft mbh, ges mbh, gesmbh, gesellschaft m b h, ggmbh
gmbh: gemeinnutzige gmbh, ges m b h
gmbhcokg: gmbh u co kg, gmbh u co, gmbh co
gmbhcokg: gmbh co kg, gmbh cokg, gmbhcokg, gmbh co kommanditgesellschaft, gmbh compagnie kg, ges mbh co kg, mbh co kg
gmbhcokg: gmbh coki kg, gesellschaft mit beschrankter haftung co kommanditgesellschaft
gmbhcokg: gesellschaft mit beschrankter haftung co kg
agcokg: ag co kg, ag co ohg, agcokg
ugcokg: ug haftungsbeschrankt co kg, ug co kg, ugcokg
kgaa: kgaa, kommanditgesellschaft auf aktien, gmbh co kgaa, se co kgaa, ag co kgaa
ag: ag, aktiengesellschaft
kg: kg, kommanditgesellschaft, co kg, cokg
ohg: ohg, offene handelsgesellschaft, og, offene gesellschaft, gmbh co ohg
gbr: gbr, gesellschaft burgerlichen rechts, gdbr
ug: ug, ug haftungsbeschrankt, unternehmergesellschaft haftungsbeschrankt, unternehmergesellschaft
ek: ek, eingetragener kaufmann, eingetragene kauffrau, ekfr, ekfm, eu
eg: eg, eingetragene genossenschaft
ev: ev, eingetragener verein
partg: partg, partgmbb, partnerschaftsgesellschaft, partg mbb
se: se, societas europaea
sa: sa, societe anonyme, sociedad anonima, sociedade anonima, spolka akcyjna, societate pe actiuni, sau
sa: sociedad anonima unipersonal, saic, saci
sas: sas, societe par actions simplifiee, sasu, sociedad por acciones simplificada, societa in accomandita semplice
sas: societe par actions simplifiee unipersonnelle
sarl: sarl, societe a responsabilite limitee, ste a responsabilite limitee, sarlu, sarl au, sagl, garl
eurl: eurl, entreprise unipersonnelle a responsabilite limitee
snc: snc, societe en nom collectif, societa in nome collettivo
sci: sci, societe civile immobiliere
scop: scop
sprl: sprl, bvba, societe privee a responsabilite limitee, besloten vennootschap met beperkte aansprakelijkheid, sprlu
sprl: scrl, cvba
asbl: asbl, vzw, association sans but lucratif, vereniging zonder winstoogmerk
spa: spa, societa per azioni, sapa, societa in accomandita per azioni
srl: srl, srls, societa a responsabilita limitata, societa a responsabilita limitata semplificata
srl: societate cu raspundere limitata, sociedad de responsabilidad limitada, srlu, soc a resp lim
srl: societe a responsabilite limitee srl
coop: coop, scarl, scrl coop, soc coop, societa cooperativa, sociedad cooperativa, s coop, scoop, cooperativa, scpa
sl: sl, slu, sociedad limitada, sociedad limitada unipersonal, sll, slp
sadecv: sa de cv, sadecv, sociedad anonima de capital variable, sab de cv, sapi de cv, s a de cv, sa decv
srldecv: s de rl de cv, sde rl de cv, srl de cv, srldecv, s de rl
srldecv: sociedad de responsabilidad limitada de capital variable
ltda: ltda, limitada, lda, sociedade limitada, sociedade por quotas, unipessoal lda, cia ltda, eireli
ltda: sociedad limitada ltda
sac: sac, sociedad anonima cerrada
me: mei, epp
bv: bv, besloten vennootschap
nv: nv, naamloze vennootschap
vof: vof, vennootschap onder firma
cv: cv, commanditaire vennootschap
ab: ab, aktiebolag, aktiebolaget, ab publ, publ
hb: hb, handelsbolag
kb: kb, kommanditbolag
as: as, aksjeselskap, aktieselskab, aktieselskabet, akciova spolecnost, akciova spolocnost, anonim sirketi, anonim sti
asa: asa, allmennaksjeselskap
aps: aps, anpartsselskab, anpartsselskabet
enk: enk, enkeltpersonforetak
oy: oy, osakeyhtio, oy ab, ab oy
oyj: oyj, julkinen osakeyhtio, oyj abp, abp
ky: ky, kommandiittiyhtio
hf: hf, hlutafelag
ehf: ehf, einkahlutafelag
ou: ou, osauhing
uab: uab
sia: sia
spzoo: sp zoo, sp z oo, spzoo, spolka z oo, spolka zoo, spolka z ograniczona odpowiedzialnoscia, spzo o
spk: spk, sp k, spolka komandytowa, sp zoo sp k, sp zoo spk, sp zoo spolka komandytowa, sp z oo sp k
spj: spj, sp j, spolka jawna
sro: sro, spol sro, spolsro, spolecnost s rucenim omezenym, spolocnost s rucenim obmedzenym
vos: vos, verejna obchodni spolecnost
kft: kft, korlatolt felelossegu tarsasag
zrt: zrt, zartkoruen mukodo reszvenytarsasag
nyrt: nyrt, nyilvanosan mukodo reszvenytarsasag
bt: bt, beteti tarsasag
kkt: kkt, kozkereseti tarsasag
doo: doo, druzba z omejeno odgovornostjo, drustvo s ogranicenom odgovornoscu
ood: ood, druzhestvo s ogranichena otgovornost
eood: eood, ednolichno druzhestvo s ogranichena otgovornost
ad: ad, aktsionerno druzhestvo, ead
ae: ae, anonymi etaireia, anonymi etairia, anonymos etaireia, anonimi eteria
epe: epe, etaireia periorismenis efthynis, etairia periorismenis efthinis
ike: ike, idiotiki kefalaiouchiki etaireia
oe: oe, omorrythmi etaireia
ee: ee, eterorrythmi etaireia
ooo: ooo, obshchestvo s ogranichennoy otvetstvennostyu, obshchestvo s ogranichennoi otvetstvennostyu
oao: oao, otkrytoe aktsionernoe obshchestvo
zao: zao, zakrytoe aktsionernoe obshchestvo
aorus: aorus, aktsionernoe obshchestvo
iprus: iprus, individualnyy predprinimatel
tov: tov, tovarystvo z obmezhenoyu vidpovidalnistyu
prat: prat, pryvatne aktsionerne tovarystvo
fop: fop, fizychna osoba pidpryyemets
too: too, tovarishchestvo s ogranichennoy otvetstvennostyu
kabushikikaisha: kabushiki kaisha, kabushiki gaisha, kabushikikaisha, kabushikigaisha, kk
yugenkaisha: yugen kaisha, yugen gaisha, yugenkaisha, yk
godokaisha: godo kaisha, godo gaisha, goudou kaisha, godokaisha, gk
krltd: krltd
sdnbhd: sdn bhd, sendirian berhad, sdnbhd
bhd: bhd, berhad
pt: perseroan terbatas
tbk: tbk, persero tbk, persero
tnhh: cong ty tnhh, tnhh, cong ty trach nhiem huu han, cong ty tnhh mtv, cong ty tnhh mot thanh vien
ctcp: cong ty co phan, cong ty cp, ctcp
borisat: borisat
sharika: sharikat, sharika
""")
"""Code to the ways to write it. Words of several parts count anywhere in a name, single ones at its end."""

LEADING = listed("""
ooo oao zao pjsc aorus iprus tov prat fop pt kabushikikaisha yugenkaisha godokaisha krltd tnhh ctcp borisat sharika aktiebolaget
""")
"""Codes that also stand before a name."""

SAME = {
    "aktiebolaget": "ab",
    "krltd": "ltd",
    "borisat": "ltd",
    "sharika": "co",
    "aorus": "ao",
    "iprus": "ip",
    "kabushikikaisha": "kk",
    "yugenkaisha": "yk",
    "godokaisha": "gk",
}
"""Codes that are told apart only by where they stand, and the form that they are."""
