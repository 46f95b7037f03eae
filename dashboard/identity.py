"""Who is behind a page, asked anew for every click: of the session that the server keeps, never of what a page could send.

Without `access` in the configuration nobody signs in, and the name that people type signs what they do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl
import streamlit as st

from dashboard import data
from dashboard.sessions import SESSIONS, Session
from reconcile.access import Person, Rules
from reconcile.config.access import Access, Operation
from reconcile.errors import FileMissing, SignInNeeded
from reconcile.ledger.accounts import SIGNED_IN, SIGNED_OUT
from reconcile.wiring import Project

SERVED: dict[str, object] = {}
"""What the server was started with: `port`, and `provider` as `provider_of` tells it. Empty if it is not ours."""


def cookie() -> str:
    """The name of the cookie. Browsers share cookies between the ports of a machine, so it holds the port."""
    return f"reconcile_session_{SERVED.get('port', 0)}"


def provider_of(access: Access | None) -> tuple[str, ...] | None:
    """What identifies the provider of a configuration; None if it has none, or does not use it."""
    if access is None or access.oidc is None or access.sign_in == "local":
        return None
    oidc = access.oidc
    return (oidc.metadata_url, oidc.client_id, oidc.client_secret.get_secret_value(), oidc.address, oidc.scope, oidc.prompt)


def signs_in(project: Project) -> bool:
    """Whether people sign in before they see anything."""
    return project.config.access is not None


def signed_in(project: Project) -> Person | None:
    """Who is signed in, with the roles that the configuration gives now; None if nobody is, or not any more."""
    access = project.config.access
    if access is None:
        return None
    return _by_account(project, access) or _by_provider(project, access)


def acting(project: Project, typed: str) -> tuple[Project, Person | str]:
    """The project as it now is and who presses a button: the one signed in, or without `access` the typed name.

    Raises SignInNeeded, and ConfigError kinds if the configuration has become unreadable.
    """
    try:
        current = data.project(project.config_file)
    except FileNotFoundError:
        raise FileMissing(project.config_file) from None
    if not signs_in(current):
        return current, typed
    person = signed_in(current)
    if person is None:
        raise SignInNeeded
    return current, person


def barred(project: Project, person: Person | None, operation: Operation) -> bool:
    """Whether this person may not do this at all, neither by a role nor by a right lent to them; never where nobody signs in."""
    rules = Rules.of(project.config)
    if person is None or not rules.objection(person, operation):
        return False
    if operation not in ("approve", "reject"):
        return True
    now = dt.datetime.now(dt.UTC)
    lent = project.ledger.delegations().filter(pl.col("ended_at").is_null(), pl.col("since") <= now, pl.col("until") > now)
    lenders = [one for one, deputy in lent.select("person", "deputy").iter_rows() if rules.same(person, deputy)]
    return all(rules.objection(rules.person(one), operation) for one in lenders)


def leave(project: Project) -> None:
    """Sign out: the session ends for every window that has it, whatever a browser still holds."""
    token = st.context.cookies.get(cookie(), "")
    ended = SESSIONS.end(token) if token else None
    if ended:
        project.ledger.accounts.note(Rules.of(project.config).person(ended.name).name, SIGNED_OUT, {})
    claims = _claims()
    if claims:
        gone = SESSIONS.end_provided(claims)
        if gone:
            project.ledger.accounts.note(gone.name, SIGNED_OUT, {})
        st.logout()


def _by_account(project: Project, access: Access) -> Person | None:
    token = st.context.cookies.get(cookie(), "") if access.sign_in != "oidc" and SERVED else ""
    session = SESSIONS.find(token) if token else None
    if session is None:
        return None
    account = project.ledger.accounts.find(session.name)
    if account is None or account.disabled or account.changed_at != session.account_since:
        SESSIONS.end(token)
        return None
    return Rules.of(project.config).person(account.name)


def _by_provider(project: Project, access: Access) -> Person | None:
    """An identity counts only while the configuration names the provider that the server was started with."""
    if access.sign_in == "local" or not SERVED or SERVED.get("provider") != provider_of(access):
        return None
    claims = _claims()
    if not claims:
        return None
    person = _person(project, access, claims)
    found: tuple[Session, bool] | None = SESSIONS.provided(claims, person.name)
    if found is None:
        return None
    if found[1]:
        detail = {"provider": str(claims.get("iss")), "subject": str(claims.get("sub")), "roles": list(person.roles)}
        project.ledger.accounts.note(person.name, SIGNED_IN, detail)
    return person


def _person(project: Project, access: Access, claims: Mapping[str, object]) -> Person:
    """An address that the provider says is not verified could be anybody's, and is no address."""
    email = claims.get("email")
    trusted = email if isinstance(email, str) and claims.get("email_verified", True) in (True, "true") else ""
    return Rules.of(project.config).from_claims(str(claims.get("sub") or ""), trusted, values_of(claims, access.claim))


def values_of(claims: Mapping[str, object], name: str) -> list[str]:
    """The values of a claim, which may lie within others: `roles`, or `realm_access.roles`. Empty if it is not there."""
    found: object = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return [found]
    return [value for value in found if isinstance(value, str)] if isinstance(found, Iterable) else []


def _claims() -> dict[str, object]:
    """What the identity provider has signed, as Streamlit has verified it at the start of this page; empty without a sign-in."""
    found: dict[str, object] = dict(st.user.to_dict())
    return found if found.get("is_logged_in") is True else {}
