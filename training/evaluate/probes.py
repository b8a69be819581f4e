"""The judge: linear probes that read attributes and genre from a clip's measurements."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.preprocessing import StandardScaler

from resonance_core.errors import ResonanceError
from resonance_core.keys import sha256_file
from resonance_core.models.nano.codec import SpectralCodec
from training.composer import ATTRIBUTES
from training.corpus import HELD_OUT, audio_path, load_specs, shards
from training.evaluate import features, onsets, pitch
from training.evaluate.clips import GRIFFIN_LIM_ITERATIONS, corpus_clips
from training.evaluate.features import DIRECT_MEASURES, measure

TRAINING_CLIPS = 1200
RIDGE_ALPHAS = np.logspace(1, 4, 13)
GENRE_REGULARISATION = 0.05

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Reading:
    """What the judge makes of clips.

    Attributes:
        named: Each named measure, ``[clips]``.
        levels: Each attribute as its probe reads it, ``[clips]``; 0 is low and 2 is high.
        genres: The likeliest genre, ``[clips]``.
    """

    named: dict[str, Array]
    levels: dict[str, Array]
    genres: NDArray[np.str_]


@dataclass(frozen=True)
class Probes:
    """Fitted linear probes on standardised feature vectors.

    Attributes:
        mean: Of each feature, ``[features]``.
        scale: Standard deviation of each feature, ``[features]``.
        level_weights: ``[attributes, features]``.
        level_biases: ``[attributes]``.
        genre_weights: ``[genres, features]``.
        genre_biases: ``[genres]``.
        genres: Their names, ``[genres]``.
    """

    mean: Array
    scale: Array
    level_weights: Array
    level_biases: Array
    genre_weights: Array
    genre_biases: Array
    genres: NDArray[np.str_]

    def read(self, audio: Iterable[Array]) -> Reading:
        """Judge clips of the length that the probes were fitted on.

        Args:
            audio: Mono clips at 32 kHz, ``[samples]`` each, full scale 1.
        """
        found = [measure(clip) for clip in audio]
        vectors = (np.stack([each.vector for each in found]) - self.mean) / self.scale
        levels = vectors @ self.level_weights.T + self.level_biases
        scores = vectors @ self.genre_weights.T + self.genre_biases
        return Reading(
            named={name: np.array([each.named[name] for each in found]) for name in found[0].named},
            levels=dict(zip(ATTRIBUTES, levels.T, strict=True)),
            genres=self.genres[scores.argmax(axis=1)],
        )


def fit(vectors: Array, levels: Array, genres: NDArray[np.str_]) -> Probes:
    """Fit ridge regressions of the levels and a logistic regression of the genre.

    Args:
        vectors: ``[clips, features]``.
        levels: ``[clips, attributes]``.
        genres: ``[clips]``.
    """
    scaler = StandardScaler().fit(vectors)
    standard = scaler.transform(vectors)
    ridge = RidgeCV(RIDGE_ALPHAS, alpha_per_target=True).fit(standard, levels)
    logistic = LogisticRegression(C=GENRE_REGULARISATION, max_iter=500).fit(standard, genres)
    return Probes(
        mean=scaler.mean_,
        scale=scaler.scale_,
        level_weights=ridge.coef_,
        level_biases=ridge.intercept_,
        genre_weights=logistic.coef_,
        genre_biases=logistic.intercept_,
        genres=logistic.classes_,
    )


def effect_size(low: Array, high: Array) -> float:
    """Return Cohen's d: how many standard deviations the mean of ``high`` is above ``low``'s."""
    pooled = np.sqrt((low.var(ddof=1) + high.var(ddof=1)) / 2)
    return float((high.mean() - low.mean()) / (pooled + 1e-9))


def load_probes(work: Path, codec: SpectralCodec | None) -> tuple[Probes, dict[str, Any]]:
    """Return the probes of a workspace's corpus and how well they read held-out clips.

    They are kept in the workspace, and fitted anew for another corpus, codec or way to measure.

    Args:
        work: The workspace.
        codec: Whose coded audio they are for; None for the corpus as it is.

    Returns:
        The probes; their scores: each attribute's ``r`` (correlation of probe and level),
        ``direct_r`` (of direct measure and level) and the ``genre_accuracy``.

    Raises:
        ResonanceError: The corpus has no clips to fit or to test on.
    """
    corpus = work / "corpus"
    if not audio_path(corpus, HELD_OUT).exists() or len(shards(corpus)) < 2:
        raise ResonanceError(f"{corpus} has no corpus to judge by", "Render the corpus first")
    kept = work / "probes" / f"{_digest(corpus, codec)}.npz"
    if kept.exists():
        with np.load(kept) as arrays:
            scores = json.loads(str(arrays["scores"]))
            return Probes(**{key: arrays[key] for key in Probes.__annotations__}), scores
    vectors, levels, genres = _training_set(corpus, codec)
    probes = fit(vectors, levels, genres)
    scores = {"training_clips": len(vectors), **_score(probes, corpus, codec)}
    kept.parent.mkdir(exist_ok=True)
    np.savez(kept, scores=json.dumps(scores), **vars(probes))
    return probes, scores


def evaluate_probes(work: Path) -> dict[str, Any]:
    """Fit the probes on original and coded audio; return how well they read held-out clips."""
    found = {"original": load_probes(work, None)[1]}
    if (work / "codec" / "config.json").exists():
        torch.set_num_threads(1)
        codec = SpectralCodec.from_pretrained(work / "codec")
        codec.config.griffin_lim_iterations = GRIFFIN_LIM_ITERATIONS
        found["coded"] = load_probes(work, codec)[1]
    return found


def _training_set(
    corpus: Path, codec: SpectralCodec | None
) -> tuple[Array, Array, NDArray[np.str_]]:
    numbers = _training_shards(corpus)
    clips = (clip for shard in numbers for clip in corpus_clips(corpus, shard, codec))
    specs, found = zip(
        *((spec, measure(audio).vector) for spec, audio in islice(clips, TRAINING_CLIPS)),
        strict=True,
    )
    levels = np.array([[spec.levels[name] for name in ATTRIBUTES] for spec in specs])
    return np.stack(found), levels, np.array([spec.genre for spec in specs])


def _training_shards(corpus: Path) -> list[int]:
    """Return the shards that the training clips come from."""
    needed, found = [], 0
    for shard in shards(corpus)[1:]:
        if found < TRAINING_CLIPS:
            needed.append(shard)
            found += len(load_specs(corpus, shard))
    return needed


def _score(probes: Probes, corpus: Path, codec: SpectralCodec | None) -> dict[str, Any]:
    specs, audio = zip(*corpus_clips(corpus, HELD_OUT, codec), strict=True)
    reading = probes.read(audio)
    levels = {name: np.array([spec.levels[name] for spec in specs]) for name in ATTRIBUTES}
    return {
        "held_out_clips": len(specs),
        "r": {name: _correlation(reading.levels[name], levels[name]) for name in ATTRIBUTES},
        "direct_r": {
            name: {measured: _correlation(reading.named[measured], levels[name])}
            for name, measured in DIRECT_MEASURES.items()
        },
        "genre_accuracy": float(np.mean(reading.genres == [spec.genre for spec in specs])),
    }


def _correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def _digest(corpus: Path, codec: SpectralCodec | None) -> str:
    """Return what tells these probes from others: the corpus, the codec, the measurements."""
    total = hashlib.sha256()
    labels = [audio_path(corpus, shard).with_suffix(".json") for shard in _training_shards(corpus)]
    code = [Path(str(module.__file__)) for module in (features, onsets, pitch)]
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
