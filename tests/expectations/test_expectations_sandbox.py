"""The suites of the product have nothing against the sandbox's company before anything in it is damaged."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from expectations import Suites
from expectations.load import packaged_suites
from reconcile.config.models import ProjectConfig
from reconcile.normalise.records import normalise
from reconcile.records import Role
from reconcile.sandbox.data import generate

ROOT = Path(__file__).parents[2]
ADDRESS = "to_BusinessPartnerAddress"


@pytest.fixture(scope="module")
def company():
    return generate(7, customers=300, contacts=400, products=80, orders=500)


@pytest.fixture(scope="module")
def config():
    return ProjectConfig.model_validate(yaml.safe_load((ROOT / "reconcile/sandbox/reconcile.yaml").read_text(encoding="utf-8")))


def _snapshot(tables, name):
    """One object's rows, with the address that the ERP keeps apart."""
    if name != "A_BusinessPartner":
        return tables[name]
    addresses = tables[f"{name}Address"].unique("BusinessPartner")
    renamed = addresses.select("BusinessPartner", pl.exclude("BusinessPartner").name.prefix(f"{ADDRESS}/"))
    return tables[name].join(renamed, on="BusinessPartner", how="left")


@pytest.mark.parametrize("entity", packaged_suites())
def test_a_company_in_order_passes(entity, company, config):
    suites = Suites.of(config, ROOT)
    for role in Role:
        spec = config.entities[entity]
        raw = _snapshot(getattr(company, role.value), getattr(spec, role.value).object)
        frame = normalise(raw, entity, spec, role, config.system(role)).frame
        result = suites(entity, role, frame)
        assert result.notes == ()
        assert result.checks.filter(~pl.col("success")).select("rule", "failed").rows() == []
        assert result.checks["evaluated"].max() == raw.height
