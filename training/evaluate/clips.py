"""The clips that are judged: the first seconds of the corpus, as they are or through a codec."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.judge import SAMPLE_RATE
from resonance_core.models.nano.codec import SpectralCodec
from training.composer import ClipSpec
from training.corpus import audio_path, load_specs
from training.crops import FULL_SCALE

SECONDS = 5.0
"""How much of a clip is judged, from its start."""
GRIFFIN_LIM_ITERATIONS = 5
"""Of all judged audio, coded and generated: a third of the codec's own number and three times as
fast, which costs the probes nothing."""


def corpus_clips(
    corpus: Path, shard: int, codec: SpectralCodec | None
) -> Iterator[tuple[ClipSpec, NDArray[np.float32]]]:
    """Yield labels and the first 5 s of a shard's clips, through a codec if there is one."""
    samples = round(SECONDS * SAMPLE_RATE)
    audio = np.load(audio_path(corpus, shard), mmap_mode="r")
    for spec, clip in zip(load_specs(corpus, shard), audio, strict=True):
        original = clip[:samples].astype(np.float32) / FULL_SCALE
        yield spec, original if codec is None else coded(codec, original)


def coded(codec: SpectralCodec, audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a clip, ``[samples]``, as a codec gives it back."""
    codes = codec.encode(torch.from_numpy(audio)[None, None]).audio_codes
    assert codes is not None  # Transformers allows for it
    decoded = codec.decode(codes).audio_values
    assert decoded is not None
    return decoded[0, 0, : audio.size].numpy()
