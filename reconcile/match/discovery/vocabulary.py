"""The words by which columns are named, by concept, in English, German, French, Spanish and Chinese.

Apart from the code that reads names, so that a word can be added by anyone.
"""

VOCABULARY = """
email (email): email, e mail, mail, emailaddress, mailadresse, courriel, correo, correo electronico,
  邮箱, 电子邮件, 邮件
fax (phone): fax, telefax, 传真
mobile (phone): mobile, cell, cellphone, handy, mobil, mobiltelefon, portable, movil, celular, 手机,
  手机号
phone (phone): phone, telephone, tel, telefon, rufnummer, fon, telefonnummer, phonenumber, telefono,
  电话, 联系电话, 电话号码
website (url): url, website, web, homepage, site web, sitio web, webseite, internet, domain, link,
  网址, 网站
tax_id (tax_id): tax id, taxid, tax number, vat, vat id, vat number, vatid, ust id, ustid, ustidnr,
  ust idnr, steuernummer, umsatzsteuer id, tin, ein, nif, cif, siren, siret, tva, numero tva, 税号,
  纳税人识别号, 统一社会信用代码, 社会信用代码, abn, tax no
social_id (identifier): ssn, soc sec id, social security, social security number, soc sec, national
  id, personalnummer, dni, 身份证, 身份证号
postal_code (postal_code): zip, zipcode, zip code, postcode, post code, postal code, postalcode,
  plz, postleitzahl, cp, code postal, codigo postal, 邮编, 邮政编码
country (country): country, country code, land, laendercode, landeskennzeichen, pays, pais, nation,
  国家, 国别
house_number (code): street number, house number, hausnummer, hausnr, numero de rue, house no,
  street no, 门牌号
address (address): address, street, strasse, straße, anschrift, adresse, rue, calle, direccion,
  domicilio, adr, addr, street address, address line, 地址, 街道, 详细地址, address 1, strasse hausnummer
address_more (text): address 2, address line 2, adresszusatz, complement
city (text): city, town, suburb, ort, stadt, wohnort, ville, ciudad, municipality, gemeinde,
  localidad, 城市, 市
state (code): state, province, region, bundesland, kanton, provincia, departement, county, 省, 省份, 州
first_name (person_name): first name, firstname, given name, givenname, vorname, prenom, nombre,
  forename, fname, christian name, 名, 名字
last_name (person_name): last name, lastname, surname, family name, nachname, familienname, nom de
  famille, apellido, apellidos, lname, 姓, 姓氏
person (person_name): full name, fullname, person, contact, contact name, ansprechpartner, kontakt,
  contacto, author, authors, autor, autoren, auteur, auteurs, autores, 联系人, 姓名, 作者
company (company_name): company, company name, companyname, firma, firmenname, firmenbezeichnung,
  unternehmen, societe, raison sociale, empresa, razon social, organisation, organization, account
  name, kunde, kundenname, customer name, customer, business name, 公司, 公司名称, 企业名称, 客户名称, 单位名称,
  supplier, vendor name, lieferant
name (any): name, bezeichnung, nom, denominacion, 名称, site name, label
title (text): title, titel, titre, titulo, product name, productname, artikel, artikelbezeichnung,
  produkt, product, producto, produit, 标题, 品名, 产品名称, 题目
description (text): description, beschreibung, descripcion, desc, details, text, notes, 描述, 说明, 备注
birth_date (date): birth date, birthdate, date of birth, dob, birthday, geburtsdatum, geburtstag,
  date de naissance, fecha nacimiento, fecha de nacimiento, 出生日期, 生日
date (date): date, datum, fecha, 日期, order date, bestelldatum
year (code): year, jahr, annee, ano, anio, 年, 年份, birth year, geburtsjahr, yob
price (money): price, preis, prix, precio, amount, betrag, montant, importe, total, cost, kosten,
  umsatz, revenue, 价格, 金额, 单价
currency (currency): currency, waehrung, devise, moneda, 币种, 货币
quantity (quantity): quantity, qty, menge, anzahl, quantite, cantidad, stock, bestand, weight,
  gewicht, 数量, 库存
gender (code): gender, sex, geschlecht, genre, sexe, sexo, 性别
occupation (text): occupation, beruf, job, profession, job title, position, 职业, 职位
venue (text): venue, journal, conference, booktitle, zeitschrift, 期刊
brand (text): brand, manufacturer, marke, hersteller, marque, fabricant, marca, fabricante, maker,
  品牌, 厂商, 制造商
category (code): category, kategorie, categorie, categoria, type, typ, art, class, klasse, 类别, 分类,
  类型, 行业, branche, industry
status (code): status, zustand, etat, estado, 状态
model (identifier): model, modell, model number, modelno, mpn, sku, ean, gtin, upc, isbn, doi, part
  number, 型号, 货号, 条码
id (identifier): id, key, no, nr, number, nummer, num, code, uuid, guid, rec id, recid, record id,
  kundennummer, kunden nr, kundennr, debitor, debitorennummer, customer id, customer no, account id,
  identifiant, numero, clave, codigo, 编号, 代码, 客户编号, 序号, 主键, ident, oid, pk
loaded (datetime): created, created at, created on, createdat, modified, modified at, modified on,
  updated, updated at, last modified, last update, load time, loaded at, load date, loaddate,
  ingested at, import date, importdatum, geaendert am, angelegt am, erstellt am, timestamp, etl
  timestamp, lastmodifieddate, createddate, systemmodstamp, 创建时间, 更新时间, 修改时间
row_number (any): row, row number, rownum, rowid, index, lfd nr, zeile, zeilennummer, unnamed 0, 行号
"""
"""A line for each concept: its name, the kind of value that goes with it, and the names that columns have, folded."""
