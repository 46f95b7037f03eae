"""Between the configuration file and what discovery finds: what is pinned goes in, and what was found comes out as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconcile.config.matching import MatchConfig
from reconcile.errors import StoreUnwritable
from reconcile.match.discovery import Discovered, PinnedField, Pins
from reconcile.spreadsheet import write_replacing

_HEAD = """\
# What `reconcile match` was done by; give this file with --config to have it done the same way again.
# crm is the first file, erp the second. See docs/match.md.
"""


def pins_of(config: MatchConfig) -> Pins:
    """What the configuration says; what it does not say is found."""
    placed = {name: PinnedField(f.crm, f.erp or f.crm, f.type) for name, f in config.fields.items()} or None
    keys = config.match.keys if placed and "keys" in config.match.model_fields_set else None
    return Pins(config.crm_key, config.erp_key, placed, keys, config.match.block)


def said_of(found: Discovered, link_at: float | None, review_at: float, *, two: bool, file: bool) -> dict[str, Any]:
    """Everything that was chosen, as a configuration; for a `file`, in which ${ stands for a variable, it is doubled."""

    def place(columns: tuple[str, ...]) -> str | list[str]:
        plain = [name.replace("${", "$${") if file else name for name in columns]
        return plain[0] if len(plain) == 1 else plain

    fields = {}
    for name, kind in found.scheme.fields.items():
        sides = {"crm": place(found.left.fields[name].sources), "erp": place(found.right.fields[name].sources)}
        fields[name] = {**(sides if two else {"crm": sides["crm"]}), "type": kind.value}
    return {
        "crm_key": place(found.left.key),
        **({"erp_key": place(found.right.key)} if two else {}),
        "fields": fields,
        "match": {
            "keys": [list(key) for key in found.scheme.keys],
            **({"block": [list(rule) for rule in found.scheme.block]} if found.scheme.block else {}),
            **({} if link_at is None else {"link_at": link_at}),
            "review_at": review_at,
        },
    }


def write_config(found: Discovered, link_at: float | None, review_at: float, path: Path, *, two: bool) -> None:
    """Everything that was chosen, as a file for --config. Raises StoreUnwritable."""
    import yaml  # noqa: PLC0415 - only this option needs it

    said = said_of(found, link_at, review_at, two=two, file=True)
    text = _HEAD + yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=130)
    try:
        write_replacing(path, text.encode())
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from error
