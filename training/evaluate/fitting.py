"""Fits probes to clips whose labels are known, and scores them on others."""

import dataclasses
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeCV

from resonance_core.judge.features import ATTRIBUTES, DIRECT_MEASURES, Array, measure
from resonance_core.judge.probes import Probes, Verdict
from training.composer import ClipSpec
from training.evaluate.clips import SECONDS

RIDGE_ALPHAS = np.logspace(1, 4, 13)
GENRE_REGULARISATION = 0.05
CONSTANT = 1e-4
"""Standard deviation below which a feature is constant but for rounding."""

Clips = Iterable[tuple[ClipSpec, Array]]
"""Labels and audio."""


def fit(vectors: Array, levels: Array, genres: NDArray[np.str_], audio: str) -> Probes:
    """Fit ridge regressions of the levels and a logistic regression of the genre.

    Args:
        vectors: ``[clips, features]``.
        levels: ``[clips, attributes]``.
        genres: ``[clips]``.
        audio: What the clips are.

    Returns:
        Probes without scores.
    """
    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    scale = np.where(deviation > CONSTANT, deviation, np.inf)
    standard = (vectors - mean) / scale
    ridge = RidgeCV(RIDGE_ALPHAS, alpha_per_target=True).fit(standard, levels)
    logistic = LogisticRegression(C=GENRE_REGULARISATION, max_iter=500).fit(standard, genres)
    return Probes(
        mean=mean.astype(np.float32),
        scale=scale.astype(np.float32),
        level_weights=ridge.coef_.astype(np.float32),
        level_biases=ridge.intercept_.astype(np.float32),
        genre_weights=logistic.coef_.astype(np.float32),
        genre_biases=logistic.intercept_.astype(np.float32),
        attributes=list(ATTRIBUTES),
        genres=logistic.classes_.tolist(),
        audio=audio,
        clip_s=SECONDS,
        scores={},
    )


def fit_clips(clips: Clips, audio: str) -> Probes:
    """Fit probes to clips as they are.

    Args:
        clips: Labels and audio.
        audio: What the clips are.

    Returns:
        Probes whose only score is the number of ``training_clips``.
    """
    specs, vectors = zip(*((spec, measure(clip).vector) for spec, clip in clips), strict=True)
    genres = np.array([spec.genre for spec in specs])
    probes = fit(np.stack(vectors), _levels(specs), genres, audio)
    return dataclasses.replace(probes, scores={"training_clips": len(specs)})


def scored(probes: Probes, read: Callable[[Iterable[Array]], Verdict], held_out: Clips) -> Probes:
    """Return probes with how well held-out clips are read.

    Args:
        probes: What gets the scores.
        read: Reads clips with the probes.
        held_out: Labels and audio that the probes were not fitted to.

    Returns:
        The probes; among their scores each attribute's ``r`` (correlation of probe and level),
        ``direct_r`` (of direct measure and level) and the ``genre_accuracy``.
    """
    specs, audio = zip(*held_out, strict=True)
    verdict = read(audio)
    levels = dict(zip(ATTRIBUTES, _levels(specs).T, strict=True))
    scores = {
        "held_out_clips": len(specs),
        "r": {name: _correlation(verdict.levels[name], levels[name]) for name in ATTRIBUTES},
        "direct_r": {
            name: {measured: _correlation(verdict.measures[measured], levels[name])}
            for name, measured in DIRECT_MEASURES.items()
        },
        "genre_accuracy": float(np.mean(verdict.genres == [spec.genre for spec in specs])),
    }
    return dataclasses.replace(probes, scores=probes.scores | scores)


def _levels(specs: Sequence[ClipSpec]) -> Array:
    """Return the labels, ``[clips, attributes]``."""
    return np.array([[spec.levels[name] for name in ATTRIBUTES] for spec in specs])


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])
