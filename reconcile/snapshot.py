"""Pulls each entity of each system once into Parquet with a manifest; every later stage reads only these files.

A snapshot is written beside its final name and renamed when it is whole, so that one that exists is complete.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.checks import COLUMNS
from reconcile.config.models import ProjectConfig, Source, System
from reconcile.connect.port import Connector, ObjectShape
from reconcile.errors import NotInSystem, StoreUnwritable
from reconcile.progress import Progress
from reconcile.records import Role
from reconcile.results import Holds, Rules

BLOCK_BYTES = 1 << 20
_SHOWN = 200
"""Characters of a header in a message."""


@dataclass(frozen=True)
class Manifest:
    """What a snapshot is: one entity of one system at one time."""

    system: str
    entity: str
    object: str
    key: tuple[str, ...]
    fields: tuple[str, ...]
    rows: int
    sha256: str
    """Of the Parquet file."""
    watermark: str | None
    """The latest modification time in it, as the system wrote it."""
    taken_at: str
    """UTC, ISO 8601: when the reading began."""
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """All fields that the object has, also those that were not read, and what they hold; see `columns_of`."""


def missing_in(
    system: str, connector: Connector, entity: str, source: Source, fields: Sequence[str], where: str = ""
) -> list[str]:
    """One sentence for each object or field that the configuration names and the system lacks, from metadata alone.

    `where` says where the objects of the system were looked for.
    """
    shape = connector.describe(source)
    if shape is None:
        return [f"{system} has no object {source.object!r} (entities.{entity}).{where}"]
    if len(shape.fields) == 1 and not shape.relations and not shape.fields.issuperset(fields):
        only = next(iter(shape.fields))[:_SHOWN]
        return [f"{system}: {source.object} has one column only, {only!r} (entities.{entity}). Check its `delimiter:`."]
    return [
        f"{system}: {source.object} has no field {field!r} (entities.{entity}).{_nearest(field, shape)}"
        for field in fields
        if not has_field(shape, field)
    ]


def has_field(shape: ObjectShape, field: str) -> bool:
    """Whether an object has a field or, for `Relation.Field` and `relation/Field`, the relation has it."""
    if field in shape.fields:
        return True
    for mark in "/.":
        relation, found, inner = field.partition(mark)
        if found and inner in shape.relations.get(relation, ()):
            return True
    return False


def _nearest(field: str, shape: ObjectShape) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only when there is something to say

    paths = [f"{relation}/{inner}" for relation, inners in shape.relations.items() for inner in inners]
    near = get_close_matches(field, [*shape.fields, *paths], n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def check_shapes(
    config: ProjectConfig, connectors: dict[str, Connector], wanted: Sequence[tuple[str, str, Source, list[str]]]
) -> None:
    """Raise NotInSystem for all that the systems lack, before any record is read.

    Args:
        config: the project.
        connectors: by system name.
        wanted: (system name, entity, source, source fields).
    """
    missing = [
        sentence
        for system, entity, source, fields in wanted
        for sentence in missing_in(
            config.systems[system].title or system, connectors[system], entity, source, fields, _looked_in(config.systems[system])
        )
    ]
    if missing:
        raise NotInSystem(missing)


def rules_of(connector: Connector, source: Source) -> Rules:
    """What the system demands of the fields of an object, from metadata alone; nothing where it does not say."""
    shape = connector.describe(source)
    return shape.rules if shape else {}


def columns_of(shape: ObjectShape, read: Mapping[str, pl.DataType]) -> dict[str, str | None]:
    """What an object has: field to what it holds, in the words of `Holds`, sorted by name.

    The metadata says it, else the type in which it was `read`; where neither does, it is None. Fields behind a relation belong
    to another object and are left out.
    """
    behind = tuple(f"{relation}{mark}" for relation in shape.relations for mark in "/.")
    names = sorted(name for name in shape.fields if not name.startswith(behind))
    told = {name: rule.holds for name, rule in shape.rules.items() if rule.holds is not None}
    return {name: str(told[name]) if name in told else _held(read.get(name)) for name in names}


def _held(dtype: pl.DataType | None) -> str | None:
    """One word for all numbers: whether a file's have a fraction changes from day to day."""
    if dtype is None:
        return None
    if dtype.is_numeric():
        return str(Holds.NUMBER)
    named = {pl.String: Holds.TEXT, pl.Boolean: Holds.BOOLEAN, pl.Date: Holds.DATE, pl.Datetime: Holds.DATETIME}
    return next((str(word) for kind, word in named.items() if dtype == kind), None)


def columns(manifests: Mapping[Role, Iterable[Manifest]], since: dt.datetime) -> pl.DataFrame:
    """The columns of the objects that snapshots were taken of: COLUMNS."""
    rows = [
        (one.entity, str(role), one.object, name, holds, since)
        for role, taken in manifests.items()
        for one in taken
        for name, holds in one.columns.items()
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _looked_in(system: System) -> str:
    return f" It was looked for in the folder {system.path!r}, from the configuration file on." if system.path else ""


def take(
    connector: Connector, system: str, entity: str, source: Source, fields: Sequence[str], folder: Path, progress: Progress
) -> Manifest:
    """Read one entity of one system into `folder/system/entity.parquet` and its manifest; return the manifest.

    Pages are written as they come, so that memory holds one page. Raises what the connector raises, and StoreUnwritable.
    """
    place = folder / system
    target = place / f"{entity}.parquet"
    begun = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    partial = target.with_suffix(".partial")
    try:
        place.mkdir(parents=True, exist_ok=True)
        with progress.step(f"{system}: {entity}", connector.count(source)) as step:
            rows, watermark = 0, None
            read: dict[str, pl.DataType] = {}
            writer: pq.ParquetWriter | None = None
            for page in connector.read(source, fields):
                table = page.to_arrow(compat_level=pl.CompatLevel.oldest())
                if writer is None:
                    writer = pq.ParquetWriter(partial, _nullable(table.schema), compression="zstd", compression_level=1)
                writer.write_table(table.cast(writer.schema))
                rows += page.height
                read |= {name: page.schema[name] for name in page.columns if page[name].null_count() < page.height}
                watermark = _later(watermark, page, source.modified)
                step.advance(page.height)
            if writer is None:
                pl.DataFrame(schema=dict.fromkeys(fields, pl.String)).write_parquet(partial)
            else:
                writer.close()
        shape = connector.describe(source)
        there = columns_of(shape, read) if shape else {}
        told = (tuple(fields), rows, _sha256(partial), watermark, begun, there)
        manifest = Manifest(system, entity, source.object, source.key, *told)
        target.with_suffix(".json").write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8")
        partial.rename(target)
    except OSError as error:
        raise StoreUnwritable(place, error.strerror or str(error)) from error
    return manifest


def _nullable(schema: pa.Schema) -> pa.Schema:
    """A first page whose column is all null says nothing of its type: text holds whatever comes."""
    return pa.schema([pa.field(f.name, pa.string() if pa.types.is_null(f.type) else f.type) for f in schema])


def _later(watermark: str | None, page: pl.DataFrame, modified: str | None) -> str | None:
    if not modified or page.is_empty():
        return watermark
    latest = page[modified].max()
    text = str(latest) if latest is not None else None
    return max(filter(None, (watermark, text)), default=None)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def load(folder: Path, system: str, entity: str) -> pl.DataFrame:
    """The snapshot's rows, as they were read."""
    return pl.read_parquet(folder / system / f"{entity}.parquet")
