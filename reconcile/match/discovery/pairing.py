"""Which column of one side goes with which of the other: by what records that are the same show, by values, and by names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from reconcile.match.discovery.evidence import ENOUGH, Evidence, Examined, compatible
from reconcile.match.discovery.headers import concept_of, name_likeness
from reconcile.match.discovery.sample import Sampled
from reconcile.records import Kind

_LEAST = 0.42
"""Columns with a lower score do not pair."""
_LEAST_LIFT = 0.08
"""A pair of columns that lifts less says nothing of a record."""
_NAME = 0.4
"""What the names count, beside the values."""
_JOINED = 0.06
"""So much alike more must columns be together than one alone, to be joined."""
_MOST_JOINED = 4


@dataclass(frozen=True)
class Pair:
    """Columns, by their positions, that hold the same field; several on one side at most."""

    left: tuple[int, ...]
    right: tuple[int, ...]
    reason: str
    score: float


def paired(left: Examined, right: Examined, evidence: Evidence | None, keys: tuple[int | None, int | None]) -> list[Pair]:
    """The column pairs, the best first, each column in one at most; the record keys only where they are shared."""
    profile = _profiles(left, right)
    scored = []
    for i, ours in enumerate(left.columns):
        for j, theirs in enumerate(right.columns):
            if (i == keys[0] or j == keys[1]) and not is_shared(evidence, i, j):
                continue
            score, reason = _score(i, j, ours, theirs, left.kinds[i], right.kinds[j], evidence, profile[i, j])
            if score >= _LEAST:
                scored.append(Pair((i,), (j,), reason, score))
    scored.sort(key=lambda p: (-round(p.score, 3), abs(p.left[0] - p.right[0]), min(p.left[0], p.right[0]), p.left, p.right))
    chosen: list[Pair] = []
    for pair in scored:
        if not any(pair.left[0] in p.left or pair.right[0] in p.right for p in chosen):
            chosen.append(pair)
    return _with_parts(chosen, left, right, evidence, keys)


_SHARED = 0.3
"""So many of the records that are the same must have equal keys, for the keys to be shared ones."""


def is_shared(evidence: Evidence | None, i: int, j: int) -> bool:
    """Whether two key columns hold one identifier: records that share it are alike elsewhere, and many do."""
    return evidence is not None and evidence.told.get((i, j), 0.0) >= _REAL_KEY and _equal_by_itself(evidence, i, j) >= _SHARED


_REAL_KEY = 0.2


def _equal_by_itself(evidence: Evidence, i: int, j: int) -> float:
    """Share of equal values in pairs that other columns brought forward; 1 if no other column brings any."""
    others = [source for source in evidence.told if source != (i, j)]
    return float(evidence.equal[i, j]) if others else 1.0


def _score(
    i: int, j: int, ours: Sampled, theirs: Sampled, kind: Kind, other: Kind, evidence: Evidence | None, profile: float
) -> tuple[float, str]:
    """0 to 1, and why."""
    if not ours.filled or not theirs.filled or not compatible(kind, other):
        return 0.0, ""
    name = name_likeness(ours.name, theirs.name)
    if evidence is None or evidence.both[i, j] < ENOUGH:
        return _by_looks(name, profile)
    lift = float(evidence.lift[i, j])
    if lift < _LEAST_LIFT:  # records of another sort may have brought the pairs forward: of a mixed list, works and not people
        named = name is not None and name >= _SAME_NAME and kind in _SPOKEN and other in _SPOKEN
        return _by_looks(name, profile) if named and profile >= _ALIKE else (0.0, "")
    value = 0.8 * min(1.0, lift / 0.6) + 0.2 * profile
    reason = f"in {evidence.pairs:,} pairs of records that agree elsewhere they are {lift:.0%} more alike than by chance"
    if name is None:
        return value, reason
    return (1 - _NAME) * value + _NAME * name + (0.1 if name >= _SAME_NAME else 0.0), reason


_SAME_NAME = 0.9
"""The same words, or the same concept."""


_SPOKEN = (Kind.TEXT, Kind.COMPANY_NAME, Kind.PERSON_NAME, Kind.ADDRESS)
_ALIKE = 0.5
"""So much alike as a whole are columns of texts that are named the same and hold the same."""


def _by_looks(name: float | None, profile: float) -> tuple[float, str]:
    """Score and reason where no records show which columns go together."""
    if name is not None and name >= _SAME_NAME:
        return max(0.5, 0.5 * name + 0.5 * profile), "their names mean the same"
    reason = f"their values look alike ({profile:.0%})"
    if name is None:
        return profile * 0.75, reason
    return (profile * 0.6 if name == 0.0 else 0.5 * name + 0.5 * profile), reason


def _profiles(left: Examined, right: Examined) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """[left, right]: how alike the values of two columns are as a whole, whatever the records: shared values, signs, length."""
    ours, theirs = ([_Profile.of(f["value"], k) for f, k in zip(s.formed, s.kinds, strict=True)] for s in (left, right))
    return np.array([[a.likeness(b) for b in theirs] for a in ours]).reshape(len(ours), len(theirs))


@dataclass(frozen=True)
class _Profile:
    kind: Kind
    values: frozenset[str]
    grams: dict[str, int]
    length: float

    @classmethod
    def of(cls, forms: pl.Series, kind: Kind) -> _Profile:
        distinct = forms.unique().to_frame("v").sort(pl.col("v").hash(2), "v").head(5_000)["v"]
        grams: dict[str, int] = {}
        for value in distinct.head(300):
            for at in range(len(value) - 1):
                grams[value[at : at + 2]] = grams.get(value[at : at + 2], 0) + 1
        return cls(kind, frozenset(distinct), grams, float(distinct.str.len_chars().mean() or 0))  # type: ignore[arg-type]  # a mean of counts

    def likeness(self, other: _Profile) -> float:
        if not self.values or not other.values:
            return 0.0
        shared = len(self.values & other.values) / min(len(self.values), len(other.values))
        dot = sum(n * other.grams.get(g, 0) for g, n in self.grams.items())
        size = (sum(n * n for n in self.grams.values()) * sum(n * n for n in other.grams.values())) ** 0.5
        cosine = dot / size if size else 0.0
        length = min(self.length, other.length) / max(self.length, other.length, 1e-9)
        same = 1.0 if self.kind is other.kind else 0.0
        return 0.45 * min(1.0, shared / 0.5) + 0.25 * cosine + 0.15 * length + 0.15 * same


def _with_parts(
    chosen: list[Pair], left: Examined, right: Examined, evidence: Evidence | None, keys: tuple[int | None, int | None]
) -> list[Pair]:
    """The pairs, joined with columns that stand alone where one side keeps in several columns what the other keeps in one."""
    out = list(chosen)
    for at, pair in enumerate(chosen):
        for side in (0, 1):
            free = _free(out, (left, right)[side], side, keys[side])
            grown = _grown(pair, side, free, left, right, evidence)
            if grown is not None:
                out[at] = grown
                break
    for side in (0, 1):
        for other in _free(out, (right, left)[side], 1 - side, keys[1 - side]):
            free = _free(out, (left, right)[side], side, keys[side])
            seeds = [Pair((i,), (other,), "", 0.0) if side == 0 else Pair((other,), (i,), "", 0.0) for i in free]
            grown_ones = [g for seed in seeds if (g := _grown(seed, side, free, left, right, evidence)) is not None]
            if grown_ones:
                out.append(max(grown_ones, key=lambda p: (p.score, p.left, p.right)))
    return out


_LEAST_JOINED = 0.72
"""So much alike must several columns together be to one that none of them pairs with."""


def _free(pairs: list[Pair], side: Examined, at: int, key: int | None) -> list[int]:
    used = {i for p in pairs for i in (p.left, p.right)[at]}
    return [i for i, kind in enumerate(side.kinds) if i not in used and i != key and kind in _PARTS and side.columns[i].filled]


_PARTS = (Kind.TEXT, Kind.PERSON_NAME, Kind.COMPANY_NAME, Kind.ADDRESS, Kind.CODE, Kind.IDENTIFIER, Kind.POSTAL_CODE)


def _grown(pair: Pair, side: int, free: list[int], left: Examined, right: Examined, evidence: Evidence | None) -> Pair | None:
    """The pair with further columns of one side, as long as each makes it more alike to the other side's."""
    own = (pair.left, pair.right)[side][0]
    other = (pair.right, pair.left)[side][0]
    many, one = (left, right) if side == 0 else (right, left)
    if many.kinds[own] not in _PARTS or one.kinds[other] not in _PARTS or not free:
        return None
    joined, score = [own], pair.score
    if evidence is None:
        if pair.reason or _is_part(many, own, one.columns[other].name):
            joined += _parts_by_name(many, own, one.columns[other].name, free)
    else:
        forms, target = (evidence.left_forms, evidence.right_forms) if side == 0 else (evidence.right_forms, evidence.left_forms)
        joined, likeness = _as_long_as_it_helps(forms, target[f"c{other}"], own, free)
        score = max(score, likeness)
    if len(joined) == 1 or (not pair.reason and evidence is not None and score < _LEAST_JOINED):
        return None
    names = tuple(sorted(joined, key=lambda i: many.columns[i].place))
    reason = "; ".join([*([pair.reason] if pair.reason else []), "together they are what the other side has in one column"])
    return Pair(names, pair.right, reason, score) if side == 0 else Pair(pair.left, names, reason, score)


