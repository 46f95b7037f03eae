"""What was chosen to compare, weigh and decide by, as lines that a person reads: rules, weights, thresholds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from reconcile.match.candidates.blocking import NEAREST, Rule
from reconcile.match.discovery import Choice
from reconcile.match.linkage import USUAL_PRECISION, Settings
from reconcile.match.scoring.model import Model

SAID = "the configuration says so"
_MOST_RULES = 12


def rules_chosen(rules: Sequence[Rule], *, near: bool, pinned: bool) -> Iterable[Choice]:
    """By what records were brought together, cheapest first."""
    for rule in rules[:_MOST_RULES]:
        how = SAID if pinned else "it is cheap enough"
        yield Choice("compared where equal", " + ".join(rule.parts), f"about {rule.pairs:,.0f} pairs; {how}")
    if len(rules) > _MOST_RULES:
        yield Choice("compared where equal", f"and {len(rules) - _MOST_RULES:,} more", SAID if pinned else "it is cheap enough")
    if near:
        yield Choice("compared", NEAREST, SAID if pinned else "the file is small enough to look for what stands nearest by words")


def weights_chosen(model: Model, learned_from: str) -> Iterable[Choice]:
    """What agreement in each field is worth: bits where it is equal, and where it differs."""
    for name in sorted(model.same.alone):
        same, chance = (table.alone[name] for table in (model.same, model.chance))
        bits = np.log2(np.maximum(same, 1e-12)) - np.log2(np.maximum(chance, 1e-12))
        yield Choice(f"weight of {name.removesuffix('=')}", f"equal {bits[-1]:+.1f}, different {bits[0]:+.1f} bits", learned_from)


def thresholds_chosen(settings: Settings, link_at: float, *, two: bool) -> Iterable[Choice]:
    """From which probability a pair is a link, or is asked about."""
    usual = Settings()
    if settings.link_at is not None:
        why = SAID
    elif two:
        why = f"the lowest at which {(settings.target_precision or USUAL_PRECISION) * 100:.6g}% of the links should be right"
        why += "" if settings.target_precision else ", or fewer where that finds far more"
    else:
        why = "so sure must be that two records of one file are the same"
    yield Choice("link from", f"{link_at:.6g}", why)
    if two:
        yield Choice("review from", f"{settings.review_at:.6g}", "the usual" if settings.review_at == usual.review_at else SAID)
        precision = SAID if settings.target_precision else "the usual"
        yield Choice("target precision", f"{settings.target_precision or USUAL_PRECISION:.6g}", precision)
        many = SAID if settings.many else "the usual"
        yield Choice("links of a record", f"several of the {settings.many}" if settings.many else "one", many)
