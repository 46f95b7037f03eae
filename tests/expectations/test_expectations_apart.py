"""Suites in a process of their own give the same answers, survive its loss, and leave nothing behind."""

import polars as pl
import pytest
from expectation_frames import normalised

from expectations import Suites
from expectations.apart import Apart
from reconcile.records import Role
from reconcile.results import Check

FRAME = normalised("customers", {"a": {}, "b": {"city": None, "raw:status": "Prospect"}, "名": {"email": "x"}})
CODES = {Role.CRM: {"customers": {"raw:status": ("01",), "raw:payment_terms": ("0030",)}}}


@pytest.fixture
def suites(tmp_path):
    return Suites.load({}, tmp_path, codes=CODES)


def _same(left, right):
    return left.checks.equals(right.checks) and left.findings.equals(right.findings) and left.notes == right.notes


def test_the_same_answers_in_any_folder_and_after_the_child_is_lost(suites, tmp_path, monkeypatch):
    (tmp_path / "expectations.py").write_text("raise SystemExit('hides the package')\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    expected = [suites("customers", role, FRAME) for role in Role]
    with Apart(suites) as apart:
        check: Check = apart
        child = apart.child._child
        assert [_same(check("customers", role, FRAME), one) for role, one in zip(Role, expected, strict=True)] == [True, True]
        assert apart.child._child is child
        assert child.poll() is None
        child.kill()
        assert _same(check("customers", Role.CRM, FRAME), expected[0])
        assert apart.child._child is None
        assert check("unheard_of", Role.CRM, pl.DataFrame({"_key": ["a"]})).checks.is_empty()
    assert child.poll() is not None


def test_closing_does_not_wait_for_the_import(suites):
    apart = Apart(suites)
    child = apart.child._child
    apart.close()
    apart.close()
    assert child.poll() is not None
