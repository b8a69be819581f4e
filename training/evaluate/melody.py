"""Does the music follow a melody: chroma of what was given against chroma of what came out."""

from pathlib import Path
from typing import Any

import librosa
import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.judge import SAMPLE_RATE
from training.corpus import HELD_OUT, audio_path
from training.crops import FULL_SCALE
from training.decoder import CHROMA_HOP
from training.evaluate.generation import Nano
from training.evaluate.probes import effect_size
from training.tokens import feature_extractor

CHROMA_N_FFT = 16384
"""Window of MusicGen's chroma, samples."""
PROMPT = "music"
"""Says nothing of melody, key or chords."""
SEED = 5000

Array = NDArray[np.floating]


def evaluate_melody(work: Path, seeds: int = 48) -> dict[str, Any]:
    """Generate to the melodies of held-out clips and compare chroma.

    Args:
        work: The workspace.
        seeds: Melodies, and clips.

    Returns:
        Mean chroma similarity of each clip with its own melody and with another clip's, the
        effect size ``d`` between the two, and as a ceiling the similarity of the clips that the
        melodies come from.
    """
    nano = Nano(work)
    held_out = np.load(audio_path(work / "corpus", HELD_OUT), mmap_mode="r")
    originals = held_out[:seeds].astype(np.float32) / FULL_SCALE
    features = feature_extractor()(list(originals), sampling_rate=SAMPLE_RATE, return_tensors="pt")
    melodies = features["input_features"][:, : nano.model.config.chroma_length].float()
    generated = nano.generate([PROMPT] * len(melodies), SEED, chroma=melodies)

    others = torch.roll(melodies, len(melodies) // 2, dims=0)
    own = _similarities(melodies, generated)
    shuffled = _similarities(others, generated)
    return {
        "clips": len(melodies),
        "chroma_frames": melodies.shape[1],
        "own_melody": float(own.mean()),
        "other_melody": float(shuffled.mean()),
        "d": effect_size(shuffled, own),
        "original_clips": float(_similarities(melodies, originals).mean()),
    }


def chroma_similarity(melody: Array, audio: Array) -> float:
    """Return how much of the sound is on the melody's notes, frame by frame.

    It is the mean cosine between the melody's chroma and that of the audio: 1 where nothing but
    the melody's pitch class sounds, 0.29 where all sound alike.

    Args:
        melody: One-hot chroma, ``[chroma frames, 12]``, `CHROMA_HOP` samples apart.
        audio: ``[samples]`` at 32 kHz; what is longer than the melody is not looked at.
    """
    chroma = librosa.feature.chroma_stft(
        y=audio, sr=SAMPLE_RATE, n_fft=CHROMA_N_FFT, hop_length=CHROMA_HOP, tuning=0.0, norm=2
    )
    frames = min(len(melody), chroma.shape[1])
    return float((melody[:frames] * chroma.T[:frames]).sum(axis=1).mean())


def _similarities(melodies: torch.Tensor, audio: Array) -> Array:
    pairs = zip(melodies.numpy(), audio, strict=True)
    return np.array([chroma_similarity(melody, clip) for melody, clip in pairs])


if __name__ == "__main__":
    from training.evaluate.report import command

    command(evaluate_melody)
