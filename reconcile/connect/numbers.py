"""What is to be written into a field of numbers, as an exact number: connectors refuse what is none in the same words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from reconcile.connect.port import Value


def number_of(value: Value) -> Decimal:
    """The number that a value says, to its last digit. Raises ValueError if it says none, or one without end."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("it is no number") from error
    if not number.is_finite():
        raise ValueError("it is no number")
    return number


def whole_of(value: Value) -> int:
    """The same where it has to be whole. Raises ValueError if it is not."""
    number = number_of(value)
    if number != int(number):
        raise ValueError("it is no whole number")
    return int(number)
