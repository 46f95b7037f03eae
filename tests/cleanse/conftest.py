"""The small list, cleaned through the real normaliser."""

from __future__ import annotations

import polars as pl
import pytest
from tests_cleanse_data import ENTITY, SYSTEM, snapshot

from reconcile.cleanse import cleanse, rules_for
from reconcile.normalise import normalise
from reconcile.records import Role


@pytest.fixture
def raw() -> pl.DataFrame:
    return snapshot()


@pytest.fixture
def clean():
    """Cleans a snapshot of the small list."""

    def run(raw, *, similar=None, language="en", required=None, limits=None):
        normalised = normalise(raw, "customers", ENTITY, Role.CRM, SYSTEM)
        return cleanse(
            normalised,
            rules_for("customers", ENTITY, Role.CRM, required=required, limits=limits),
            raw=raw,
            similar=similar,
            language=language,
        )

    return run
