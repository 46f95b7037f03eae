"""Local accounts: argon2id hashes of passwords, sign-in with a lock that grows, and what the audit trail says of both.

Apart from the other tables, because nothing else may see a password or a hash.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, insert, select, update

from reconcile.errors import AccountExists, PasswordUnfit, UnknownAccount
from reconcile.ledger import audit
from reconcile.ledger.database import Database, instant, now
from reconcile.ledger.tables import accounts
from reconcile.ledger.tables import audit as trail

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
FREE = 5
"""So many wrong passwords in a row lock the account."""
FIRST_LOCK, LONGEST_LOCK = dt.timedelta(seconds=30), dt.timedelta(minutes=15)
"""How long the first lock lasts, and how long any does; each further wrong password doubles it."""
STRANGERS = dt.timedelta(minutes=1)
"""Wrong names are noted once in this time, so that nobody can fill the audit trail from outside."""
SIGNED_IN, REFUSED, SIGNED_OUT = "signed in", "sign-in refused", "signed out"
_NOBODY = "unknown"
_hasher = PasswordHasher()


@dataclass(frozen=True)
class Account:
    """One local account, without its password. Instants are UTC."""

    name: str
    created_at: dt.datetime
    changed_at: dt.datetime
    """When its password was set or it was disabled or enabled last: sessions from before no longer count."""
    disabled: bool
    failures: int
    """Wrong passwords in a row."""
    locked_until: dt.datetime | None


class Accounts:
    """The accounts of one ledger. Every change and every sign-in stands in the audit trail; no password and no hash does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Account]:
        """Every account, by name."""
        with self._database.read() as connection:
            return [_account(row) for row in connection.execute(select(accounts).order_by(accounts.c.name))]

    def find(self, name: str) -> Account | None:
        """The account of exactly this name; None if there is none."""
        with self._database.read() as connection:
            row = _row(connection, name)
            return None if row is None else _account(row)

    def create(self, name: str, password: str, by: str) -> None:
        """Make an account. Raises AccountExists, PasswordUnfit."""
        hashed = _hasher.hash(fit(password))
        at = now()
        with self._database.write() as connection:
            if _row(connection, name) is not None:
                raise AccountExists(name)
            new = {"name": name, "password_hash": hashed, "created_at": instant(at), "changed_at": instant(at)}
            connection.execute(insert(accounts).values(**new, disabled=False, failures=0))
            _note(connection, by, "account created", name, at)

    def set_password(self, name: str, password: str, by: str) -> None:
        """Give an account another password; ends its lock and its sessions. Raises UnknownAccount, PasswordUnfit."""
        hashed = _hasher.hash(fit(password))
        self._change(name, by, "password set", password_hash=hashed, failures=0, locked_until=None)

    def disable(self, name: str, by: str) -> None:
        """Let nobody sign in with an account any more; ends its sessions. Raises UnknownAccount."""
        self._change(name, by, "account disabled", disabled=True)

    def enable(self, name: str, by: str) -> None:
        """Let a disabled account be used again, and end its lock. Raises UnknownAccount."""
        self._change(name, by, "account enabled", disabled=False, failures=0, locked_until=None)

    def sign_in(self, name: str, password: str) -> Account | None:
        """The account, if name and password are right and it is neither disabled nor locked; None for every other reason.

        The hash is calculated for unknown names too. Wrong passwords in a row lock the account; a lock counts no further ones.
        """
        with self._database.read() as connection:
            row = _row(connection, name)
        right = _verified(row.password_hash if row else _nobodys_hash(), password)
        fresh = _hasher.hash(_normal(password)) if row and right and _hasher.check_needs_rehash(row.password_hash) else None
        at = now()
        with self._database.write() as connection:
            current = _row(connection, name)
            if row is None or current is None:
                _note_stranger(connection, at)
                return None
            if current.locked_until and current.locked_until > instant(at):
                return None
            same = current.password_hash == row.password_hash  # else it was changed while the hash was calculated
            if not (right and same) or current.disabled:
                _refuse(connection, current, at)
                return None
            values = {"failures": 0, "locked_until": None} | ({"password_hash": fresh} if fresh else {})
            connection.execute(update(accounts).where(accounts.c.name == name).values(values))
            _note(connection, name, SIGNED_IN, name, at)
            return _account(current)

    def note(self, who: str, event: str, detail: dict[str, Any]) -> None:
        """Put a sign-in by other means, or its end, into the audit trail."""
        with self._database.write() as connection:
            _note(connection, who, event, who, now(), detail)

    def _change(self, name: str, by: str, event: str, **values: object) -> None:
        at = now()
        with self._database.write() as connection:
            if _row(connection, name) is None:
                raise UnknownAccount(name)
            connection.execute(update(accounts).where(accounts.c.name == name).values(**values, changed_at=instant(at)))
            _note(connection, by, event, name, at)


def fit(password: str) -> str:
    """The password in the form that is hashed. Raises PasswordUnfit if it is too short or too long."""
    normal = _normal(password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise PasswordUnfit(SHORTEST, LONGEST)
    return normal


def _normal(password: str) -> str:
    """One text however a keyboard composes its letters; what is too long for any account is cut, so that hashing stays cheap."""
    return unicodedata.normalize("NFKC", password[: LONGEST * 4])


def _verified(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, _normal(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


@cache
def _nobodys_hash() -> str:
    """For names that have no account: it takes as long to verify, and no password fits it that anybody could choose."""
    return _hasher.hash("")


def _row(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(accounts).where(accounts.c.name == name)).one_or_none()


def _account(row: Row[Any]) -> Account:
    created, changed = dt.datetime.fromisoformat(row.created_at), dt.datetime.fromisoformat(row.changed_at)
    until = dt.datetime.fromisoformat(row.locked_until) if row.locked_until else None
    return Account(row.name, created, changed, bool(row.disabled), row.failures, until)


def _refuse(connection: Connection, row: Row[Any], at: dt.datetime) -> None:
    failures = row.failures + 1
    lock = min(FIRST_LOCK * 2 ** min(failures - FREE, 20), LONGEST_LOCK) if failures >= FREE else None
    until = instant(at + lock) if lock else None
    changed = {"failures": failures, "locked_until": until}
    connection.execute(update(accounts).where(accounts.c.name == row.name).values(changed))
    why = {"reason": "disabled" if row.disabled else "wrong password", "failures": failures}
    _note(connection, _NOBODY, REFUSED, row.name, at, why | ({"locked_until": until} if until else {}))


def _note_stranger(connection: Connection, at: dt.datetime) -> None:
    """A name without an account is not written down: people type passwords there."""
    subject = _subject("")
    query = select(trail.c.at).where(trail.c.subject == subject).order_by(trail.c.seq.desc()).limit(1)
    last = connection.execute(query).scalar()
    if last is None or last < instant(at - STRANGERS):
        audit.append(connection, [audit.Entry(_NOBODY, REFUSED, subject, {"reason": "no such account"})], at)


def _note(connection: Connection, who: str, event: str, name: str, at: dt.datetime, detail: dict[str, Any] | None = None) -> None:
    audit.append(connection, [audit.Entry(who, event, _subject(name), detail or {})], at)


def _subject(name: str) -> str:
    return f"account {name}".strip()
