"""Every connector that a configuration may name can be made, and making one sends and opens nothing."""

from __future__ import annotations

from typing import get_args

import pytest

from reconcile.config.models import System
from reconcile.connect.registry import CONNECTORS, connect

NAMED = get_args(System.model_fields["connector"].annotation)


def test_the_configuration_and_the_registry_name_the_same():
    assert set(NAMED) == set(CONNECTORS)


@pytest.mark.parametrize("kind", NAMED)
def test_a_connector_is_made_from_its_system(kind, tmp_path):
    place = {"path": "data"} if kind == "files" else {"url": "http://127.0.0.1:9"}
    connector = connect("mine", System(role="crm", connector=kind, **place), tmp_path)
    assert connector.name == "mine"
    connector.close()
