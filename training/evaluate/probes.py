"""Fits the judge's probes to clips whose labels are known, and scores them on others."""

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeCV

from resonance_core.errors import ResonanceError
from resonance_core.judge import features, onsets, pitch, spectrum
from resonance_core.judge.features import ATTRIBUTES, DIRECT_MEASURES, Array, measure
from resonance_core.judge.probes import Probes
from resonance_core.keys import sha256_file
from resonance_core.models.nano.codec import SpectralCodec
from training.composer import ClipSpec
from training.corpus import HELD_OUT, audio_path, load_specs, shards
from training.evaluate.clips import GRIFFIN_LIM_ITERATIONS, SECONDS, corpus_clips

TRAINING_CLIPS = 1200
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


def fit_and_score(training: Clips, held_out: Clips, audio: str) -> Probes:
    """Fit probes to clips, and score them on others.

    Args:
        training: What the probes are fitted to.
        held_out: What they are scored on.
        audio: What both are.

    Returns:
        The probes with their scores: each attribute's ``r`` (correlation of probe and level),
        ``direct_r`` (of direct measure and level) and the ``genre_accuracy``.
    """
    specs, vectors = zip(*((spec, measure(clip).vector) for spec, clip in training), strict=True)
    genres = np.array([spec.genre for spec in specs])
    probes = fit(np.stack(vectors), _levels(specs), genres, audio)
    scores = {"training_clips": len(specs), **_score(probes, held_out)}
    return dataclasses.replace(probes, scores=scores)


def effect_size(low: Array, high: Array) -> float:
    """Return Cohen's d: how many standard deviations the mean of ``high`` is above ``low``'s."""
    pooled = np.sqrt((low.var(ddof=1) + high.var(ddof=1)) / 2)
    return float((high.mean() - low.mean()) / (pooled + 1e-9))


def training_clips(corpus: Path, codec: SpectralCodec | None) -> Iterator[tuple[ClipSpec, Array]]:
    """Yield the clips that probes are fitted to; see `corpus_clips`.

    Raises:
        ResonanceError: The corpus has no clips to fit to or to score on.
    """
    numbers = _training_shards(corpus)
    clips = (clip for shard in numbers for clip in corpus_clips(corpus, shard, codec))
    yield from islice(clips, TRAINING_CLIPS)


def load_probes(work: Path, codec: SpectralCodec | None) -> Probes:
    """Return the probes of a workspace's corpus, for clips as loud as they are.

    They are kept in the workspace, and fitted anew for another corpus, codec or way to measure.

    Args:
        work: The workspace.
        codec: Whose coded audio they are for; None for the corpus as it is.

    Raises:
        ResonanceError: The corpus has no clips to fit to or to score on.
    """
    corpus = work / "corpus"
    kept = work / "probes" / f"{_digest(corpus, codec)}.safetensors"
    if kept.exists():
        return Probes.load(kept)
    training, held_out = training_clips(corpus, codec), corpus_clips(corpus, HELD_OUT, codec)
    probes = fit_and_score(training, held_out, "original" if codec is None else "coded")
    kept.parent.mkdir(exist_ok=True)
    probes.save(kept)
    return probes


def evaluate_probes(work: Path) -> dict[str, Any]:
    """Fit the probes on original and coded audio; return how well they read held-out clips."""
    found = {"original": load_probes(work, None).scores}
    if (work / "codec" / "config.json").exists():
        torch.set_num_threads(1)
        codec = SpectralCodec.from_pretrained(work / "codec")
        codec.config.griffin_lim_iterations = GRIFFIN_LIM_ITERATIONS
        found["coded"] = load_probes(work, codec).scores
    return found


def _levels(specs: Sequence[ClipSpec]) -> Array:
    """Return the labels, ``[clips, attributes]``."""
    return np.array([[spec.levels[name] for name in ATTRIBUTES] for spec in specs])


def _score(probes: Probes, held_out: Clips) -> dict[str, Any]:
    specs, audio = zip(*held_out, strict=True)
    verdict = probes.read(audio)
    levels = dict(zip(ATTRIBUTES, _levels(specs).T, strict=True))
    return {
        "held_out_clips": len(specs),
        "r": {name: _correlation(verdict.levels[name], levels[name]) for name in ATTRIBUTES},
        "direct_r": {
            name: {measured: _correlation(verdict.measures[measured], levels[name])}
            for name, measured in DIRECT_MEASURES.items()
        },
        "genre_accuracy": float(np.mean(verdict.genres == [spec.genre for spec in specs])),
    }


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def _training_shards(corpus: Path) -> list[int]:
    """Return the shards that the training clips come from."""
    if not audio_path(corpus, HELD_OUT).exists() or len(shards(corpus)) < 2:
        raise ResonanceError(f"{corpus} has no corpus to judge by", "Render the corpus first")
    needed, found = [], 0
    for shard in shards(corpus)[1:]:
        if found < TRAINING_CLIPS:
            needed.append(shard)
            found += len(load_specs(corpus, shard))
    return needed


def _digest(corpus: Path, codec: SpectralCodec | None) -> str:
    """Return what tells these probes from others: the corpus, the codec, the measurements."""
    total = hashlib.sha256()
    labels = [audio_path(corpus, shard).with_suffix(".json") for shard in _training_shards(corpus)]
    code = [Path(str(module.__file__)) for module in (features, onsets, pitch, spectrum)]
    for path in (audio_path(corpus, HELD_OUT), *labels, *code, Path(__file__)):
        total.update(sha256_file(path).encode())
    if codec is not None:
        total.update(bytes([codec.config.griffin_lim_iterations]))
        for tensor in codec.state_dict().values():
            # In half precision, as exported models keep it.
            total.update(tensor.half().numpy().tobytes())
    return total.hexdigest()[:16]


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_probes)
