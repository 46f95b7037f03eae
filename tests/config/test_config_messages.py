"""Every mistake that a person can make gets one message that says where, what and what to do; the table is mistakes.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from reconcile.config.load import load
from reconcile.errors import InvalidConfig

CASES = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_mistake_gets_its_message(good, environment, tmp_path, case):
    assert case["before"] in good
    file = tmp_path / "reconcile.yaml"
    file.write_text(good.replace(case["before"], case["after"], 1), encoding="utf-8")
    with pytest.raises(InvalidConfig) as caught:
        load(file, environment)
    assert [problem.text("") for problem in caught.value.problems] == [f":{line}" for line in case["messages"].splitlines()]
