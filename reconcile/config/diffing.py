"""What the file says that `reconcile diff` takes with `--config`, and how it is read.

Apart from the project's configuration, because two files need no systems, no store and no entities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from reconcile.config.document import Fault, KeyPath
from reconcile.config.equality import Equality
from reconcile.config.matching import Columns
from reconcile.config.model import Model, Name
from reconcile.config.plain import load_plain
from reconcile.config.wording import did_you_mean, quoted
from reconcile.records import Kind


class DiffField(Equality):
    """One field: where each file keeps it, what it holds, and when two of its values are equal."""

    crm: Name = Field(description="The column of the first file.")
    erp: Name | None = Field(None, description="The column of the second file; the same name if not given.")
    type: Kind | None = Field(None, description="What it holds; found from the values and the name if not given.")


class Writing(Model):
    """How one file writes: what can't be told from a value alone."""

    decimal: Literal[".", ",", "auto"] = Field("auto", description="The decimal mark of numbers that come as text.")
    day_first: bool | None = Field(
        None, description="Whether 03/04/2026 is the third of April; found from the column's other values if not given."
    )
    timezone: str = Field("UTC", description="Zone of times that carry none, such as Asia/Shanghai.")


class DiffConfig(Model):
    """What `reconcile diff` would find for itself; what is not given is found."""

    crm_key: Columns | None = Field(None, description="The columns that name a record in the first file. `--key` comes first.")
    erp_key: Columns | None = Field(None, description="The same of the second file; the same names if not given.")
    fields: dict[str, DiffField] = Field(
        default={},
        description="Fields that are not to be found: a name, and where it is. The other columns are found all the same.",
    )
    leave_out: tuple[Name, ...] = Field((), description="Columns that are not compared, of either file.")
    crm: Writing = Field(default=Writing(), description="How the first file writes.")  # type: ignore[call-arg]  # every key has a default
    erp: Writing = Field(default=Writing(), description="How the second file writes.")  # type: ignore[call-arg]  # as above


def load_diffing(path: Path, environ: Mapping[str, str], crm: Sequence[str], erp: Sequence[str]) -> DiffConfig:
    """The configuration in `path`, for files with these columns. Raises as `load_plain`."""
    file = load_plain(path, environ, DiffConfig, _faults)
    file.check(_unknown_columns(file.config, crm, erp))
    return file.config


def _faults(config: DiffConfig) -> Iterator[Fault]:
    keys = (config.crm_key, config.erp_key)
    if config.crm_key is None and config.erp_key is not None:
        yield Fault(("erp_key",), "`crm_key` is missing: the columns of the first file.")
    elif config.crm_key is not None and (not config.crm_key or len(config.crm_key) != len(keys[1] or config.crm_key)):
        yield Fault(("crm_key",), "a key has as many columns in one file as in the other, one at least.")


def _unknown_columns(config: DiffConfig, crm: Sequence[str], erp: Sequence[str]) -> Iterator[Fault]:
    for side, known, other in (("crm", crm, config.crm_key), ("erp", erp, config.erp_key)):
        places: list[tuple[KeyPath, Sequence[str]]] = [((f"{side}_key",), other or ())]
        for name, field in config.fields.items():
            column = field.crm if side == "crm" else field.erp or field.crm
            given = side == "crm" or field.erp is not None
            places.append((("fields", name, side if given else "crm"), (column,)))
        for path, names in places:
            for name in names:
                if name not in known:
                    whose = "first" if side == "crm" else "second"
                    yield Fault(path, f"the {whose} file has no column {quoted(name)}{did_you_mean(name, known)}")
    for name in config.leave_out:
        if name not in crm and name not in erp:
            yield Fault(("leave_out",), f"neither file has a column {quoted(name)}{did_you_mean(name, [*crm, *erp])}")
