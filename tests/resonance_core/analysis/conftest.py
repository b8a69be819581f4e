"""Planted activations: what an analysis must find in them is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from resonance_core.models.base import Capture
from resonance_core.store import ActivationDataset, open_activations
from tests.activations import write_tracks
from tests.planted import TRACKS

Plant = Callable[[NDArray[np.floating]], ActivationDataset]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Write three chunks of each track: noise in layer 2, and in layer 5 with a vector added."""

    def write(added: NDArray[np.floating]) -> ActivationDataset:
        rng = np.random.default_rng(0)
        captures = {}
        for sha256, vector in zip(TRACKS, added, strict=True):
            own = rng.normal(size=(1, 2, 8))  # a track's chunks are alike
            vectors = own + 0.3 * rng.normal(size=(3, 2, 8))
            vectors[:, 1] += vector
            captures[sha256] = Capture(
                vectors=vectors.astype(np.float32), rms=np.ones((3, 2), np.float32)
            )
        for sha256, capture in captures.items():
            write_tracks(tmp_path / "activations", "ab", {sha256: capture})
        return open_activations(tmp_path)

    return write
