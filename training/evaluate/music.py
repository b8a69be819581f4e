"""Is it music: do generated clips stay within the bounds of the corpus?"""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.judge.features import levelled, named_measures
from training.captions import caption
from training.corpus import HELD_OUT
from training.evaluate.clips import corpus_clips
from training.evaluate.generation import Nano

MEASURES = ("flatness", "onset_rate", "chroma_entropy", "repetition")
BAND_PERCENT = (5, 95)
SEED = 16000

Array = NDArray[np.floating]


def evaluate_music(work: Path, seeds: int = 64) -> dict[str, Any]:
    """Compare generated clips with the coded clips of the held-out corpus.

    Args:
        work: The workspace.
        seeds: Clips, each from the caption of a held-out clip.

    Returns:
        By measure: the ``band`` of the corpus, the share of generated clips ``inside`` it, and
        their ``median``. ``inside_all``: the share inside all four bands, beside the corpus'
        own, ``corpus_inside_all``.
    """
    nano = Nano(work)
    specs, audio = zip(*corpus_clips(work / "corpus", HELD_OUT, nano.codec), strict=True)
    corpus = measures(audio)
    prompts = [caption(spec, random.Random(i)).text for i, spec in enumerate(specs[:seeds])]
    generated = measures(nano.generate(prompts, SEED))
    low, high = bands(corpus)
    inside = within(generated, low, high)
    return {
        "clips": len(generated),
        "band": {name: [float(low[i]), float(high[i])] for i, name in enumerate(MEASURES)},
        "median": dict(zip(MEASURES, np.median(generated, axis=0).tolist(), strict=True)),
        "inside": dict(zip(MEASURES, inside.mean(axis=0).tolist(), strict=True)),
        "inside_all": float(inside.all(axis=1).mean()),
        "corpus_inside_all": float(within(corpus, low, high).all(axis=1).mean()),
    }


def measures(audio: Iterable[Array]) -> Array:
    """Return `MEASURES` of levelled clips, ``[clips, measures]``.

    Args:
        audio: ``[samples]`` at 32 kHz each.
    """
    named = named_measures(levelled(clip) for clip in audio)
    return np.stack([named[name] for name in MEASURES], axis=1)


def bands(values: Array) -> tuple[Array, Array]:
    """Return the 5th and 95th percentile of each measure of ``[clips, measures]``."""
    low, high = np.percentile(values, BAND_PERCENT, axis=0)
    return low, high


def within(values: Array, low: Array, high: Array) -> NDArray[np.bool_]:
    """Return which values of ``[clips, measures]`` lie in the measures' bands."""
    return (values >= low) & (values <= high)


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_music)
