"""The examples of docs/expectations.md are suites that load."""

import re
from pathlib import Path

import yaml

from expectations.catalogue import catalogue
from expectations.load import parse_suite
from expectations.suite import Rule, Suite
from reconcile.config.models import ProjectConfig

PAGE = (Path(__file__).parents[2] / "docs/expectations.md").read_text(encoding="utf-8")
BLOCKS = [re.sub(r"(?m)^   ", "", block) for block in re.findall(r"(?s)```yaml\n(.*?)\n *```", PAGE)]


def test_every_example_loads():
    suites = [parse_suite(block.encode(), Path("own.yaml")) for block in BLOCKS if "rules:" in block and "entity:" in block]
    assert [suite.entity for suite in suites] == ["shipments", "orders"]
    checks = [yaml.safe_load(block) for block in BLOCKS if block.startswith("checks:")]
    assert len(checks) == 2
    assert all("checks" in ProjectConfig.model_fields and set(one) == {"checks"} for one in checks)


def test_every_key_is_explained_in_both_languages():
    english, chinese = PAGE.split("## 中文", 1)
    for key in Rule.model_fields:
        assert f"| `{key}` |" in english
        assert f"| `{key}` |" in chinese
    assert all(f"`{key}`" in english for key in Suite.model_fields)


def test_the_expectations_of_the_table_exist():
    rows = re.findall(r"`(expect_\w+)` `(\{.*\})` \|", PAGE)
    assert len(rows) >= 9
    for name, kwargs in rows:
        rule = f"{{name: a, expect: {name}, kwargs: {kwargs}, severity: minor, message: {{en: a, zh: b}}}}"
        parse_suite(f"entity: a\nowner: b\nrules:\n  - {rule}\n".encode(), Path("own.yaml"))


def test_our_own_expectations_are_explained_in_both_languages():
    english, chinese = PAGE.split("## 中文", 1)
    for name in (name for name, entry in catalogue().items() if entry.dimension):
        assert f"`{name}`" in english
        assert f"`{name}`" in chinese
