from pathlib import Path

import librosa
import numpy as np
import pytest
import torch
from transformers import MusicgenMelodyForConditionalGeneration

from resonance_core.models.nano import WEIGHTS
from resonance_core.models.nano.codec import SpectralCodec

PLAYLIST = Path(__file__).parents[4] / "examples" / "playlist"


@pytest.fixture(scope="session")
def music() -> torch.Tensor:
    """Three seconds of two real tracks at 32 kHz, [2, 1, samples]."""
    names = ("a-new-journey", "media-threat")
    rows = [
        librosa.load(PLAYLIST / f"{name}.opus", sr=32000, offset=10, duration=3)[0]
        for name in names
    ]
    return torch.from_numpy(np.stack(rows))[:, None]


@pytest.fixture(scope="session")
def musicgen() -> MusicgenMelodyForConditionalGeneration:
    return MusicgenMelodyForConditionalGeneration.from_pretrained(WEIGHTS).eval()


@pytest.fixture(scope="session")
def codec(musicgen: MusicgenMelodyForConditionalGeneration) -> SpectralCodec:
    return musicgen.audio_encoder


@pytest.fixture(scope="session")
def codes(codec: SpectralCodec, music: torch.Tensor) -> torch.Tensor:
    return codec.encode(music).audio_codes
