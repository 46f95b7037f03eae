"""People: one person under every spelling of the name, found by name, account of the operating system or an identity provider."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from reconcile.config.access import Access
from reconcile.config.people import folded


@dataclass(frozen=True)
class Person:
    """Somebody who asks for something, by the name that signs. Made by `Rules`, which knows the roles."""

    name: str
    roles: tuple[str, ...] = ()


def same_name(one: str, other: str) -> bool:
    """Whether two spellings name one person."""
    return folded(one) == folded(other)


class Directory:
    """The people of the configuration, by whatever names them."""

    def __init__(self, access: Access | None) -> None:
        self._people = access.people if access else {}
        self._keys = {folded(key): key for key in self._people}
        self._emails = {folded(p.email): key for key, p in self._people.items() if p.email}
        self._logins = {folded(p.login): key for key, p in self._people.items() if p.login}
        titles = {folded(p.title): key for key, p in self._people.items() if p.title}
        self._any = self._logins | titles | self._emails | self._keys

    def __iter__(self) -> Iterator[Person]:
        return (self._of(key) for key in self._people)

    def by_any_name(self, name: str) -> Person | None:
        """Whom the key, title, address or account names; None if nobody."""
        return self._found(self._any.get(folded(name)))

    def by_login(self, login: str) -> Person | None:
        """Whom an account of the operating system stands for."""
        return self._found(self._logins.get(folded(login)))

    def by_email(self, email: str) -> Person | None:
        """Whom an identity provider names by this address."""
        return self._found(self._emails.get(folded(email)))

    def spellings(self, person: Person, names: Collection[str]) -> list[str]:
        """Those of the names that mean this person."""
        me = folded(person.name)
        return [name for name in names if name and folded((self.by_any_name(name) or Person(name)).name) == me]

    def _found(self, key: str | None) -> Person | None:
        return None if key is None else self._of(key)

    def _of(self, key: str) -> Person:
        return Person(key, self._people[key].roles)
