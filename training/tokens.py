"""The corpus as the language model sees it: codec tokens and the melody's chroma."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from transformers import MusicgenMelodyFeatureExtractor

from resonance_core.errors import ResonanceError
from resonance_core.models.nano.codec import SpectralCodec
from training.corpus import audio_path, shards
from training.crops import as_float
from training.decoder import CHROMA_HOP

BATCH = 8
"""Clips that are encoded at a time."""


def feature_extractor() -> MusicgenMelodyFeatureExtractor:
    """Return what turns a melody's audio into the chroma that the model is conditioned on."""
    return MusicgenMelodyFeatureExtractor(
        feature_size=12, sampling_rate=32000, hop_length=CHROMA_HOP, n_fft=16384
    )


def tokens_path(folder: Path, shard: int) -> Path:
    """Return where a shard's tokens lie.

    Returns:
        An archive of ``codes``, int16 ``[clips, codebooks, tokens]``, and ``chroma``, the
        strongest pitch class of every `CHROMA_HOP` samples, int8 ``[clips, chroma frames]``.
    """
    return folder / f"{shard:03d}.npz"


def tokenize(corpus: Path, codec: Path, out: Path) -> None:
    """Encode every shard of the corpus that is not encoded yet.

    Args:
        corpus: The folder of the corpus.
        codec: The folder of the codec; only what `fit_quantizer` fitted is used.
        out: Gets one `tokens_path` a shard.

    Raises:
        ResonanceError: There is no codec.
    """
    if not (codec / "config.json").exists():
        raise ResonanceError(f"there is no codec in {codec}", "Fit its codebooks first")
    model = SpectralCodec.from_pretrained(codec)
    extractor = feature_extractor()
    out.mkdir(parents=True, exist_ok=True)
    for shard in shards(corpus):
        path = tokens_path(out, shard)
        if path.exists():
            continue
        clips = np.load(audio_path(corpus, shard), mmap_mode="r")
        codes, chroma = [], []
        for start in range(0, len(clips), BATCH):
            audio = as_float(clips[start : start + BATCH])
            codes.append(encode(model, audio))
            chroma.append(pitch_classes(extractor, audio))
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(
                file,
                codes=torch.cat(codes).numpy().astype(np.int16),
                chroma=torch.cat(chroma).numpy().astype(np.int8),
            )
        unfinished.rename(path)
        print(f"tokens: shard {shard}", flush=True)


def encode(codec: SpectralCodec, audio: Tensor) -> Tensor:
    """Return codes, ``[clips, samples]`` to ``[clips, codebooks, tokens]``."""
    codes = codec.encode(audio[:, None]).audio_codes
    assert codes is not None
    return codes[0]


def pitch_classes(extractor: MusicgenMelodyFeatureExtractor, audio: Tensor) -> Tensor:
    """Return the strongest pitch class over time, ``[clips, samples]`` to ``[clips, frames]``."""
    features = extractor(audio.numpy(), sampling_rate=32000, return_tensors="pt")
    one_hot: Tensor = features.input_features
    return one_hot.argmax(-1)
