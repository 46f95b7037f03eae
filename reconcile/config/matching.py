"""What the file says that `reconcile match` and `reconcile dedupe` take with `--config`, and how it is read.

Apart from the project's configuration, because two files need no systems, no store and no entities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from reconcile.config.document import Fault, KeyPath
from reconcile.config.model import Model, Name
from reconcile.config.models import Match, blocked_fields
from reconcile.config.plain import load_plain
from reconcile.config.wording import did_you_mean, quoted
from reconcile.records import Kind

Columns = Annotated[
    tuple[Name, ...],
    BeforeValidator(lambda value: [value] if isinstance(value, str | int) else value),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One column, or several: a field's are joined by a space, a key's count together."""


class MatchField(Model):
    """One field: where each file keeps it, and what it holds."""

    crm: Columns = Field(
        min_length=1, description="The column of the first file; several, such as [first, last], are joined by a space."
    )
    erp: Columns = Field((), description="The same of the second file; not used by `reconcile dedupe`.")
    type: Kind | None = Field(None, description="What it holds; found from the values if not given.")


class MatchConfig(Model):
    """What `reconcile match` and `reconcile dedupe` would find for themselves; what is not given is found."""

    crm_key: Columns | None = Field(None, description="The columns that name a record of the first file; [] numbers the rows.")
    erp_key: Columns | None = Field(None, description="The same of the second file.")
    fields: dict[str, MatchField] = Field(default={}, description="The fields to match by, and no others; found if not given.")
    model: str | None = Field(
        None,
        description="The file of the weights, as `--model` keeps them, seen from this file; learned anew if not given. Only for "
        "`reconcile match`.",
    )
    memory: str | None = Field(
        None,
        pattern=r"(?i)^\s*\d+(\.\d+)?\s*[KMGT]?I?B?\s*$",
        description="How much memory may be taken, such as 2GB; 60 % of what is free if not given. `--memory` comes first.",
    )
    match: Match = Field(default=Match(), description="How records are linked.")  # type: ignore[call-arg]  # every key has a default


def load_matching(path: Path, environ: Mapping[str, str], crm: Sequence[str], erp: Sequence[str] | None) -> MatchConfig:
    """The configuration in `path`, for files with these columns; `erp` is None where there is one. Raises as `load_plain`."""
    file = load_plain(path, environ, MatchConfig, lambda config: _faults(config, two=erp is not None))
    file.check(_unknown_columns(file.config, {"crm": crm} | ({} if erp is None else {"erp": erp})))
    return file.config


def _faults(config: MatchConfig, *, two: bool) -> Iterator[Fault]:
    for name, field in config.fields.items():
        if two and not field.erp:
            yield Fault(("fields", name), "`erp` is missing: the column of the second file.")
    if config.match.link_at is not None and config.match.review_at > config.match.link_at:
        yield Fault(("match", "review_at"), "must not be more than `link_at`: a pair is reviewed before it is sure.")
    yield from _unknown_fields(config)


def _unknown_fields(config: MatchConfig) -> Iterator[Fault]:
    named: list[tuple[KeyPath, Sequence[str]]] = [(("match", "fields"), config.match.fields)]
    named += [(("match", "keys", at), key) for at, key in enumerate(config.match.keys)]
    named += [(("match", "block", at), [name]) for at, name in blocked_fields(config.match.block)]
    for path, names in named:
        for name in names:
            if not config.fields:
                yield Fault(path, f"names the field {quoted(name)}, so `fields` must say where it is.")
            elif name not in config.fields:
                yield Fault(path, f"there is no field {quoted(name)} under `fields`{did_you_mean(name, config.fields)}")


def _unknown_columns(config: MatchConfig, known: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    for side, columns in known.items():
        places: list[tuple[KeyPath, Sequence[str]]] = [((f"{side}_key",), getattr(config, f"{side}_key") or ())]
        places += [(("fields", name, side), getattr(field, side)) for name, field in config.fields.items()]
        for path, names in places:
            for name in names:
                if name not in columns:
                    yield Fault(path, f"the file has no column {quoted(name)}{did_you_mean(name, columns)}")
