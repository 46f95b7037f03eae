"""The orders that the expectations benchmark judges: twelve columns, about one value in a hundred wrong."""

from __future__ import annotations

import polars as pl

SEED = 20260731


def frame(rows: int, first: int = 0) -> pl.DataFrame:
    """Twelve columns of orders, in which about one value in a hundred is wrong; any piece can be made alone."""
    number = pl.int_range(first, first + rows, dtype=pl.Int64)
    draw = [number.hash(SEED + at) % 10_000 for at in range(12)]
    digits = number.cast(pl.String).str.zfill(9)
    return pl.select(number.alias("number")).select(
        pl.when(draw[0] < 60).then(number - 1).otherwise(number).alias("id"),
        pl.when(draw[1] < 100).then(None).otherwise(pl.concat_str(pl.lit("Customer "), digits)).alias("name"),
        pl.when(draw[2] < 50).then(pl.lit("lost?")).otherwise(_one_of(draw[2], "open", "paid", "sent", "void")).alias("status"),
        (draw[3] * 1.01 - 40).alias("amount"),
        pl.when(draw[4] < 90)
        .then(pl.lit("nobody(at)example.com"))
        .otherwise(pl.concat_str(pl.lit("m"), digits, pl.lit("@example.com")))
        .alias("email"),
        pl.when(draw[5] < 80).then(pl.lit("P1")).otherwise(pl.concat_str(pl.lit("P"), digits)).alias("code"),
        (draw[6] * 1.19 + pl.when(draw[7] < 70).then(-3000.0).otherwise(0.5)).alias("gross"),
        (draw[6] * 1.0).alias("net"),
        (draw[8] % 7 + 1).cast(pl.Int64).alias("quantity"),
        _one_of(draw[9], "CN", "DE", "FR", "US").alias("country"),
        (number // 4).alias("order"),
        pl.when(draw[10] < 40).then(0).otherwise(number % 4).cast(pl.Int32).alias("line"),
    )


def _one_of(draw: pl.Expr, *words: str) -> pl.Expr:
    return pl.lit(pl.Series(list(words))).gather((draw % len(words)).cast(pl.UInt32))
