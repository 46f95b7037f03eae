"""All reason codes of verdicts, so that texts and documents miss none, and what each becomes when the sides are swapped."""

from __future__ import annotations

from reconcile.compare.equality.verdicts import Verdict

_CODES = {
    Verdict.EQUAL: "same",
    Verdict.EQUAL_BY_RULE: """
        written nothing case accents punctuation white_space script legal_form word_order honorific initials abbreviation
        street_type other_column zip_extension leading_zeros prefix national_form separators name_or_code local_number
        country_code extension display_name encoding web_address tolerance relative_tolerance minor_unit converted unit
        time_zone midnight_shift date_only days business_days seconds set_order
    """,
    Verdict.DIFFERENT: """
        different truncated other_legal_form other_number other_extension other_country other_currency other_unit check_digit
        not_in_list beyond_tolerance sign shifted_hours one_day_apart day_month_swapped lacks_in_crm lacks_in_erp
    """,
    Verdict.ONE_SIDED: "empty_in_crm empty_in_erp",
    Verdict.NOT_COMPARABLE: "not_readable code_not_mapped unknown_unit no_rate column_not_comparable",
}

REASONS: dict[str, Verdict] = {code: verdict for verdict, codes in _CODES.items() for code in codes.split()}
"""Reason code to the verdict it is given for. `case`, `accents` and `punctuation` are of a difference where they count."""

MIRRORED = {
    f"{what}_in_{one}": f"{what}_in_{other}" for what in ("empty", "lacks") for one, other in (("crm", "erp"), ("erp", "crm"))
}
"""Reason codes that name a side; all others stay when the sides are swapped."""
