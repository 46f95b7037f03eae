"""Zero configuration: from two frames, or one, to what they are matched by; each choice is named with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from reconcile.match.discovery.evidence import Evidence, Examined, examine
from reconcile.match.discovery.found import Choice, Column, Discovered, PinnedField, Pins, Side
from reconcile.match.discovery.headers import anonymous, concept_of, words_of
from reconcile.match.discovery.keys import RecordKey, record_key
from reconcile.match.discovery.kinds import kind_of, looks
from reconcile.match.discovery.pairing import Pair, is_shared, paired
from reconcile.match.discovery.sample import Sampled, sampled
from reconcile.match.scheme import Scheme
from reconcile.records import Kind

_TIDIED = 50_000
"""Up to so many rows, values are chosen without regard to case and signs; beyond, only if without that too few are shared."""
_UNIQUE = 0.98
"""This share of the values of a shared key must stand in one record only."""


def discover(
    left: pl.DataFrame, right: pl.DataFrame, names: tuple[str, str] = ("left", "right"), pins: Pins | None = None
) -> Discovered:
    """How two frames can be matched.

    Args:
        left: the CRM's records as they stand in the file, any columns and types.
        right: the ERP's.
        names: what the choices call the two sides.
        pins: what the user has said; the rest is found.

    Returns:
        The scheme, the place of each field on each side, and the choices. The scheme has no field where nothing pairs.
        Row order has no influence.
    """
    pins = pins or Pins()
    if pins.fields is not None and pins.keys is not None and None not in (pins.left_key, pins.right_key):
        return _pinned(pins, {name: field.kind for name, field in pins.fields.items()}, (left, right), names)
    tidied = max(left.height, right.height) <= _TIDIED
    sides = [_examined(frame, tidied=tidied) for frame in (left, right)]
    evidence = examine(sides[0], sides[1])
    if evidence is None and not tidied:
        sides = [_examined(frame, tidied=True) for frame in (left, right)]
        evidence = examine(sides[0], sides[1])
    keys = [_key(side, pin) for side, pin in zip(sides, (pins.left_key, pins.right_key), strict=True)]
    if pins.fields is not None:
        fields = {name: _placed(field, sides) for name, field in pins.fields.items()}
    else:
        fields = _named(_useful(paired(sides[0], sides[1], evidence, (keys[0].place, keys[1].place)), sides), sides)
    shared = pins.keys
    if shared is None:
        shared = tuple((name,) for name, pair in fields.items() if _is_key(pair, sides, evidence))
    kinds = {name: _kind(pair, sides) for name, pair in fields.items()}
    if pins.fields is not None:
        kinds = {name: field.kind or kinds[name] for name, field in pins.fields.items()}
    choices = [_key_choice(name, side, key) for name, side, key in zip(names, sides, keys, strict=True)]
    for name, pair in fields.items():
        what = "shared key" if (name,) in shared else "field"
        choices.append(Choice(f"{what} {name}", f"{_places(pair, sides)} ({kinds[name].value})", pair.reason))
    for at, (label, side) in enumerate(zip(names, sides, strict=True) if pins.fields is None else ()):
        used = {i for p in fields.values() for i in (p.left, p.right)[at]}
        choices += _left_out(label, side, used, keys[at].place, evidence)
    return Discovered(
        Scheme(kinds, shared, pins.block),
        _side(sides[0], keys[0], {name: pair.left for name, pair in fields.items()}, kinds, pins.left_key),
        _side(sides[1], keys[1], {name: pair.right for name, pair in fields.items()}, kinds, pins.right_key),
        tuple(choices),
    )


def discover_one(frame: pl.DataFrame, name: str = "file", pins: Pins | None = None) -> Discovered:
    """How the records of one frame can be matched with each other; both sides of the answer are the same."""
    pins = pins or Pins()
    side = _examined(frame, tidied=False)
    key = _key(side, pins.left_key)
    if pins.fields is not None:
        fields = {field: _placed(place, [side, side]) for field, place in pins.fields.items()}
    else:
        pairs = [
            Pair((i,), (i,), "its values vary", 1.0) for i, c in enumerate(side.columns) if i != key.place and _says_something(c)
        ]
        fields = _named(pairs, [side, side])
    kinds = {field: _kind(pair, [side, side]) for field, pair in fields.items()}
    if pins.fields is not None:
        kinds = {field: place.kind or kinds[field] for field, place in pins.fields.items()}
    place = _side(side, key, {field: pair.left for field, pair in fields.items()}, kinds, pins.left_key)
    choices = [_key_choice(name, side, key)]
    for field, pair in fields.items():
        where = " + ".join(c.name for c in side.at(pair.left))
        choices.append(Choice(f"field {field}", f"{where} ({kinds[field].value})", pair.reason))
    if pins.fields is None:
        choices += _left_out(name, side, {p.left[0] for p in fields.values()}, key.place, None)
    return Discovered(Scheme(kinds, pins.keys or (), pins.block), place, place, tuple(choices))


_SAID = "the configuration says so"


def _pinned(
    pins: Pins, kinds: Mapping[str, Kind | None], frames: tuple[pl.DataFrame, pl.DataFrame], names: tuple[str, str]
) -> Discovered:
    """What the user has said in full; only kinds that are missing are found."""
    known: dict[str, Kind] = {}
    assert pins.fields is not None
    for name, field in pins.fields.items():
        known[name] = kinds[name] or _kind_of_columns(frames, field)
    sides = [
        Side(key or (), {name: Column((field.left, field.right)[at], known[name]) for name, field in pins.fields.items()})
        for at, key in enumerate((pins.left_key, pins.right_key))
    ]
    choices = [
        Choice(f"record key of {name}", " + ".join(side.key) or "row number", _SAID)
        for name, side in zip(names, sides, strict=True)
    ]
    for name, field in pins.fields.items():
        what = "shared key" if (name,) in (pins.keys or ()) else "field"
        where = f"{' + '.join(field.left)} = {' + '.join(field.right)} ({known[name].value})"
        choices.append(Choice(f"{what} {name}", where, _SAID))
    return Discovered(Scheme(known, pins.keys or (), pins.block), sides[0], sides[1], tuple(choices))


def kind_of_columns(crm: pl.Series, erp: pl.Series) -> Kind:
    """What two columns hold that are one field, told from their names and values, however many rows of each are given."""
    names = PinnedField((crm.name,), (erp.name,), None)
    return _kind_of_columns((crm.to_frame(), erp.to_frame()), names)


def _kind_of_columns(frames: tuple[pl.DataFrame, pl.DataFrame], field: PinnedField) -> Kind:
    sides = [
        _examined(frame.select(columns), tidied=False) for frame, columns in zip(frames, (field.left, field.right), strict=True)
    ]
    return _kind(Pair(tuple(range(len(field.left))), tuple(range(len(field.right))), "", 1.0), sides)


def _key(side: Examined, pin: tuple[str, ...] | None) -> RecordKey:
    if pin is None:
        return record_key(side.frame, list(side.columns), list(side.kinds))
    place = next((i for i, c in enumerate(side.columns) if (c.name,) == pin), None)
    return RecordKey(place, _SAID)


def _placed(field: PinnedField, sides: list[Examined]) -> Pair:
    at = [{c.name: i for i, c in enumerate(side.columns)} for side in sides]
    return Pair(tuple(at[0][n] for n in field.left), tuple(at[1][n] for n in field.right), _SAID, 1.0)


def _examined(frame: pl.DataFrame, *, tidied: bool) -> Examined:
    columns = [sampled(frame, name, place, tidied=tidied) for place, name in enumerate(frame.columns)]
    return Examined(frame, columns, [kind_of(column, look) for column, look in zip(columns, looks(columns), strict=True)])


def _says_something(column: Sampled) -> bool:
    concept = concept_of(column.name)
    return column.distinct > 1 and not (concept and concept.name in ("loaded", "row_number", "id"))


def _useful(pairs: list[Pair], sides: list[Examined]) -> list[Pair]:
    """Without columns that are one value throughout, on either side."""
    return [
        p for p in pairs if all(sides[at].columns[i].distinct > 1 for at, places in enumerate((p.left, p.right)) for i in places)
    ]


def _kind(pair: Pair, sides: list[Examined]) -> Kind:
    """The kind of a field: the one that both sides see, else the one that asks least of the values."""
    own = [sides[at].kinds[i] for at, places in enumerate((pair.left, pair.right)) for i in places]
    if len(pair.left) + len(pair.right) > 2:  # noqa: PLR2004 - more than one column on a side
        single = own[0] if len(pair.left) == 1 else own[-1]
        spoken = [kind for kind in (single, *own) if kind in (Kind.PERSON_NAME, Kind.ADDRESS, Kind.COMPANY_NAME)]
        return spoken[0] if spoken else Kind.TEXT
    one, other = own
    if one is other:
        return one
    return next(kind for kind in _LEAST_ASKED if kind in (one, other))


_LEAST_ASKED = (
    Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS, Kind.TEXT, Kind.TAX_ID, Kind.PHONE, Kind.POSTAL_CODE, Kind.IDENTIFIER,
    Kind.COUNTRY, Kind.CODE, Kind.REFERENCE, Kind.EMAIL, Kind.URL, Kind.MONEY, Kind.QUANTITY, Kind.DATE, Kind.DATETIME,
    Kind.CURRENCY, Kind.BOOLEAN,
)  # fmt: skip


def _is_key(pair: Pair, sides: list[Examined], evidence: Evidence | None) -> bool:
    """Whether a field is a shared external key: nearly unique on both sides, and records that share it are the same."""
    if len(pair.left) + len(pair.right) > 2 or evidence is None:  # noqa: PLR2004 - a joined column is no key
        return False
    i, j = pair.left[0], pair.right[0]
    both = (sides[0].kinds[i], sides[1].kinds[j])
    if not all(kind in (Kind.IDENTIFIER, Kind.TAX_ID, Kind.CODE, Kind.REFERENCE) for kind in both):
        return False
    columns = (sides[0].columns[i], sides[1].columns[j])
    return is_shared(evidence, i, j) and all(c.distinct >= _UNIQUE * c.counted for c in columns)


def _named(pairs: list[Pair], sides: list[Examined]) -> dict[str, Pair]:
    """Canonical names, the same whichever side is left; in alphabetical order."""
    out: dict[str, Pair] = {}
    taken: dict[str, int] = {}
    for pair in sorted(pairs, key=lambda p: sorted(_names(p, sides))):
        name = _name(pair, sides)
        taken[name] = taken.get(name, 0) + 1
        out[name if taken[name] == 1 else f"{name}_{taken[name]}"] = pair
    return dict(sorted(out.items()))


def _names(pair: Pair, sides: list[Examined]) -> list[str]:
    return [c.name for side, places in zip(sides, (pair.left, pair.right), strict=True) for c in side.at(places)]


def _name(pair: Pair, sides: list[Examined]) -> str:
    ours, theirs = ([sides[at].columns[i].name for i in places] for at, places in enumerate((pair.left, pair.right)))
    single = theirs if len(ours) > 1 else ours if len(theirs) > 1 else [*ours, *theirs]
    slugs = ["_".join(words_of(name)) for name in single]
    if len(set(slugs)) == 1 and slugs[0]:
        return slugs[0]
    concepts = sorted({concept.name for name in single if (concept := concept_of(name))})
    if concepts:
        return next((c for c in concepts if c not in ("name", "id")), concepts[0])
    spoken = sorted(slug for slug, name in zip(slugs, single, strict=True) if slug and not anonymous(name))
    return spoken[0] if spoken else re.sub(r"\W", "_", min(slugs) or "field")


def _places(pair: Pair, sides: list[Examined]) -> str:
    ours, theirs = (" + ".join(sides[at].columns[i].name for i in places) for at, places in enumerate((pair.left, pair.right)))
    return f"{ours} = {theirs}"


def _side(
    side: Examined, key: RecordKey, places: dict[str, tuple[int, ...]], kinds: dict[str, Kind], pin: tuple[str, ...] | None
) -> Side:
    found = () if key.place is None else (side.columns[key.place].name,)
    named = found if pin is None else pin
    return Side(named, {name: Column(tuple(side.columns[i].name for i in at), kinds[name]) for name, at in places.items()})


def _key_choice(label: str, side: Examined, key: RecordKey) -> Choice:
    value = "row number" if key.place is None else side.columns[key.place].name
    return Choice(f"record key of {label}", value, key.reason)


def _left_out(label: str, side: Examined, used: set[int], key: int | None, evidence: Evidence | None) -> list[Choice]:
    out = []
    for i, column in enumerate(side.columns):
        if i in used or i == key:
            continue
        concept = concept_of(column.name)
        if not column.distinct:
            reason = "it is empty"
        elif column.distinct == 1:
            reason = "it has one value throughout"
        elif concept and concept.name in ("loaded", "row_number"):
            reason = "it says when or where a row was written, and nothing of the record"
        elif evidence is None:
            reason = "no column of the other side is like it"
        else:
            reason = "no column of the other side is more alike in the same records than by chance"
        out.append(Choice(f"left out of {label}", column.name, reason))
    return out
