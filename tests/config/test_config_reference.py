"""The reference page and the editor's schema follow the models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from reconcile.config.load import load
from reconcile.config.reference import page
from reconcile.config.schema import json_schema

ROOT = Path(__file__).parents[2]


def test_the_page_is_up_to_date():
    shown = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert shown == page(), "run: python -m reconcile.config.reference docs/configuration.md"


def test_the_example_of_the_page_is_valid(tmp_path):
    file = tmp_path / "reconcile.yaml"
    file.write_text(re.search(r"```yaml\n(.*?)```", page(), re.DOTALL)[1], encoding="utf-8")
    assert load(file, {}).project == "Customers of two systems"


@pytest.mark.parametrize("file", ["project", "match", "diff"])
def test_every_key_is_described(file):
    whole = json_schema(file)
    for model in (whole, *whole["$defs"].values()):
        for name, value in model.get("properties", {}).items():
            assert value.get("description") or "$ref" in value, f"{model.get('title')}.{name}"


def test_the_schema_accepts_what_the_loader_accepts(good):
    validator = jsonschema_validator()
    for text in (good, (ROOT / "reconcile/sandbox/reconcile.yaml").read_text(encoding="utf-8")):
        assert [error.message for error in validator.iter_errors(yaml.safe_load(text))] == []
    assert list(validator.iter_errors(yaml.safe_load(good.replace("project:", "projekt:"))))
    assert list(validator.iter_errors(yaml.safe_load(good.replace("connector: files", "connector: file"))))


@pytest.mark.parametrize("file", ["match", "diff"])
def test_the_schema_accepts_the_example_of_its_page(file):
    validator = jsonschema_validator(file)
    text = (ROOT / f"docs/{file}.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "crm_key:" in block)
    assert [error.message for error in validator.iter_errors(yaml.safe_load(example))] == []
    assert list(validator.iter_errors(yaml.safe_load(example.replace("crm_key:", "crm_kye:"))))
    assert list(validator.iter_errors(yaml.safe_load(example.replace("type: company_name", "type: firm_name"))))


def jsonschema_validator(file="project"):
    from jsonschema import Draft202012Validator  # noqa: PLC0415 # heavy, and of few tests

    Draft202012Validator.check_schema(json_schema(file))
    return Draft202012Validator(json_schema(file))
