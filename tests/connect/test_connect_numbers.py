"""A field of numbers takes a number to its last digit, and nothing that only looks like one."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reconcile.connect.numbers import number_of, whole_of
from reconcile.connect.port import Value


@pytest.mark.parametrize(
    ("value", "number"), [("0.10", "0.10"), (0.1, "0.1"), (" 7 ", "7"), ("123456789012345678.9", "123456789012345678.9")]
)
def test_a_number_keeps_its_digits(value: Value, number: str):
    assert str(number_of(value)) == number
    assert number_of(value) == Decimal(number)


@pytest.mark.parametrize("value", ["much", "", "NaN", "Infinity", float("inf"), None, "1,5", True])
def test_what_is_no_number_is_refused(value: Value):
    with pytest.raises(ValueError, match="it is no number"):
        number_of(value)
    with pytest.raises(ValueError, match="it is no number"):
        whole_of(value)


def test_a_whole_number_has_nothing_after_its_point():
    assert whole_of("7.00") == 7
    assert whole_of("12345678901234567890") == 12345678901234567890
    with pytest.raises(ValueError, match="it is no whole number"):
        whole_of("7.5")
