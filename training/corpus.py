"""The procedural corpus: shards of rendered clips with their labels."""

import dataclasses
import json
import random
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from training.composer import ClipSpec, random_spec
from training.render import render

HELD_OUT = 0
"""The shard that no training sees."""


def audio_path(folder: Path, shard: int) -> Path:
    """Return where a shard's audio lies: int16, ``[clips, samples]``."""
    return folder / f"{shard:03d}.npy"


def load_specs(folder: Path, shard: int) -> list[ClipSpec]:
    """Read the labels of a shard's clips."""
    entries = json.loads(audio_path(folder, shard).with_suffix(".json").read_text())
    return [ClipSpec(**entry) for entry in entries]


def shards(folder: Path) -> list[int]:
    """Return the numbers of the finished shards, the held-out one first."""
    return sorted(int(path.stem) for path in folder.glob("[0-9][0-9][0-9].npy"))


def draw_specs(shard: int, clips: int) -> list[ClipSpec]:
    """Draw what a shard's clips shall be."""
    rng = random.Random(1000 + shard)
    return [random_spec(rng) for _ in range(clips)]


def build_corpus(folder: Path, count: int, clips: int, workers: int) -> None:
    """Render the shards that are not there yet.

    Args:
        folder: Where they go.
        count: Shards, the held-out one among them.
        clips: Clips of a shard.
        workers: Shards that are rendered at the same time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = [shard for shard in range(count) if not audio_path(folder, shard).exists()]
    with ProcessPoolExecutor(workers) as pool:
        for shard in pool.map(partial(_render_shard, folder, clips), missing):
            print(f"corpus: shard {shard + 1} of {count}", flush=True)


def _render_shard(folder: Path, clips: int, shard: int) -> int:
    specs = draw_specs(shard, clips)
    audio = render(specs, seed=shard)
    path = audio_path(folder, shard)
    labels = [dataclasses.asdict(spec) for spec in specs]
    path.with_suffix(".json").write_text(json.dumps(labels))
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.save(file, audio)
    unfinished.rename(path)  # last, and at once: a shard that is there is whole
    return shard
