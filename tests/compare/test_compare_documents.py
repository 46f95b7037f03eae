"""The page of rules names every kind and every reason, and no other."""

import re
from pathlib import Path

from reconcile.compare.equality import REASONS
from reconcile.records import Kind

PAGE = (Path(__file__).parents[2] / "docs" / "compare.md").read_text(encoding="utf-8")


def test_the_page_names_every_reason():
    assert sorted(code for code in REASONS if f"`{code}`" not in PAGE and code != "different") == []


def test_the_page_names_every_kind():
    table = PAGE[PAGE.index("## The rules of each kind") : PAGE.index("## What the configuration may add")]
    first = " ".join(re.findall(r"^\| ([^|]+)\|", table, re.MULTILINE))
    assert sorted(kind for kind in Kind if f"`{kind}`" not in first) == []
