"""Our expectations as classes of Great Expectations; importing this folder registers them, and imports Great Expectations."""

from __future__ import annotations

from expectations.own.expected.beside import (
    ExpectColumnValuesToBeDeterminedBy,
    ExpectColumnValuesToBeProductOf,
    ExpectColumnValuesToBeSumOf,
)
from expectations.own.expected.documents import ExpectDocumentsToAddUp
from expectations.own.expected.history import (
    ExpectColumnMeasureToBeLikeItsHistory,
    ExpectColumnNewestValueToBeAsFreshAsItsHistory,
    ExpectTableRowCountToBeInBandOfPastRuns,
    ExpectTableRowCountToBeLikeItsHistory,
)
from expectations.own.expected.references import (
    ExpectColumnValuesToBeInCodeMap,
    ExpectColumnValuesToBeInCrosswalk,
    ExpectColumnValuesToCoverSumOfRecords,
    ExpectColumnValuesToExistInParent,
    ExpectTableTotalsToEqualOtherSystem,
)
from expectations.own.expected.runs import ExpectColumnNewestValueToBeFresh, ExpectTableSchemaToBeAsBefore
from expectations.own.expected.values import (
    ExpectColumnValuesToBeUniqueAfterNormalising,
    ExpectColumnValuesToBeValidCountry,
    ExpectColumnValuesToBeValidCurrency,
    ExpectColumnValuesToBeValidEmail,
    ExpectColumnValuesToBeValidIban,
    ExpectColumnValuesToBeValidIdentifier,
    ExpectColumnValuesToBeValidNationalId,
    ExpectColumnValuesToBeValidPhone,
    ExpectColumnValuesToBeValidPostalCode,
    ExpectColumnValuesToBeValidTaxId,
    ExpectColumnValuesToNotBeMojibake,
    ExpectColumnValuesToNotBePlaceholders,
)

__all__ = [
    "ExpectColumnMeasureToBeLikeItsHistory", "ExpectColumnNewestValueToBeAsFreshAsItsHistory", "ExpectColumnNewestValueToBeFresh",
    "ExpectColumnValuesToBeDeterminedBy", "ExpectColumnValuesToBeInCodeMap", "ExpectColumnValuesToBeInCrosswalk",
    "ExpectColumnValuesToBeProductOf", "ExpectColumnValuesToBeSumOf", "ExpectColumnValuesToBeUniqueAfterNormalising",
    "ExpectColumnValuesToBeValidCountry", "ExpectColumnValuesToBeValidCurrency", "ExpectColumnValuesToBeValidEmail",
    "ExpectColumnValuesToBeValidIban", "ExpectColumnValuesToBeValidIdentifier", "ExpectColumnValuesToBeValidNationalId",
    "ExpectColumnValuesToBeValidPhone", "ExpectColumnValuesToBeValidPostalCode", "ExpectColumnValuesToBeValidTaxId",
    "ExpectColumnValuesToCoverSumOfRecords", "ExpectColumnValuesToExistInParent", "ExpectColumnValuesToNotBeMojibake",
    "ExpectColumnValuesToNotBePlaceholders", "ExpectDocumentsToAddUp", "ExpectTableRowCountToBeInBandOfPastRuns",
    "ExpectTableRowCountToBeLikeItsHistory", "ExpectTableSchemaToBeAsBefore", "ExpectTableTotalsToEqualOtherSystem",
]  # fmt: skip  # a list of names
