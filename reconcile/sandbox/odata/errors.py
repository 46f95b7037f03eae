"""S/4's ways of saying no: one error body with a code, a message and details."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconcile.sandbox.exchange import Answer, Refused


def refuse(
    status: int,
    code: str,
    message: str,
    *,
    target: str = "",
    details: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Refused:
    """An error answer; `details` says every single thing that is wrong, as mappings with code, message and target."""
    error = {"code": code, "message": message, "target": target, "details": list(details)}
    return Refused(Answer(status, {"error": error}, {"odata-version": "4.0", **(headers or {})}))


def bad_request(message: str, *, code: str = "SBX_V4/400", target: str = "") -> Refused:
    """The request is not understood, or asks for what is not there."""
    return refuse(400, code, message, target=target)


def not_found(what: str) -> Refused:
    """No such entity set, entity or property."""
    return refuse(404, "SBX_V4/404", f"Resource not found: {what}")
