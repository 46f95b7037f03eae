"""Salesforce's ways of saying no, each with its status, code and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reconcile.sandbox.exchange import Answer, Refused


@dataclass(frozen=True)
class Problem:
    """What is wrong with one record or one request."""

    code: str
    message: str
    fields: tuple[str, ...] = ()
    status: int = 400

    def in_collection(self) -> dict[str, Any]:
        """As one of the errors of one record among many."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields)}


class RecordRefused(Exception):
    """One record can't be written."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__(problems[0].message)


def answer_of(problems: Sequence[Problem]) -> Answer:
    """The error body: a list, with `fields` only where the code has them."""
    body = []
    for problem in problems:
        entry: dict[str, Any] = {"message": problem.message, "errorCode": problem.code}
        if problem.fields or problem.code.startswith(("REQUIRED", "STRING", "INVALID_OR", "DUPLICATE_V", "INVALID_CROSS")):
            entry["fields"] = list(problem.fields)
        body.append(entry)
    return Answer(problems[0].status, body)


def refuse(code: str, message: str, status: int = 400) -> Refused:
    """The whole request is refused."""
    return Refused(answer_of([Problem(code, message, status=status)]))


def not_found() -> Refused:
    """No such path or record."""
    return refuse("NOT_FOUND", "The requested resource does not exist", 404)


def no_such_column(field: str, sobject: str) -> Problem:
    """A written field that the object does not have."""
    return Problem("INVALID_FIELD", f"No such column '{field}' on sobject of type {sobject}")
