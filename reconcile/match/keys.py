"""Shared keys: an equal value that stands once on each side is the same record, unless all else contradicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from reconcile.match.candidates.blocking import PAIR
from reconcile.match.rows import ENDS
from reconcile.match.scheme import Scheme
from reconcile.match.scoring.column import Column
from reconcile.match.scoring.forms import families, match_forms
from reconcile.match.scoring.levels import UNKNOWN, levels
from reconcile.records import Kind
from reconcile.values import comparable

KEYED = pl.Schema({"l": pl.UInt32, "r": pl.UInt32, "rung": pl.String})
"""Row numbers of both sides, and which key: `key:` and its fields."""

_LARGEST = 200
"""Records of one frame that may share a key; what more share is a filler."""
_FEWEST_AGAINST = 2
"""So many other fields at least must be known, and all differ, for a key to be doubted."""
_UNTELLING = (Kind.BOOLEAN, Kind.CODE, Kind.CURRENCY, Kind.UNIT, Kind.COUNTRY)
"""Kinds of so few values that agreement in them defends no key, and disagreement attacks none."""


def key_forms(frame: pl.DataFrame, kinds: Mapping[str, Kind], keys: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Columns i (row number) and one for each key, named as its rung: the values of its fields, null where one is missing.

    Args:
        frame: the fields in standard form.
        kinds: the kind of each field.
        keys: fields that count together.
    """
    return frame.select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("i"),
        *(pl.concat_str([_form(kinds[name], name) for name in key], separator="\u001f").alias(rung_of(key)) for key in keys),
    )


def rung_of(key: Sequence[str]) -> str:
    """What a link says that this key has made."""
    return "key:" + "+".join(key)


def _form(kind: Kind, name: str) -> pl.Expr:
    text = comparable(kind, pl.col(name)).cast(pl.String)
    return pl.when(text != "").then(text)


def by_keys(
    left: pl.DataFrame,
    right: pl.DataFrame,
    kinds: Mapping[str, Kind],
    keys: Sequence[Sequence[str]],
    linked: pl.DataFrame | None = None,
    apart: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Pairs that share a key which stands once on each side, among the records that have no link yet.

    Args:
        left: the key's fields of one side in standard form.
        right: the same of the other side.
        kinds: the kind of each field.
        keys: the surest first.
        linked: l, r: pairs that are linked already.
        apart: l, r: pairs that are not the same whatever they share.

    Returns:
        KEYED; no record twice.
    """
    forms = [key_forms(frame, kinds, keys) for frame in (left, right)]
    found, taken = KEYED.to_frame(), (PAIR.to_frame() if linked is None else linked.select(ENDS))
    for rung in (rung_of(key) for key in keys):
        sides = [
            form.select("i", v=rung).drop_nulls().join(taken.select(i=end), on="i", how="anti").filter(pl.col("v").is_unique())
            for form, end in zip(forms, ENDS, strict=True)
        ]
        pairs = sides[0].join(sides[1], on="v").select(l="i", r="i_right", rung=pl.lit(rung))
        if apart is not None:
            pairs = pairs.join(apart, on=ENDS, how="anti")
        found = pl.concat([found, pairs])
        taken = pl.concat([taken, pairs.select(ENDS)])
    return found.sort(ENDS)


def contradicted(pairs: pl.DataFrame, left: pl.DataFrame, right: pl.DataFrame, kinds: Mapping[str, Kind]) -> pl.Series:
    """Whether everything else that is known of a pair with the same key speaks against it.

    Args:
        pairs: KEYED.
        left: the fields of one side in standard form, and KEY.
        right: the same of the other side.
        kinds: the fields that may speak; a pair's own key does not.

    Returns:
        One Boolean for each pair.
    """
    scheme = Scheme({name: kind for name, kind in kinds.items() if kind not in _UNTELLING})
    doubted = pl.Series(values=[False], dtype=pl.Boolean).new_from_index(0, pairs.height)
    if len(scheme.fields) < _FEWEST_AGAINST or pairs.is_empty():
        return doubted
    sides = [match_forms(frame[pairs[end]], scheme) for frame, end in zip((left, right), ENDS, strict=True)]
    others = list(scheme.fields)
    same = pl.DataFrame([(sides[0][name] == sides[1][name]).alias(name) for name in others])
    own = pairs.select(
        (pl.lit("+") + pl.col("rung").str.strip_prefix("key:") + "+").str.contains(f"+{name}+", literal=True).alias(name)
        for name in others
    )
    speaks = same.select(pl.when(~own[name]).then(pl.col(name)).alias(name) for name in others)
    known = speaks.select(pl.sum_horizontal(pl.all().is_not_null())).to_series() >= _FEWEST_AGAINST
    open_ = (known & ~speaks.select(pl.any_horizontal(pl.all().fill_null(value=False))).to_series()).arg_true()
    if open_.is_empty():
        return doubted
    unlike = open_.is_not_null()
    kinds_of = families(left, right, scheme)
    for name in others:
        column = Column(sides[0][name]), Column(sides[1][name])
        level = levels(kinds_of[name], scheme.fields[name], column, (open_.to_numpy(), open_.to_numpy()))
        unlike &= pl.Series((level == 0) | (level == UNKNOWN)) | own[name].gather(open_)
    return doubted.scatter(open_.filter(unlike), values=True)


def same_key(frame: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Pairs inside one frame that share a key, unless all else contradicts: columns l, r with l < r.

    Args:
        frame: KEY and the scheme's fields in standard form.
        scheme: says which keys there are.
    """
    form = key_forms(frame, scheme.fields, scheme.keys)
    found = [KEYED.to_frame()]
    for rung in form.columns[1:]:
        shared = form.select("i", v=rung).drop_nulls().filter(pl.len().over("v").is_between(2, _LARGEST))
        pairs = shared.join(shared, on="v").filter(pl.col("i") < pl.col("i_right"))
        found.append(pairs.select(l="i", r="i_right", rung=pl.lit(rung)))
    pairs = pl.concat(found).unique(["l", "r"], keep="first", maintain_order=True)
    return pairs.filter(~contradicted(pairs, frame, frame, scheme.fields)).select(ENDS).sort("l", "r")
