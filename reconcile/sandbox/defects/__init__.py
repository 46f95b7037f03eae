"""Damages the sandbox's company in named ways and logs each, so that what a run finds can be held against what was done.

`missing` has records that one side lacks or has twice, `values` has differing values, `damage` keeps the books.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from reconcile.sandbox.company import Company
from reconcile.sandbox.defects import missing, values
from reconcile.sandbox.defects.damage import Damage


def plant(company: Company, seed: int, now: dt.datetime) -> tuple[Company, pl.DataFrame]:
    """The damaged company and the log (PLANTED columns). `now` is aware; some records change seconds before it, harmlessly."""
    damage = Damage(company, seed, now)
    missing.customers(damage)
    missing.contacts_and_products(damage)
    missing.documents(damage)
    missing.created_seconds_ago(damage)
    missing.orphans(damage)
    missing.duplicates(damage)
    values.wrong_values(damage)
    values.stale_addresses(damage)
    values.wrong_lines(damage)
    values.changed_seconds_ago(damage)
    return damage.result()


__all__ = ["plant"]
