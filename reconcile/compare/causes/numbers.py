"""What makes numbers differ: a constant factor (unit, currency, cents), a constant sum, rounding, the sign."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import polars as pl

from reconcile.causes import Mechanism
from reconcile.compare.causes.candidate import LEAST, Hypothesis
from reconcile.compare.causes.evidence import Cells

_BIN = 2e-4
"""Width of a class of factors, as a share."""
_TRIED = 8
_NEIGHBOURS = (0.9613, 0.9787, 0.9871, 0.9937, 1.0063, 1.0131, 1.0217, 1.0393)
"""Factors beside the one that is tried: what they explain is chance."""
_KNOWN = (
    *(10.0**power for power in (1, 2, 3, 4, 6)),
    *(2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 12.0, 20.0, 24.0, 25.0, 30.0, 36.0, 48.0, 50.0, 60.0, 144.0, 3600.0),
    *(1.05, 1.055, 1.06, 1.07, 1.077, 1.08, 1.081, 1.09, 1.1, 1.13, 1.16, 1.17, 1.18, 1.19, 1.2, 1.21, 1.22, 1.23, 1.24, 1.25),
    *(2.2046226218, 28.349523125, 35.27396195, 1.609344, 2.54, 25.4, 3.280839895, 3.785411784, 4.54609, 1.95583, 6.55957),
)
"""Powers of ten, packs, time, value added tax, weights and measures: a factor that is nearly one of these is it."""
_LIKENESS = 3e-4
_RELATIVE = 2e-6
_MOST_DECIMALS = 4
_COARSEST = -3
_HALF = 0.51
_NEARLY_ALL = 0.99


def hypotheses(cells: Cells) -> list[Hypothesis]:
    """Of a field that holds numbers."""
    both = cells.with_both().different
    if both.height < LEAST:
        return []
    units = (_unit(both["crm"]), _unit(both["erp"]))
    finest = min(units)
    return [*_factors(both, units), *_sums(both, finest), *_signs(finest), *_roundings(both, units)]


_CRM, _ERP = pl.col("crm"), pl.col("erp")
_FILLED = _CRM.is_not_null() & _ERP.is_not_null()
_NOT_ZERO = (_CRM != 0) & (_ERP != 0)


def _unit(values: pl.Series) -> float:
    """The step in which a side writes its numbers: 0.01 for cents."""
    for decimals in range(_MOST_DECIMALS):
        times = values * 10.0**decimals
        whole = ((times - times.round()).abs() < 1e-6 * (times.abs() * 1e-3).clip(1.0)).mean()
        if isinstance(whole, float) and whole > _NEARLY_ALL:
            return 10.0**-decimals
    return 10.0**-_MOST_DECIMALS


# A factor


def _factors(both: pl.DataFrame, units: tuple[float, float]) -> Iterator[Hypothesis]:
    """Only numbers of one sign; the side that holds the larger ones is named, so that a factor is more than one."""
    same_sign = both.filter(_NOT_ZERO & (_CRM.sign() == _ERP.sign()))
    classes = same_sign.select("crm", "erp", bin=((_ERP / _CRM).log() / _BIN).round().cast(pl.Int64))
    counts = classes.group_by("bin").len().sort(["len", "bin"], descending=[True, False])
    bins, sizes = counts["bin"].head(_TRIED).to_list(), counts["len"].head(_TRIED + 3).to_list()
    for bin_, size in zip(bins, sizes, strict=False):
        if size < LEAST:
            break
        near = classes.filter((pl.col("bin") - bin_).abs() <= 1)
        others = _third_other(counts, pl.col("bin"), bin_, apart=1)
        yield _factor(both, near, units, others)


def _factor(both: pl.DataFrame, near: pl.DataFrame, units: tuple[float, float], others: float) -> Hypothesis:
    large = near.sort(pl.min_horizontal(_CRM.abs(), _ERP.abs()), descending=True).head(max(20, near.height // 20))
    measured = float(large.select((_ERP / _CRM).median()).item())
    side, factor = ("erp", measured) if measured >= 1 else ("crm", 1 / measured)
    known = next((known for known in _KNOWN if abs(factor / known - 1) <= _LIKENESS), None)
    if known is not None:
        fits = near.select((_is_times(side, value, units).sum()).alias(name) for name, value in (("m", factor), ("k", known)))
        factor = known if fits["k"].item() >= 0.95 * fits["m"].item() else factor  # of what is measured
    beside = [both.select(_is_times(side, factor * away, units).sum()).item() for away in _NEIGHBOURS]
    expected = max(others, sum(beside) / len(beside))
    parameters = {"side": side, "factor": _short(factor)}
    hit, condition = _is_times(side, factor, units), _FILLED & _NOT_ZERO
    return Hypothesis(Mechanism.FACTOR, parameters, hit, condition, expected)


def _is_times(side: str, factor: float, units: tuple[float, float]) -> pl.Expr:
    """Whether that side is the other one times the factor, as exactly as either is written."""
    small, large = (_CRM, _ERP) if side == "erp" else (_ERP, _CRM)
    unit_small, unit_large = units if side == "erp" else units[::-1]
    up = (large - small * factor).abs() <= pl.max_horizontal(_HALF * unit_large, large.abs() * _RELATIVE)
    down = (small - large / factor).abs() <= pl.max_horizontal(_HALF * unit_small, small.abs() * _RELATIVE)
    return _NOT_ZERO & (up | (down & (small.abs() >= 10 * unit_small)))


def _short(factor: float) -> float:
    """Six digits: what can be measured."""
    return float(f"{factor:.6g}")


# A constant sum


def _sums(both: pl.DataFrame, unit: float) -> Iterator[Hypothesis]:
    steps = ((_ERP - _CRM) / unit).round().cast(pl.Int64, strict=False)
    counts = both.select(step=steps).drop_nulls().group_by("step").len().sort(["len", "step"], descending=[True, False])
    for step, size in zip(counts["step"].head(_TRIED).to_list(), counts["len"].head(_TRIED).to_list(), strict=True):
        if size < LEAST or step == 0:
            continue
        mirrored = counts.filter(pl.col("step") == -step)["len"].sum()
        expected = max(float(mirrored), _third_other(counts, pl.col("step"), step))
        side, amount = ("erp", step * unit) if step > 0 else ("crm", -step * unit)
        yield Hypothesis(Mechanism.OFFSET, {"side": side, "amount": round(amount, 6)}, steps == step, _FILLED, expected)


def _third_other(counts: pl.DataFrame, column: pl.Expr, chosen: int, *, apart: int = 0) -> float:
    """How often the third of the other classes comes: two peaks may be real, a third as high makes all of them chance."""
    others = counts.filter((column - chosen).abs() > apart)["len"].sort(descending=True)
    return float(others[2]) if others.len() > 2 else 0.0  # noqa: PLR2004  # the third


# The sign, rounding


def _signs(unit: float) -> Iterable[Hypothesis]:
    hit = _NOT_ZERO & ((_ERP + _CRM).abs() <= pl.max_horizontal(pl.lit(_HALF * unit), _CRM.abs() * _RELATIVE))
    return [Hypothesis(Mechanism.SIGN, {}, hit, _FILLED & _NOT_ZERO)]


def _roundings(both: pl.DataFrame, units: tuple[float, float]) -> Iterator[Hypothesis]:
    """One side is the other at fewer decimals: to the nearest, cut, or up."""
    for side, (exact, rough, unit) in {"erp": (_CRM, _ERP, units[0]), "crm": (_ERP, _CRM, units[1])}.items():
        for decimals in range(_COARSEST, _MOST_DECIMALS):
            step = 10.0**-decimals
            if step <= unit * 1.01:
                break
            apart = (rough - exact).abs()
            near = {
                "nearest": apart <= step / 2 * (1 + 1e-6),
                "cut": (apart < step) & (rough.abs() <= exact.abs()),
                "up": (apart < step) & (rough.abs() >= exact.abs()),
            }
            broken = ~_is_multiple(exact, step)
            for way, close in near.items():
                chance = float(both.select((close & broken).sum()).item()) * unit / step
                hit = close & broken & _is_multiple(rough, step)
                yield Hypothesis(
                    Mechanism.ROUNDING, {"side": side, "decimals": decimals, "way": way}, hit, _FILLED & broken, chance
                )


def _is_multiple(value: pl.Expr, step: float) -> pl.Expr:
    times = value / step
    return (times - times.round()).abs() <= 1e-6 * pl.max_horizontal(pl.lit(1.0), times.abs() * 1e-3)


def factor_text(factor: float) -> str:
    """A factor as a person writes it: 100, 1.0837."""
    return str(int(factor)) if math.isclose(factor, round(factor), rel_tol=1e-9) else f"{factor:.6g}"
