"""A table as it is looked at: typed columns with their kinds, their values counted once, and a bounded sample of a long one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from expectations.suggest.naming import sayable, trimmed
from reconcile.match.discovery.headers import concept_of, words_of
from reconcile.match.discovery.kinds import kind_of, looks
from reconcile.match.discovery.sample import sampled
from reconcile.records import KEY, RAW, SHAPES, Kind
from reconcile.values.columns import in_standard_form
from reconcile.values.standard import as_text

MOST_ROWS = 2_000_000
"""A longer table is judged by a sample of about half as many rows, except whether values are unique or known elsewhere."""
MOST_COLUMNS = 200
"""Pairs of columns are looked at among so many columns, the first ones of the file."""
TYPED = (Kind.DATE, Kind.DATETIME, Kind.MONEY, Kind.QUANTITY)
NUMBERS = (Kind.MONEY, Kind.QUANTITY)
DATES = (Kind.DATE, Kind.DATETIME)
_READABLE = 0.9
"""So many of the values of a text column must be numbers, or dates, for it to be read as such."""
_ALL_VALUES, _FEWEST_VALUES = 1_000_000, 2_000
"""Different values of all columns together that are looked at one by one; of each column at least so many."""
_SEED = 20_260_101
_NAMING = (
    "id",
    "key",
    "no",
    "nr",
    "number",
    "num",
    "code",
    "uuid",
    "guid",
    "pk",
    "sku",
    "ean",
    "gtin",
    "isbn",
    "zip",
    "plz",
    "year",
)
"""Last words of names under which whole numbers are no amounts."""


@dataclass(frozen=True)
class Column:
    """One column: its values as rules see them, and as they stand in the file."""

    name: str
    kind: Kind
    values: pl.Series = field(repr=False)
    """Typed."""
    raw: pl.Series = field(repr=False)
    """As text."""
    typed: bool
    """Whether it had to be read as something other than text."""

    @property
    def rows(self) -> int:
        """All rows."""
        return len(self.values)

    @cached_property
    def filled(self) -> int:
        """Rows with a value."""
        return self.rows - self.values.null_count()

    @property
    def share(self) -> float:
        """Share of the rows with a value, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0

    @cached_property
    def counts(self) -> pl.DataFrame:
        """Columns value (text) and n: each value that is there, the most frequent first."""
        there = self.raw.drop_nulls().alias("value").to_frame()
        return there.group_by("value").agg(pl.len().alias("n")).sort("n", "value", descending=[True, False])

    def looked_at(self, most: int) -> pl.DataFrame:
        """Of `counts` all, or so many: half of them the most frequent, the others chosen by their content."""
        if self.counts.height <= most:
            return self.counts
        rest = self.counts.slice(most // 2).with_columns(at=pl.col("value").hash(_SEED))
        return pl.concat([self.counts.head(most // 2), rest.bottom_k(most - most // 2, by=["at", "value"]).drop("at")])

    @property
    def distinct(self) -> int:
        """Different values."""
        return self.counts.height

    @property
    def text(self) -> bool:
        """Whether rules see text."""
        return self.values.dtype == pl.String

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return words_of(self.name)

    @cached_property
    def concept(self) -> str:
        """What its name is about, such as phone; empty if it says nothing."""
        found = concept_of(self.name)
        return found.name if found else ""

    @property
    def names_records(self) -> bool:
        """Whether its name says that it holds ids: its own or those of another table."""
        return bool(self.words) and (self.words[-1] in ("id", "key", "uuid", "guid", "pk") or self.concept == "id")


@dataclass(frozen=True)
class Table:
    """One entity of one side, or one file."""

    entity: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame = field(repr=False)
    """Typed columns with `raw:` beside them: what a check of the same data sees; of a long table the sample."""
    whole: pl.DataFrame = field(repr=False)
    """The same, all rows."""
    kinds: Mapping[str, Kind]
    """What a suite for the file must say."""
    now: dt.datetime
    normalised: bool
    """Whether it comes from a project: values in standard form."""
    unsayable: tuple[str, ...] = ()
    """Columns that no suite can name."""

    @property
    def rows(self) -> int:
        """Rows of the whole table."""
        return self.whole.height

    @property
    def values_each(self) -> int:
        """So many different values of a column are looked at one by one: fewer where the table is wide."""
        return max(_FEWEST_VALUES, _ALL_VALUES // max(len(self.columns), 1))

    @property
    def is_sample(self) -> bool:
        """Whether only some of the rows are looked at."""
        return self.frame.height < self.whole.height


def table_of_file(frame: pl.DataFrame, entity: str, now: dt.datetime) -> Table:
    """A file's table; columns as they stand in it, of flat types. Those with a canonical name of `entity` hold what that says."""
    there = frame.select(pl.exclude(KEY)) if KEY in frame.columns else frame
    flat = there.with_columns(pl.selectors.float().fill_nan(None))  # rules take it for missing
    canonical = SHAPES[entity].fields if entity in SHAPES else {}
    looked = _sample(flat)
    kinds: dict[str, Kind] = {}
    found = kinds_of(looked)
    for name in flat.columns:
        kind = canonical.get(name) or found[name]
        if (
            sayable(name)
            and trimmed(name)
            and name not in canonical
            and kind in TYPED
            and looked.schema[name] == pl.String
            and _readable(looked[name], kind)
        ):
            kinds[name] = kind
    known = {**kinds, **{name: kind for name, kind in canonical.items() if name in flat.columns}}
    whole = _typed(flat, known)
    sample = _typed(looked, known) if looked is not flat else whole
    return _table(entity, flat.columns, sample, whole, {**found, **known}, kinds, now, normalised=False)


def with_references(table: Table, names: Collection[str]) -> Table:
    """The table of a file with these columns read as references: as text, whatever else their values look like."""
    canonical = SHAPES[table.entity].fields if table.entity in SHAPES else {}
    turned = {name for name in names if name not in canonical and (name in table.kinds or table.whole.schema[name] != pl.String)}

    def formed(frame: pl.DataFrame) -> pl.DataFrame:
        raw = [as_text(pl.col(n), frame.schema[n]).alias(RAW + n) for n in turned if RAW + n not in frame.columns]
        there = frame.with_columns(raw)
        return there.with_columns(in_standard_form(there[RAW + name], Kind.REFERENCE).alias(name) for name in turned)

    sample = formed(table.frame)
    whole = formed(table.whole) if table.is_sample else sample
    columns = tuple(
        replace(one, kind=Kind.REFERENCE, values=sample[one.name], typed=one.typed or one.name in turned)
        if one.name in names
        else one
        for one in table.columns
    )
    kinds = {**table.kinds, **dict.fromkeys(sorted(turned), Kind.REFERENCE)}
    return replace(table, columns=columns, frame=sample, whole=whole, kinds=kinds)


def table_of_entity(frame: pl.DataFrame, entity: str, kinds: Mapping[str, Kind], now: dt.datetime) -> Table:
    """An entity's table from its normalised frame, whose canonical fields hold `kinds`; technical columns are left out."""
    fields = [name for name in frame.columns if name in kinds and not frame.schema[name].is_nested()]
    looked = _sample(frame)
    return _table(entity, fields, looked, frame, kinds, {}, now, normalised=True)


def _table(
    entity: str,
    names: list[str],
    sample: pl.DataFrame,
    whole: pl.DataFrame,
    found: Mapping[str, Kind],
    kinds: Mapping[str, Kind],
    now: dt.datetime,
    *,
    normalised: bool,
) -> Table:
    columns = []
    for name in filter(sayable, names):
        values = sample[name]
        text = RAW + name if RAW + name in sample.columns and not normalised else name
        raw = (
            sample[text] if sample.schema[text] == pl.String else sample.select(as_text(pl.col(text), sample.schema[text]))[text]
        )
        columns.append(Column(name, found[name], values, raw.alias(name), name in kinds))
    unsayable = tuple(name for name in names if not sayable(name))
    return Table(entity, tuple(columns), sample, whole, kinds, now, normalised, unsayable)


def _typed(frame: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.DataFrame:
    """As `reconcile check` reads the file once the suite says what its columns hold."""
    raw = [as_text(pl.col(name), frame.schema[name]).alias(RAW + name) for name in kinds]
    return frame.with_columns(raw).with_columns(in_standard_form(frame[name], kind).alias(name) for name, kind in kinds.items())


def _sample(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, or rows of it that their own content chooses, so that their order has no say."""
    if frame.height <= MOST_ROWS:
        return frame
    share = MOST_ROWS / 2 / frame.height
    content = pl.struct(frame.columns[:16]).hash(_SEED)
    return frame.filter(content < int(2**64 * share))


def kinds_of(frame: pl.DataFrame) -> dict[str, Kind]:
    """What each column holds, from its name and values; whole numbers that name nothing are quantities."""
    columns = [sampled(frame, name, place, tidied=False) for place, name in enumerate(frame.columns)]
    out = {}
    for column, look in zip(columns, looks(columns), strict=True):
        kind = kind_of(column, look)
        numeric = column.dtype.is_numeric() or look.share["integer"] + look.share["decimal"] >= _READABLE
        if (
            numeric
            and kind not in (*TYPED, Kind.PHONE, Kind.POSTAL_CODE, Kind.TAX_ID, Kind.BOOLEAN)
            and _measures(column.name, frame)
        ):
            kind = Kind.QUANTITY
        if kind in NUMBERS and not column.dtype.is_numeric() and _is_number_of_something(column.name):
            kind = Kind.IDENTIFIER
        out[column.name] = kind
    return out


def _is_number_of_something(name: str) -> bool:
    words = words_of(name)
    return bool(words) and words[-1] in _NAMING


def _measures(name: str, frame: pl.DataFrame) -> bool:
    """Whether whole numbers are counts of something: nothing in the name says that they name it, and they vary."""
    column = frame[name]
    if _is_number_of_something(name) or ((found := concept_of(name)) and found.name in ("id", "model", "house_number")):
        return False
    if column.dtype == pl.String and (column.str.contains(r"^\s*0\d").any() or _of_one_length(column)):
        return False
    distinct = column.drop_nulls().n_unique()
    return distinct >= _VARIED and distinct < column.len() - column.null_count()


def _of_one_length(column: pl.Series) -> bool:
    """Whether all have the same number of digits, as 1000001 and 1000002: numbers of something."""
    lengths = column.drop_nulls().str.len_chars()
    return lengths.n_unique() == 1 and int(lengths[0]) >= _DIGITS


_VARIED = 10
_DIGITS = 5
"""Fewer digits are the same in many amounts."""


def _readable(column: pl.Series, kind: Kind) -> bool:
    filled = column.len() - column.null_count()
    read = in_standard_form(column, kind)
    return filled > 0 and read.len() - read.null_count() >= _READABLE * filled
