"""A project of two folders of files, with hostile names in them."""

from __future__ import annotations

from pathlib import Path

SCRIPT = "<script>document.title='taken'</script><img src=x onerror=alert(1)>"
MARKDOWN = "**bold** [link](http://evil.example) $x^2$ :material/bomb: # `code`"
FORMULA = '=HYPERLINK("http://evil.example";"click")'
RTL = "שלום \u202egpj.exe"
LONG = "x" * 5_000

CONFIG = """
project: "Hostile & Söhne <b>"
systems:
  one: {title: "CRM <i>One</i>", role: crm, connector: files, path: crm}
  two: {title: Two, role: erp, connector: files, path: erp}
in_flight_minutes: 0
entities:
  customers:
    crm: {object: customers.csv, key: id}
    erp: {object: customers.csv, key: id, external_id: ext}
    create_in: [erp]
    match: {keys: [number]}
    fields:
      number: {crm: no, erp: no, compare: false}
      name: {crm: name, erp: name, owner: crm}
      phone: {crm: phone, erp: phone, owner: crm}
      city: {crm: city, erp: city, owner: review}
      email: {crm: mail, erp: mail, owner: crm}
"""


def _rows(side: str) -> str:
    names = [SCRIPT, MARKDOWN, FORMULA, RTL, LONG]
    lines = ["id,no,name,phone,city,mail,ext"]
    for place, name in enumerate(names):
        shown = name if side == "crm" else f"Plain name {place}"
        quoted = '"' + shown.replace('"', '""') + '"'
        lines.append(f"{side}{place},{place},{quoted},+44 20 7946 00{place}{place},Leeds,not a mail <b>,")
    for place in range(10, 80):
        digit = 1 if side == "crm" else 2
        city = "Leeds" if side == "crm" or place % 7 else "York"
        lines.append(f"{side}{place},{place},Customer {place},+44 20 7946 {digit}{place}0,{city},c{place}@example.com,")
    if side == "crm":
        lines.append("crm999,999,上海光明贸易有限公司,+86 21 5555 0000,上海,a@example.com,")
    return "\n".join(lines) + "\n"


def make_project(folder: Path, config: str = CONFIG) -> Path:
    """The two folders of files and the configuration; its path."""
    for side in ("crm", "erp"):
        (folder / side).mkdir(parents=True)
        (folder / side / "customers.csv").write_text(_rows(side), encoding="utf-8")
    file = folder / "reconcile.yaml"
    file.write_text(config, encoding="utf-8")
    return file