def _as_long_as_it_helps(forms: pl.DataFrame, target: pl.Series, own: int, free: list[int]) -> tuple[list[int], float]:
    joined, best = [own], _likeness(forms, [own], target)
    while len(joined) < _MOST_JOINED:
        tried = [(_likeness(forms, [*joined, i], target), -i) for i in free if i not in joined]
        top = max(tried, default=(0.0, 0))
        if top[0] < best + _JOINED:
            break
        best = top[0]
        joined.append(-top[1])
    return joined, best


def _likeness(forms: pl.DataFrame, columns: list[int], target: pl.Series) -> float:
    """Mean likeness of the columns' words together to the target's words."""
    whole = forms.select(
        pl.concat_str([pl.col(f"c{i}") for i in columns], separator=" ", ignore_nulls=True)
        .str.split(" ")
        .list.sort()
        .list.join(" ")
    ).to_series()
    there = (target.is_not_null() & (whole != "")).to_numpy()
    scores = process.cpdist(whole.to_list(), target.to_list(), scorer=fuzz.ratio, dtype=np.float64) / 100.0
    return float(scores[there].mean()) if there.any() else 0.0


_WHOLES = {"person": ("first_name", "last_name"), "name": ("first_name", "last_name"), "address": ("address", "house_number")}


def _is_part(side: Examined, own: int, whole: str) -> bool:
    concept, mine = concept_of(whole), concept_of(side.columns[own].name)
    return bool(concept and mine and mine.name in _WHOLES.get(concept.name, ()))


def _parts_by_name(side: Examined, own: int, whole: str, free: list[int]) -> list[int]:
    """Where no records show it: the columns whose names say that they are the rest of `whole`."""
    concept, mine = concept_of(whole), concept_of(side.columns[own].name)
    parts = _WHOLES.get(concept.name, ()) if concept else ()
    if mine is None or mine.name not in parts:
        return []
    found = {c.name: i for i in free if (c := concept_of(side.columns[i].name)) and c.name in parts and c.name != mine.name}
    return [found[name] for name in parts if name in found]
