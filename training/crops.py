"""Short excerpts of the corpus and of real music, drawn at random for the codec."""

from pathlib import Path
from typing import TypeVar

import librosa
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from resonance_core.errors import ResonanceError
from training.corpus import HELD_OUT, audio_path, shards
from training.real_music import open_tracks

T = TypeVar("T")

FULL_SCALE = 32767
FRAME = 640
"""Samples of a codec token; every event of the corpus starts on a multiple of it."""
VARIED_SPEEDS = (0.84, 1.19)
"""Three semitones down and up: a few tracks then sound like many."""


def as_float(audio: NDArray[np.int16]) -> Tensor:
    """Return 16-bit audio as float32, full scale 1."""
    return torch.from_numpy(audio.astype(np.float32) / FULL_SCALE)


class Crops:
    """Draws excerpts of what trainings may hear.

    Every shard is as likely as the next, and so is every source of real music.

    Args:
        corpus: The folder of the corpus.
        real: The folder of real music; its ``train`` tracks are used.

    Raises:
        ResonanceError: There is no shard or no track to train on.
    """

    def __init__(self, corpus: Path, real: Path) -> None:
        training = [shard for shard in shards(corpus) if shard != HELD_OUT]
        if not training:
            raise ResonanceError(f"there is no shard to train on in {corpus}", "Render two or more")
        self._shards = [np.load(audio_path(corpus, shard), mmap_mode="r") for shard in training]
        self._sources = open_tracks(real / "train")

    def draw(
        self,
        rng: np.random.Generator,
        count: int,
        tokens: int,
        real_share: float,
        varied: bool = False,
    ) -> Tensor:
        """Draw excerpts.

        Args:
            rng: Decides which.
            count: Excerpts.
            tokens: Codec tokens of each.
            real_share: Share of real music; the rest is procedural.
            varied: Whether real music is played at random speeds.

        Returns:
            Audio, ``[count, samples]``.
        """
        samples, real = tokens * FRAME, round(count * real_share)
        crops = [as_float(self._procedural(rng, samples)) for _ in range(count - real)]
        for _ in range(real):
            speed = np.exp(rng.uniform(*np.log(VARIED_SPEEDS))) if varied else 1.0
            crop = as_float(self._real(rng, round(samples * speed)))
            crops.append(_stretch(crop, samples) if varied else crop)
        return torch.stack(crops)

    def _procedural(self, rng: np.random.Generator, samples: int) -> NDArray[np.int16]:
        clips = _choose(rng, self._shards)
        clip = clips[rng.integers(len(clips))]
        start = FRAME * int(rng.integers((len(clip) - samples) // FRAME + 1))
        return clip[start : start + samples]

    def _real(self, rng: np.random.Generator, samples: int) -> NDArray[np.int16]:
        track = _choose(rng, _choose(rng, self._sources))
        start = int(rng.integers(len(track) - samples + 1))
        return track[start : start + samples]


def _stretch(audio: Tensor, samples: int) -> Tensor:
    """Return audio played at the speed that makes it so many samples."""
    stretched = librosa.resample(
        audio.numpy(), orig_sr=len(audio), target_sr=samples, res_type="fft"
    )
    return torch.from_numpy(librosa.util.fix_length(stretched, size=samples))


def _choose(rng: np.random.Generator, among: list[T]) -> T:
    return among[rng.integers(len(among))]
