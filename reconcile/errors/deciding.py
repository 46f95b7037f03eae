"""Exceptions about people: who may decide what, under which account, and which rule decides for them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from reconcile.errors.roots import ConfigError, first_of
from reconcile.refusals import refusal


class NobodyDecides(ConfigError):
    """A decision without the name of who makes it."""

    def __init__(self) -> None:
        super().__init__(refusal("nobody_decides"))


class NotAllowed(ConfigError):
    """Somebody asked for what no role of theirs allows, or what a limit of their roles forbids."""

    def __init__(self, who: str, doing: str, why: str, instead: Sequence[str] = ()) -> None:
        self.who, self.why, self.instead = who, why, tuple(instead)
        others = [name for name in instead if name != who]
        may = refusal("others_may", names=first_of(others)) if others else refusal("nobody_may")
        super().__init__(refusal("not_allowed", who=who, doing=doing, why=why, others=may))


class OwnProposal(NotAllowed):
    """Somebody wants to approve only what they have proposed themselves."""


class AccountExists(ConfigError):
    """An account is to be made under a name that has one."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is an account {name!r} already. `reconcile account password` gives it another password.")


class UnknownAccount(ConfigError):
    """No such account in this project's ledger."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no account {name!r}. `reconcile account list` shows all, `reconcile account add` makes one.")


class PasswordUnfit(ConfigError):
    """A password that is too short or too long; it is not repeated."""

    def __init__(self, shortest: int, longest: int) -> None:
        super().__init__(f"A password has {shortest} to {longest} characters. Several words in a row are easy to remember.")


class SignInNeeded(ConfigError):
    """A page asks for something after its session has ended."""

    def __init__(self) -> None:
        super().__init__(refusal("session_over"))


class UnknownPerson(ConfigError):
    """Nobody of that name is in the configuration."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        close = difflib.get_close_matches(name.casefold(), known, n=1)
        hint = f"; did you mean {close[0]}?" if close else "."
        super().__init__(f"`access.people` has nobody called {name!r}{hint} It has: {', '.join(known) or 'nobody'}.")


class DelegationUnfit(ConfigError):
    """A right to decide can't be lent this way."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Nothing was delegated: {reason}.")


class NotByRule(ConfigError):
    """A review of actions that no rule has approved."""

    def __init__(self, ids: Sequence[str]) -> None:
        super().__init__(f"No rule has approved these: {first_of(ids)}. `reconcile actions --sampled` lists what to look at.")


class UnknownRule(ConfigError):
    """No such rule for approvals in this project."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        rules = f"has: {', '.join(known)}" if known else "has none"
        super().__init__(f"There is no rule {name!r}; `approvals.automatic` {rules}.")


class NotSignedIn(ConfigError):
    """Somebody wants to act under another name, without the password of that account."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(refusal("not_signed_in", who=name, why=reason))
