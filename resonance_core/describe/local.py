"""The describer that is always there: signal processing and the judge's linear probes."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from resonance_core.audio.stream import stream_windows
from resonance_core.config import ChunkConfig
from resonance_core.describe.character import Description, PlaylistCharacter
from resonance_core.errors import TrackError
from resonance_core.judge import SAMPLE_RATE
from resonance_core.judge.judge import SHORTEST_S, WEIGHTS, Judge
from resonance_core.judge.probes import Probes, Verdict

CLIPS = 4
"""Heard of each track, from its start: more say little that is new, and cost as much again."""
WINDOWS = ChunkConfig(length_s=5.0, hop_s=15.0)
MIDDLE = 1.0
"""The level, of 0 to 2, that the probes call neither low nor high."""


class LocalDescriber:
    """Describes playlists on this machine, in a moment: a track takes less than a second.

    It knows the nine genres of the judge, and calls everything by the one that is nearest.
    """

    def __init__(self) -> None:
        self._judge = Judge(Probes.load(WEIGHTS / "original.safetensors"))

    def identity(self) -> dict[str, str]:
        """Return what decides about its descriptions besides the tracks, for keys."""
        return {"describer": "local", "probes": self._judge.probes.digest, "clips": f"{CLIPS}"}

    def estimate(self, tracks: Mapping[str, Path]) -> None:
        """Return None, for nothing leaves this machine."""

    def at_most(self, tracks: int) -> None:
        """Return None, likewise."""

    def describe(self, tracks: Mapping[str, Path]) -> Description:
        """Describe tracks, each of which counts alike.

        Raises:
            TrackError: None of them can be heard.
        """
        heard: dict[str, Verdict] = {}
        failed: dict[str, str] = {}
        for name, path in tracks.items():
            try:
                heard[name] = self._judge.judge(_clips(path))
            except TrackError as error:
                failed[name] = str(error)
        if not heard:
            raise TrackError(
                f"none of the {len(tracks)} tracks can be heard: {'; '.join(failed.values())}",
                "Give tracks of 4 seconds or more",
            )
        verdicts = list(heard.values())
        tempo = np.median([np.median(one.measures["tempo_bpm"]) for one in verdicts])
        character = PlaylistCharacter(
            genres=_shares(verdicts),
            tempo_bpm=float(tempo),
            levels={
                name: float(np.clip(_mean(verdicts, name) - MIDDLE, -1, 1))
                for name in self._judge.probes.attributes
            },
        )
        return Description(character=character, failed=failed)


def _clips(path: Path) -> list[NDArray[np.float32]]:
    windows = islice(stream_windows(path, SAMPLE_RATE, WINDOWS), CLIPS)
    clips = [samples for _, samples in windows if len(samples) >= SHORTEST_S * SAMPLE_RATE]
    if not clips:
        raise TrackError(
            f"{path.name} is shorter than {SHORTEST_S:g} s", "Leave it out of the playlist"
        )
    return clips


def _mean(verdicts: list[Verdict], attribute: str) -> float:
    return float(np.mean([verdict.levels[attribute].mean() for verdict in verdicts]))


def _shares(verdicts: list[Verdict]) -> dict[str, float]:
    shares: dict[str, float] = defaultdict(float)
    for verdict in verdicts:
        for genre in verdict.genres:
            shares[str(genre)] += 1 / len(verdict.genres) / len(verdicts)
    return dict(sorted(shares.items(), key=lambda share: -share[1]))
