"""`reconcile diff` on one page: open both files, pair records by their keys, compare column by column, write what differs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reconcile.compare.cells import HARMLESS, Cells, Field, Sides, Wanted, compared
from reconcile.compare.keyed import Paired, Two, paired
from reconcile.compare.listing import listed
from reconcile.progress import Progress
from reconcile.records import Kind
from reconcile.standalone.field_kinds import kind_found
from reconcile.standalone.fields import Finding, Plan, plain_name, planned, write_plan
from reconcile.standalone.files import check_output, write
from reconcile.standalone.tables import Table, opened
from reconcile.values.standard import as_text


@dataclass(frozen=True)
class Asked:
    """What a comparison was asked for."""

    left: Path
    right: Path
    out: Path
    keys: Sequence[str] = ()
    """`COLUMN`, or `LEFT=RIGHT`; several make a key together."""
    config: Path | None = None
    write_to: Path | None = None
    exact: bool = False
    """Only what is written the same is equal."""
    harmless: bool = False
    """List cells that are equal by a rule, too."""


@dataclass(frozen=True)
class Diffed:
    """What came of it."""

    table: pl.DataFrame
    """listing.DIFFERENCES, as written."""
    records: tuple[int, int]
    """Rows of each file."""
    pairs: Paired
    cells: tuple[Cells, ...]
    """What became of each field, by name."""
    findings: tuple[Finding, ...]
    """Columns that were not compared, and why."""
    seconds: float

    @property
    def compared(self) -> int:
        """Cells that were compared."""
        return sum(int(each.counts["cells"].sum()) for each in self.cells)

    @property
    def as_written(self) -> int:
        """Cells that are equal as they stand."""
        return sum(int(each.counts.filter(pl.col("reason").is_null())["cells"].sum()) for each in self.cells)

    @property
    def by_rule(self) -> int:
        """Cells that are equal by their field's rule."""
        told = pl.col("verdict").is_in(HARMLESS) & pl.col("reason").is_not_null()
        return sum(int(each.counts.filter(told)["cells"].sum()) for each in self.cells)

    @property
    def open(self) -> bool:
        """Whether anything differs, or could not be compared."""
        harmless = self.table["verdict"].is_in(HARMLESS)
        return not bool(harmless.all()) or any(finding.open for finding in self.findings)


def diff_files(asked: Asked, *, environ: Mapping[str, str], progress: Progress) -> Diffed:
    """Compare the records of two files that have the same key, and write DIFFERENCES to `asked.out`.

    Raises:
        ConfigError: a file, the configuration, a key or a name is wrong.
        StoreUnwritable: the result can't be written.
    """
    begun = time.perf_counter()
    check_output(asked.out, (asked.left, asked.right))
    with progress.step("read"):
        left, right = opened(asked.left), opened(asked.right)
        plan = planned((left, right), asked.keys, asked.config, environ)
        keys = (left.columns(plan.keys[0]), right.columns(plan.keys[1]))
    with progress.step("pair records"):
        pairs = paired(*keys, exact=asked.exact)
    with progress.step("compare columns", len(plan.fields)) as step:
        wanted = Wanted(kind_found, exact=asked.exact, harmless=asked.harmless)
        sides = _sides(plan, left, right)
        cells = compared(plan.fields, pairs, sides, wanted, step)
    with progress.step("write"):
        table = listed(cells, pairs, _written_keys(*keys))
        if asked.write_to is not None:
            write_plan(plan, cells, asked.write_to)
        write(table, asked.out, "differences")
    unfit = [Finding("types", each.field.crm, each.types, each.field.erp) for each in cells if each.types is not None]
    done = tuple(sorted((each for each in cells if each.types is None), key=lambda each: each.field.name))
    records = (keys[0].height, keys[1].height)
    return Diffed(table, records, pairs, done, (*plan.findings, *unfit), time.perf_counter() - begun)


_PLACES = (
    "housenumber", "street", "street2", "address2", "postalcode", "postcode", "zip", "zipcode", "plz", "city", "town", "ort",
    "district", "region", "state", "province", "country", "land", "城市", "省", "邮编", "国家",
)  # fmt: skip  # a table
"""Names of columns in which a side may keep a part of an address."""
_READ_BY = {
    Kind.COUNTRY: ("country", "countrycode", "land", "pays", "país", "国家"),
    Kind.CURRENCY: ("currency", "currencycode", "währung", "devise", "moneda", "币种"),
}
"""Names of columns by which other columns of the record are read, where nobody has said what they hold."""


def _sides(plan: Plan, left: Table, right: Table) -> Sides:
    def by_which(kind: Kind) -> Field | None:
        named = [field for field in plan.fields if field.kind is kind]
        return next((f for f in (*named, *plan.fields) if f in named or plain_name(f.name) in _READ_BY[kind]), None)

    crm, erp = (
        [name for name in table.names if plain_name(name) in _PLACES and name not in table.nested] for table in (left, right)
    )
    places = (tuple(crm), tuple(erp))
    read_by = (by_which(Kind.COUNTRY), by_which(Kind.CURRENCY))
    also = [field for field in read_by if field is not None]
    columns = (_kept(left, {*crm, *(field.crm for field in also)}), _kept(right, {*erp, *(field.erp for field in also)}))
    return Sides(columns, plan.readings, *read_by, places)


def _kept(table: Table, names: Collection[str]) -> Callable[[str], pl.Series]:
    """Columns of a table, of which these, that other columns are read by, are kept once they were read."""
    kept: dict[str, pl.Series] = {}

    def column(name: str) -> pl.Series:
        if name not in names:
            return table.column(name)
        if name not in kept:
            kept[name] = table.column(name).rechunk()
        return kept[name]

    return column


def _written_keys(crm: pl.DataFrame, erp: pl.DataFrame) -> Two:
    """The keys as the result writes them: integers where both files have such, text otherwise, parts joined by `/`."""
    if crm.width == 1 and all(key.to_series().dtype.is_integer() for key in (crm, erp)):
        return crm.to_series().cast(pl.Int64), erp.to_series().cast(pl.Int64)
    return _joined(crm), _joined(erp)


def _joined(key: pl.DataFrame) -> pl.Series:
    parts = [as_text(pl.col(name), dtype) for name, dtype in key.schema.items()]
    whole = pl.concat_str(parts, separator="/")
    return key.select(key=pl.when(whole != "").then(whole)).to_series()
