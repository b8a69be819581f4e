"""Linear probes: how well a label can be read from a layer's vectors by a linear model.

After Alain and Bengio, "Understanding intermediate layers using linear classifier probes" (2017).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from resonance_core.errors import ConfigError
from resonance_core.evaluation.statistics import bootstrap_interval

FOLDS = 5
FEW = 10
"""Numbers of no more values are taken for classes."""
CONFIDENCE, RESAMPLES = 0.95, 2000
ALPHAS = np.logspace(-2, 5, 15)


@dataclass(frozen=True)
class Probe:
    """How well a probe reads tracks that it was not fitted on.

    Attributes:
        kind: ``accuracy`` of classes, or ``R2`` of numbers.
        score: Over all tracks, which count alike.
        low: Lower end of its 95 % interval over tracks.
        high: Upper end.
        chance: What who always says the most frequent class, or the mean, would score.
        tracks: How many there are.
    """

    kind: Literal["accuracy", "R2"]
    score: float
    low: float
    high: float
    chance: float
    tracks: int


def probe(
    vectors: NDArray[np.floating],
    tracks: NDArray[np.str_],
    labels: Mapping[str, str],
    seed: int = 0,
) -> Probe:
    """Fit and try a linear probe by cross-validation; no track is on both sides of a fold.

    Args:
        vectors: Of chunks, ``[chunks, hidden]``.
        tracks: Which track each is of, ``[chunks]``.
        labels: Of each track; chunks of others are left out. Where all are numbers, of more than
            ten values, the number is predicted (ridge regression), else the class (logistic
            regression).
        seed: Of the folds, and of the interval's resamples.

    Raises:
        ConfigError: There are no two labels, or one of them has a single track.
    """
    known = np.isin(tracks, list(labels))
    vectors, tracks = vectors[known], tracks[known]
    names, owners = np.unique(tracks, return_inverse=True)
    truth = np.array([labels[name] for name in names.tolist()], str)
    numbers = _numbers(truth)
    if numbers is not None and len(set(numbers.tolist())) > FEW:
        return _regress(vectors, owners, numbers, seed)
    return _classify(vectors, owners, truth, seed)


def _numbers(labels: NDArray[np.str_]) -> NDArray[np.float64] | None:
    """Return labels as numbers; None where one is none."""
    try:
        found = labels.astype(float)
    except ValueError:
        return None
    return found if np.isfinite(found).all() else None


def _classify(
    vectors: NDArray[np.floating], owners: NDArray[np.intp], truth: NDArray[np.str_], seed: int
) -> Probe:
    counts = Counter(truth.tolist())
    if len(counts) < 2 or min(counts.values()) < 2:
        found = ", ".join(f"{count} {label}" for label, count in counts.items())
        raise ConfigError(
            f"these labels are too few for a probe: {found or 'none'}",
            "It needs two labels or more, of two tracks or more each",
        )
    folds = StratifiedGroupKFold(min(FOLDS, *counts.values()), shuffle=True, random_state=seed)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    said = cross_val_predict(model, vectors, truth[owners], groups=owners, cv=folds)
    right = _means(said == truth[owners], owners)
    low, high = bootstrap_interval(right, lambda drawn: drawn.mean(), CONFIDENCE, RESAMPLES, seed)
    chance = max(counts.values()) / len(truth)
    return Probe("accuracy", float(right.mean()), low, high, chance, len(truth))


def _regress(
    vectors: NDArray[np.floating], owners: NDArray[np.intp], truth: NDArray[np.float64], seed: int
) -> Probe:
    folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
    model = make_pipeline(StandardScaler(), RidgeCV(ALPHAS))
    said = cross_val_predict(model, vectors, truth[owners], groups=owners, cv=folds)
    pairs = np.stack([truth, _means(said, owners)], axis=1)

    def score(drawn: NDArray[np.float64]) -> float:
        return float(r2_score(drawn[:, 0], drawn[:, 1]))

    low, high = bootstrap_interval(pairs, score, CONFIDENCE, RESAMPLES, seed)
    return Probe("R2", score(pairs), low, high, 0.0, len(truth))


def _means(values: NDArray, owners: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean over each track's chunks."""
    return np.bincount(owners, weights=values) / np.bincount(owners)
