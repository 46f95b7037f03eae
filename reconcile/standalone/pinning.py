"""Between the configuration file and what discovery finds: what is pinned goes in, and what was found comes out as a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconcile.errors import StoreUnwritable
from reconcile.match.candidates.blocking import Rule, spelled
from reconcile.match.discovery import Discovered, PinnedField, Pins
from reconcile.match.linkage import USUAL_PRECISION, Settings
from reconcile.spreadsheet import write_replacing

if TYPE_CHECKING:
    from reconcile.config.matching import MatchConfig

_HEAD = """\
# What `reconcile match` was done by; give this file with --config to have it done the same way again.
# crm is the first file, erp the second. See docs/match.md.
"""


def pins_of(config: MatchConfig) -> Pins:
    """What the configuration says; what it does not say is found."""
    placed = {name: PinnedField(f.crm, f.erp or f.crm, f.type) for name, f in config.fields.items()} or None
    keys = config.match.keys if placed and "keys" in config.match.model_fields_set else None
    return Pins(config.crm_key, config.erp_key, placed, keys, config.match.block)


@dataclass(frozen=True)
class Said:
    """Everything that was chosen."""

    found: Discovered
    rules: Sequence[Rule]
    link_at: float
    """As it was decided by, also where nobody has said it."""
    settings: Settings
    near: bool
    """Whether what stands nearest by words was compared, too."""


def said_of(said: Said, *, two: bool, file: bool, model: str | None = None) -> dict[str, Any]:
    """Everything that was chosen, as a configuration; for a `file`, in which ${ stands for a variable, it is doubled."""

    def place(columns: tuple[str, ...]) -> str | list[str]:
        plain = [name.replace("${", "$${") if file else name for name in columns]
        return plain[0] if len(plain) == 1 else plain

    found, settings, fields = said.found, said.settings, {}
    for name, kind in found.scheme.fields.items():
        sides = {"crm": place(found.left.fields[name].sources), "erp": place(found.right.fields[name].sources)}
        fields[name] = {**(sides if two else {"crm": sides["crm"]}), "type": kind.value}
    block = spelled(said.rules, near=said.near)
    both = {"review_at": settings.review_at, "target_precision": settings.target_precision or USUAL_PRECISION}
    return {
        "crm_key": place(found.left.key),
        **({"erp_key": place(found.right.key)} if two else {}),
        **({"model": model} if model else {}),
        "fields": fields,
        "match": {
            "keys": [list(key) for key in found.scheme.keys],
            **({"block": [list(rule) for rule in block]} if block else {}),
            "link_at": said.link_at,
            **(both if two else {}),
            **({"many": settings.many} if settings.many else {}),
        },
    }


def write_config(said: Said, path: Path, *, two: bool, model: Path | None = None) -> None:
    """Everything that was chosen, as a file for --config; `model` is where its weights are. Raises StoreUnwritable."""
    import yaml  # noqa: PLC0415 - only this option needs it

    beside = None if model is None else os.path.relpath(model.resolve(), path.resolve().parent)
    asked = said_of(said, two=two, file=True, model=beside)
    text = _HEAD + yaml.safe_dump(asked, sort_keys=False, allow_unicode=True, width=130)
    try:
        write_replacing(path, text.encode())
    except OSError as error:
        raise StoreUnwritable(path, error.strerror or str(error)) from error
