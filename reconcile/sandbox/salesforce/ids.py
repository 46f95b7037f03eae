"""Salesforce record ids: 3 characters say the object, 12 the record, and 3 repair the case of the other 15."""

from __future__ import annotations

from collections.abc import Mapping

KEY_PREFIXES: Mapping[str, str] = {
    "Account": "001",
    "Contact": "003",
    "Product2": "01t",
    "Order": "801",
    "OrderItem": "802",
    "Invoice__c": "a00",
    "Payment__c": "a01",
    "Shipment__c": "a02",
}
"""Object name to the first three characters of its ids."""

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_POD = "gL0"
"""Where the organisation lives; the same for all records of one."""


def checksum(id15: str) -> str:
    """The three characters that follow 15: each says which of five are upper case."""
    return "".join(
        _CHECK[sum(1 << place for place, character in enumerate(id15[start : start + 5]) if "A" <= character <= "Z")]
        for start in (0, 5, 10)
    )


def salesforce_id(name: str, number: int) -> str:
    """The 18-character id of the object's `number`-th record. Larger numbers sort behind smaller ones."""
    digits = ""
    for _ in range(9):
        number, digit = divmod(number, 62)
        digits = _DIGITS[digit] + digits
    id15 = KEY_PREFIXES[name] + _POD + digits
    return id15 + checksum(id15)


def number_of(identifier: str) -> int:
    """The number that `salesforce_id` was made from."""
    number = 0
    for character in identifier[6:15]:
        number = number * 62 + _DIGITS.index(character)
    return number


def eighteen(identifier: str) -> str | None:
    """The 18-character form of an id of 15 or 18, None if it is no id."""
    if len(identifier) not in (15, 18) or not identifier.isascii() or not identifier.isalnum():
        return None
    full = identifier[:15] + checksum(identifier[:15])
    return full if len(identifier) == 15 or full.upper() == identifier.upper() else None
