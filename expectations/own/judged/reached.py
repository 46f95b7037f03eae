"""How somebody is reached: telephone numbers and mail addresses."""

from __future__ import annotations

from functools import cache

import polars as pl

from reconcile.values.sparing import cheap_first

_PLAIN_MAIL = r"^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z])$"
"""Addresses that the library accepts, and most of all that there are; of all others it is asked."""
_LONGEST_MAILBOX = 64
_LONGEST_ADDRESS = 254


def valid_mail(values: pl.Series) -> pl.Series:
    """Whether each is a mail address that could be delivered to: RFC 5321 with international letters, on a public domain."""
    return cheap_first(values, _plain_mail, _mail_by_library)


def _plain_mail(values: pl.Series) -> pl.Series:
    """True where it is plain to see, else null."""
    low = values.str.to_lowercase()
    plain = low.str.contains(_PLAIN_MAIL) & values.str.contains(r"^[\x00-\x7f]*$")
    short = (values.str.len_bytes() <= _LONGEST_ADDRESS) & (low.str.find("@", literal=True) <= _LONGEST_MAILBOX)
    odd = low.str.contains(r"[@.][^.]{2}--") | low.str.contains(_reserved())
    return (plain & short & ~odd).replace_strict({True: True}, default=None, return_dtype=pl.Boolean)


@cache
def _reserved() -> str:
    """A pattern of the domains that nobody outside can send to. Source: email-validator, from IANA's list."""
    import email_validator  # noqa: PLC0415 - only who judges mail addresses pays for it

    names = [name.replace(".", r"\.") for name in email_validator.SPECIAL_USE_DOMAIN_NAMES]
    return rf"[@.](?:{'|'.join(names)})$"


def _mail_by_library(values: pl.Series) -> pl.Series:
    import email_validator  # noqa: PLC0415 - as above

    def valid(address: str) -> bool:
        try:
            email_validator.validate_email(address, check_deliverability=False, strict=True)
        except email_validator.EmailNotValidError:
            return False
        return True

    return pl.Series(values.name, [valid(address) for address in values], pl.Boolean)


def valid_phones(values: pl.Series, countries: pl.Series, *, abroad: bool = False) -> pl.Series:
    """Whether each is a telephone number that is given out in its country.

    Args:
        values: distinct numbers as they are written, with or without calling code and extension.
        countries: alpha-2 of each; it says how a number without calling code is read.
        abroad: whether a number without calling code is wrong where no country is known; otherwise nobody can tell.

    Returns:
        Boolean; null where nobody can tell.
    """
    import phonenumbers  # noqa: PLC0415 - only who judges telephone numbers pays for it

    from expectations.own.judged.phones import plainly_valid  # noqa: PLC0415 - as above

    def valid(number: str | None, country: str | None) -> bool | None:
        if number is None:
            return None
        try:
            return phonenumbers.is_valid_number(phonenumbers.parse(number, country))
        except phonenumbers.NumberParseException as problem:
            unknown = problem.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and not number.startswith("+")
            return None if country is None and unknown and not abroad else False

    found = plainly_valid(values, countries)
    rows = found.is_null().arg_true()
    judged = [valid(number, country) for number, country in zip(values.gather(rows), countries.gather(rows), strict=True)]
    return found.scatter(rows, pl.Series(judged, dtype=pl.Boolean)) if judged else found
