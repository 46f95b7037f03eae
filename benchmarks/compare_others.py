"""What others take to compare two keyed files: one side of the comparison benchmark, each in an environment of its own.

    python compare_others.py floor|datacompy|diffly LEFT RIGHT OUT

`floor` reads both files with polars and joins them on the key, and writes nothing: who compares can hardly do less. `datacompy`
and `diffly` compare by equality alone and write the records that differ, and those of one side.
"""

from __future__ import annotations

import sys

import polars as pl

KEY = "id"


def floor(left: str, right: str, out: str) -> None:
    """Read and join."""
    del out
    pl.read_parquet(left).join(pl.read_parquet(right), on=KEY, how="full")


def datacompy(left: str, right: str, out: str) -> None:
    """Exact equality by datacompy."""
    from datacompy import PolarsCompare  # noqa: PLC0415 - in an environment of its own

    found = PolarsCompare(pl.read_parquet(left), pl.read_parquet(right), join_columns=[KEY])
    found.all_mismatch().write_parquet(out)
    found.df1_unq_rows.write_parquet(out + ".left")
    found.df2_unq_rows.write_parquet(out + ".right")


def diffly(left: str, right: str, out: str) -> None:
    """Exact equality by diffly, whose own tolerance for numbers is switched off."""
    from diffly import compare_frames  # noqa: PLC0415 - as above

    found = compare_frames(pl.read_parquet(left), pl.read_parquet(right), primary_key=KEY, abs_tol=0.0, rel_tol=0.0)
    found.joined_unequal().write_parquet(out)
    found.left_only().write_parquet(out + ".left")
    found.right_only().write_parquet(out + ".right")


if __name__ == "__main__":
    {"floor": floor, "datacompy": datacompy, "diffly": diffly}[sys.argv[1]](*sys.argv[2:5])
