"""The probes of a workspace: fitted once to its corpus, and how well they read it."""

import hashlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from resonance_core.errors import ResonanceError
from resonance_core.judge import features, onsets, pitch, spectrum
from resonance_core.judge.features import Array
from resonance_core.judge.probes import Probes
from resonance_core.keys import sha256_file
from resonance_core.models.nano.codec import SpectralCodec
from training.composer import ClipSpec
from training.corpus import HELD_OUT, audio_path, load_specs, shards
from training.evaluate import fitting
from training.evaluate.clips import GRIFFIN_LIM_ITERATIONS, corpus_clips

TRAINING_CLIPS = 1200


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
    audio = "original" if codec is None else "coded"
    probes = fitting.fit_clips(training_clips(corpus, codec), audio)
    probes = fitting.scored(probes, probes.read, corpus_clips(corpus, HELD_OUT, codec))
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
    modules = (features, onsets, pitch, spectrum, fitting)
    code = [Path(str(module.__file__)) for module in modules]
    for path in (audio_path(corpus, HELD_OUT), *labels, *code):
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
