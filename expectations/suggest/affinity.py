"""What a column's name says of another table: `customer_id` speaks of customers, `KundenNr` of Kunden, `客户编号` of 客户."""

from __future__ import annotations

from enum import IntEnum

from reconcile.match.discovery.headers import words_of

_NAMING = frozenset(
    (
        *("id", "ids", "key", "keys", "uuid", "guid", "pk", "fk", "oid"),
        *("no", "nr", "num", "number", "nummer", "numero", "code", "ref", "reference"),
    )
)
"""Words that say that a column identifies, not what."""
_PACKING = frozenset(("tbl", "table", "dim", "fact", "stg", "raw", "export", "list", "data", "view", "all", "file", "csv"))
"""Words of names of files that say nothing of what is in them."""
_ENDINGS = ("编号", "编码", "代码", "主键", "号码", "id", "表")
"""The same within a name that is written without blanks."""
_UPWARDS = frozenset(("parent", "manager", "supervisor", "superior", "boss", "reports", "predecessor", "上级", "父级", "父"))
"""Words of columns that refer to another record of the same table."""
_FEWEST = 3
"""Letters of a word that is known again in another one."""
_BEGINNING = 4
"""Letters that two words which have to do with each other begin with."""


class Affinity(IntEnum):
    """How much the name of a column says for its referring to a key."""

    NONE = 0
    RESEMBLES = 1
    """A word of it begins as the table's name does: ShipVia of shippers."""
    BEGINS = 2
    """The table's name begins with it: portal_id of portal_sites, and order_id of order_lines, which need not be meant."""
    SAME = 3
    """It is called as the key is."""
    NAMES = 4
    """It names the table."""
    MODEL = 5
    """Nobody has to guess: the project says so."""


def affinity(column: str, table: str, key: str) -> Affinity:
    """What the name of a column says for its referring to the column `key` of `table`."""
    said, thing, identified = about(column), about(table), about(key)
    if _ends_with(said, thing) or _ends_with(thing, said):
        return Affinity.NAMES
    if _ends_with(said, identified):
        return Affinity.SAME
    if said and _ends_with(thing[: len(said)], said):
        return Affinity.BEGINS
    begins = {word[:_BEGINNING] for word in (*thing, *identified) if len(word) >= _BEGINNING}
    return Affinity.RESEMBLES if any(word[:_BEGINNING] in begins for word in said) else Affinity.NONE


def speaks_of(column: str, table: str) -> bool:
    """Whether the column is called as its table is, and so identifies its records."""
    said = about(column)
    return not said or _ends_with(about(table), said)


def looks_up(column: str) -> bool:
    """Whether the column names another record of its own table, such as an employee's manager."""
    return bool(_UPWARDS & set(about(column)))


def about(name: str) -> tuple[str, ...]:
    """The words of a name that say what it is about; plurals as singulars where they end in -ies."""
    words = (_bare(word) for word in words_of(name))
    return tuple(f"{w[:-3]}y" if w.endswith("ies") else w for w in words if w and not w.isdigit() and w not in _NAMING | _PACKING)


def _bare(word: str) -> str:
    """A word in a script without blanks, without what only says that it identifies."""
    if word.isascii():
        return word
    for ending in _ENDINGS:
        word = word.removesuffix(ending)
    return word


def _ends_with(said: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the last words are those of the other name, of which there must be one."""
    return 0 < len(other) <= len(said) and all(_alike(a, b) for a, b in zip(said[-len(other) :], other, strict=True))


def _alike(one: str, two: str) -> bool:
    """Whether two words are forms of one: the longer one begins as the shorter one, and has at most two letters more."""
    short, long = sorted((one, two), key=len)
    return short == long or (len(short) >= _FEWEST and long.startswith(short) and len(long) - len(short) <= 2)  # noqa: PLR2004 # -s, -es, -n, -en
