"""The obvious script against `reprocess`, on the same songs, down to the same numbers.

The script has all cores and a loaded model; the flow is timed from its call, with a store that is
empty, to its return. The last layer is not compared: what Transformers gives as its hidden state
has been normalised, and the residual stream is lost.
"""

import functools
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks import obvious_script
from benchmarks.measure import Figure, compare, timed
from benchmarks.pipeline import cold_store, prefect_server, song_playlist
from benchmarks.reprocess_pipeline import reprocess_folder
from flows.results import ReprocessResult
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.store import open_activations

SONGS = 3


class Disk(NamedTuple):
    """What both leave on the disk, in MiB."""

    script: float
    means: float
    """Of the script's: the saved means, without the WAV files they were made from."""
    frames: float
    """What it would leave in their place, did it save all frames."""
    store: float
    activations: float
    """Of the store: the activation files, without the records."""


def duration() -> Figure:
    """Compare how long both take."""
    return _measured()[0]


def disk() -> Figure:
    """Compare all that both leave on the disk."""
    found = _measured()[1]
    return _size("obvious_script_disk", ("script", found.script), ("store", found.store))


def frames() -> Figure:
    """Compare the files of all frames with those of means."""
    found = _measured()[1]
    return _size("obvious_script_frames", (".pt", found.frames), ("Parquet", found.activations))


def means() -> Figure:
    """Compare the files of means alone."""
    found = _measured()[1]
    return _size("obvious_script_means", (".pt", found.means), ("Parquet", found.activations))


@functools.cache
def _measured() -> tuple[Figure, Disk]:
    settings = Settings()
    with song_playlist(SONGS) as music, tempfile.TemporaryDirectory() as work, prefect_server():
        wavs, saved, whole = (Path(work) / name for name in ("wavs", "means", "frames"))
        for folder in (wavs, saved, whole):
            folder.mkdir()
        tracks = sorted(music.glob("*.opus"))

        def flow() -> ReprocessResult:
            with cold_store():
                return reprocess_folder(music, settings)

        chunks = flow().chunks  # what a process does once counts for neither side
        model, processor = obvious_script.load()

        def script() -> None:
            torch.set_num_threads(os.cpu_count() or 1)
            for track in tracks:
                obvious_script.cut(track, wavs)
            obvious_script.extract(model, processor, wavs, saved)

        figure = compare(
            "obvious_script_time",
            numerator=("script", timed(script)),
            denominator=("flow", timed(flow)),
            target=5,
            better="higher",
            repeats=3,
            model="nano",
            conditions={"tracks": SONGS, "chunks": chunks},
        )
        with cold_store():
            reprocess_folder(music, settings)
            store = Path(RuntimeConfig().store)
            _check_equal(saved, store)
            obvious_script.extract(model, processor, wavs, whole, frames=True)
            return figure, Disk(
                script=_mib(wavs) + _mib(saved),
                means=_mib(saved),
                frames=_mib(whole),
                store=_mib(store),
                activations=_mib(store / "activations"),
            )


def _check_equal(saved: Path, store: Path) -> None:
    """Compare the numbers, chunk by chunk.

    Raises:
        AssertionError: They differ.
    """
    activations = open_activations(store)
    layers = activations.layers[:-1]
    ours = np.stack([activations.vectors(layer)[0] for layer in layers], axis=1)
    theirs = np.stack([torch.load(file).numpy() for file in sorted(saved.iterdir())])
    np.testing.assert_allclose(ours, theirs[:, layers], rtol=1e-4, atol=1e-4)


def _mib(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20


def _size(name: str, theirs: tuple[str, float], ours: tuple[str, float]) -> Figure:
    return Figure(
        name=name,
        ratio=theirs[1] / ours[1],
        target=5,
        better="higher",
        measured={theirs[0]: [theirs[1]], ours[0]: [ours[1]]},
        unit="MiB",
        repeats=1,
        threads=torch.get_num_threads(),
        model="nano",
        conditions=_measured()[0].conditions,
    )
