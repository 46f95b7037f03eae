"""The only place of the engine that speaks with recordlinkage, and so with pandas: its supervised classifier and its measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reconcile.match.arrays import Flags, Floats

if TYPE_CHECKING:
    import pandas as pd


_ROUNDS = 2000


@dataclass(frozen=True)
class Linear:
    """What a logistic regression has learned: the natural log of the odds is `intercept` + features times `coefficients`."""

    coefficients: Floats
    intercept: float

    def bits(self, features: Floats) -> Floats:
        """log2 of the odds of each row of features."""
        return np.asarray((features @ self.coefficients + self.intercept) / np.log(2))


def logistic(features: Floats, same: Flags, strictness: float) -> Linear:
    """A logistic regression over pairs.

    Args:
        features: a row for each pair, columns of about the same scale.
        same: whether each pair is the same; both must occur.
        strictness: how strongly coefficients are held near zero; 1 is usual, more is stronger.
    """
    import recordlinkage  # noqa: PLC0415 - two seconds that only taught matching pays

    classifier = recordlinkage.LogisticRegressionClassifier(C=1.0 / strictness, max_iter=_ROUNDS)
    vectors = _frame(features)
    classifier.fit(vectors, vectors.index[same])
    return Linear(np.asarray(classifier.coefficients, np.float64), float(classifier.intercept))


@dataclass(frozen=True)
class Judged:
    """How predictions compare with answers."""

    right: int
    wrong: int
    precision: float | None
    """Of the pairs that were predicted to be the same, the share that is; None if there are none."""
    recall: float | None
    """Of the pairs that are the same, the share that was predicted; None if there are none."""


def judged(same: Flags, predicted: Flags) -> Judged:
    """Predictions against answers, one of each for every pair."""
    import recordlinkage  # noqa: PLC0415 - as above

    index = _frame(np.zeros((len(same), 1))).index
    truth, found = index[same], index[predicted]
    counts = recordlinkage.confusion_matrix(truth, found, total=len(index))
    right = int(counts[0, 0] + counts[1, 1])
    precision = float(recordlinkage.precision(truth, found)) if len(found) else None
    recall = float(recordlinkage.recall(truth, found)) if len(truth) else None
    return Judged(right, len(index) - right, precision, recall)


def _frame(features: Floats) -> pd.DataFrame:
    """As recordlinkage takes it: rows under pairs of numbers."""
    import pandas as pd  # noqa: PLC0415 - as above

    rows = np.arange(len(features))
    return pd.DataFrame(features, index=pd.MultiIndex.from_arrays([rows, rows], names=["l", "r"]))
