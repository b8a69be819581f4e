"""A corpus of noise, in the form that the procedural one has."""

import dataclasses
import json
import random
from pathlib import Path

import numpy as np

from resonance_core.judge import SAMPLE_RATE
from training.composer import random_spec
from training.corpus import audio_path


def write_noise_corpus(folder: Path, shards: int, clips: int) -> None:
    """Write clips of 5 s of noise that is the louder the higher their energy level."""
    folder.mkdir(parents=True)
    rng, noise = random.Random(0), np.random.default_rng(0)
    for shard in range(shards):
        specs = [random_spec(rng) for _ in range(clips)]
        gains = np.array([10 ** (spec.levels["energy"] - 3) for spec in specs])
        audio = gains[:, None] * noise.standard_normal((clips, 5 * SAMPLE_RATE))
        path = audio_path(folder, shard)
        np.save(path, (32767 * audio.clip(-1, 1)).astype(np.int16))
        path.with_suffix(".json").write_text(json.dumps([*map(dataclasses.asdict, specs)]))
