"""Writes `docs/configuration.md` from the models, so that the page never says something else than the product does.

`python -m reconcile.config.reference docs/configuration.md` rewrites it; a test holds that it is up to date.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from reconcile.config.access import Access, AccessPerson, AccessRole, Approvals, AutomaticApproval, OpenIdConnect
from reconcile.config.breaks import Breaks, OwnerRule
from reconcile.config.conservation import Conservation, ConservationCheck
from reconcile.config.equality import Rates, Units
from reconcile.config.model import Model, Name
from reconcile.config.models import Auth, Entity, FieldMap, Inactive, Limits, Mail, Match, ProjectConfig, Source, System
from reconcile.records import SHAPES, Kind

_SECTIONS: tuple[tuple[str, type[Model]], ...] = (
    ("The file", ProjectConfig),
    ("systems.NAME", System),
    ("systems.NAME.auth", Auth),
    ("entities.NAME", Entity),
    ("entities.NAME.crm, entities.NAME.erp", Source),
    ("entities.NAME.crm.inactive, entities.NAME.erp.inactive", Inactive),
    ("entities.NAME.fields.FIELD", FieldMap),
    ("entities.NAME.fields.FIELD.rates", Rates),
    ("entities.NAME.fields.FIELD.units", Units),
    ("entities.NAME.match", Match),
    ("access", Access),
    ("access.roles.NAME", AccessRole),
    ("access.people.NAME", AccessPerson),
    ("access.oidc", OpenIdConnect),
    ("approvals", Approvals),
    ("approvals.automatic", AutomaticApproval),
    ("breaks", Breaks),
    ("breaks.owners", OwnerRule),
    ("conservation", Conservation),
    ("conservation.RULE", ConservationCheck),
    ("mail", Mail),
    ("limits", Limits),
)

KINDS: dict[Kind, str] = {
    Kind.TEXT: "words; space, case and full-width forms do not count",
    Kind.COMPANY_NAME: "a company's name; the legal form (Ltd, GmbH, 有限公司) and its spelling do not count",
    Kind.PERSON_NAME: "a person's name",
    Kind.ADDRESS: "a street with its number; common abbreviations do not count",
    Kind.POSTAL_CODE: "a postal code",
    Kind.COUNTRY: "a country, as a name or a code",
    Kind.PHONE: "a phone number; the way it is written does not count",
    Kind.EMAIL: "a mail address",
    Kind.URL: "a web address; `http://`, `www.` and a closing slash do not count",
    Kind.IDENTIFIER: "a number that names a record, such as an order number",
    Kind.TAX_ID: "a tax or company number, with its check digit",
    Kind.CODE: "a word from a list; see `values`",
    Kind.CURRENCY: "a currency, as its three letters",
    Kind.UNIT: "a unit of measure, as a name, a sign or a code",
    Kind.MONEY: "an amount of money; see `tolerance`",
    Kind.QUANTITY: "a number of things; see `tolerance`",
    Kind.DATE: "a day",
    Kind.DATETIME: "a moment; see `timezone` of the system",
    Kind.BOOLEAN: "yes or no",
    Kind.REFERENCE: "the key of a record of another entity; see `to`",
}
"""What each kind of field holds, for the reference page."""

_HEAD = """\
# Configuration

<!-- Written by `python -m reconcile.config.reference docs/configuration.md`; change the models, then run it again. -->

One `reconcile.yaml` describes one project. `reconcile config check` reads it and names everything that is wrong, with file
and line. The smallest project compares two files:

```yaml
project: Customers of two systems
systems:
  crm: {role: crm, connector: files, path: crm}
  erp: {role: erp, connector: files, path: erp}
entities:
  customers:
    crm: {object: customers.csv, key: Id}
    erp: {object: customers.csv, key: Number}
    match: {keys: [number], fields: [name, city]}
    fields:
      number: {crm: ErpNumber, erp: Number, compare: false}
      name: {crm: Name, erp: Name, owner: crm}
      city: {crm: City, erp: City, owner: crm}
```

**Secrets and addresses** come from the environment: `${NAME}`, or `${NAME:-default}` where a default will do. `$${` is a plain
`${`. Between brackets and braces a variable must stand in quotes: `{password: "${ERP_PASSWORD}"}`. A variable that is not set
is reported before anything else is done, and no secret is ever shown.

**Codes** keep what you write: `0100` stays `0100`, and `NO` is Norway. Only `true` and `false` are booleans.

**Repeated parts** may be written once, as `&name`, and used again, as `*name` or `<<: *name`.

**Editors** complete and explain the keys when the file begins with `# yaml-language-server: $schema=reconcile.schema.json`;
`reconcile config schema` prints that schema, and with `--of match` or `--of diff` that of the file which these
commands take with `--config`.
"""


def page() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD]
    for title, model in _SECTIONS:
        parts.append(f"## {title if ' ' in title and '.' not in title else _code(title)}\n\n{model.__doc__}\n\n{_table(model)}\n")
    parts += [f"## Kinds of field\n\n{_kinds()}\n", f"## Fields that the product knows\n\n{_shapes()}\n"]
    return "\n".join(parts)


def _code(title: str) -> str:
    return ", ".join(f"`{part}`" for part in title.split(", "))


def _table(model: type[Model]) -> str:
    rows = ["| key | what it says | value | if not given |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{name}` | {_cell(info.description or '')} | {_cell(_written(info))} | {_cell(_default(info))} |"
        for name, info in model.model_fields.items()
    ]
    return "\n".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _written(info: FieldInfo) -> str:
    """What may be written; some lists may be one text, which their type does not show."""
    value = _value(info.annotation)
    return f"text, or {value}" if info.annotation == tuple[Name, ...] else value


def _value(annotation: Any) -> str:
    """What may be written, in words."""
    options = [a for a in get_args(annotation) if a is not type(None)]
    outer = get_origin(annotation)
    if outer is Literal:
        return ", ".join(f"`{option}`" for option in options)
    if outer is dict:
        return f"names, each with {_value(options[1])}"
    if outer is tuple:
        inner = _value(options[0])
        return "a list; an item is text, or a list of text" if inner.startswith("a list") else f"a list: {inner}"
    return _value(options[0]) if options else _plain(annotation)


def _plain(annotation: Any) -> str:
    if annotation is Kind:
        return "a [kind](#kinds-of-field)"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return "the keys below"
    return _PLAIN[annotation]


_PLAIN = {
    str: "text", SecretStr: "text, secret", int: "whole number", float: "number", bool: "`true`, `false`",
    dt.date: "a day, such as 2026-03-31",
}  # fmt: skip  # a table


def _default(info: FieldInfo) -> str:
    default = info.default
    if default is PydanticUndefined:
        return "**required**"
    if default is None or default in ((), {}) or isinstance(default, Model):
        return ""
    if isinstance(default, tuple):
        return ", ".join(f"`{each}`" for each in default)
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default:.15g}`" if isinstance(default, float) else f"`{default}`"


def _kinds() -> str:
    rows = ["| type | what it holds |", "| --- | --- |"]
    return "\n".join(rows + [f"| `{kind}` | {KINDS[kind]} |" for kind in Kind])


def _shapes() -> str:
    return "\n".join(["These need no `type`. A field or an entity of your own needs one.", "", *_shape_rows()])


def _shape_rows() -> Iterator[str]:
    yield "| entity | fields |"
    yield "| --- | --- |"
    for shape in SHAPES.values():
        names = (f"`{name}` → {shape.references[name]}" if name in shape.references else f"`{name}`" for name in shape.fields)
        yield f"| `{shape.name}` | {', '.join(names)} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
