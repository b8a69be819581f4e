"""The playlists that ship sound as they shall."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from slugify import slugify

from resonance_core.audio.decode import transcode
from resonance_core.judge.judge import WEIGHTS, Judge
from resonance_core.judge.probes import Probes
from training.playlists import CHARACTERS

PLAYLISTS = Path(__file__).parent.parent.parent / "examples" / "playlists"
REAL = {"downtempo": 10, "fantasy": 10, "metal": 8}
"""Real playlists and their tracks."""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(Probes.load(WEIGHTS / "original.safetensors"))


def heard(playlist: str, scratch: Path, seconds: float) -> list[np.ndarray]:
    """The first, a middle and the last track of a playlist, after checking how they decode."""
    tracks = []
    paths = sorted((PLAYLISTS / playlist).glob("*.opus"))
    for path in (paths[0], paths[len(paths) // 2], paths[-1]):
        facts = transcode(path, scratch / "heard.flac", 32000)
        assert (facts.codec, facts.seconds, facts.damaged_packets) == ("opus", seconds, 0)
        tracks.append(soundfile.read(scratch / "heard.flac", dtype="float32")[0])
    return tracks


def assert_sane(tracks: list[np.ndarray]) -> None:
    levels = [20 * np.log10(np.sqrt(np.mean(track**2))) for track in tracks]
    assert min(levels) > -35
    assert max(levels) < -8
    assert max(np.abs(track).max() for track in tracks) < 0.999


def test_the_playlists_are_whole_and_small():
    tracks = {path.name: list(path.glob("*.opus")) for path in PLAYLISTS.iterdir() if path.is_dir()}
    procedural = {slugify(genre): 10 for genre in CHARACTERS}
    assert {name: len(paths) for name, paths in tracks.items()} == procedural | REAL
    size = {name: sum(path.stat().st_size for path in paths) for name, paths in tracks.items()}
    assert sum(size[name] for name in procedural) < 7_000_000
    assert sum(size[name] for name in REAL) < 4_000_000


@pytest.mark.parametrize("genre", CHARACTERS)
def test_a_procedural_playlist_has_its_genre_and_character(genre, judge, tmp_path):
    tracks = heard(slugify(genre), tmp_path, seconds=12)
    assert_sane(tracks)
    verdict = judge.judge(tracks)
    assert np.count_nonzero(verdict.genres == genre) >= 2
    for attribute, level in CHARACTERS[genre].items():
        assert verdict.levels[attribute].mean() == pytest.approx(level, abs=0.9), attribute


@pytest.mark.parametrize("playlist", REAL)
def test_a_real_playlist_is_sound(playlist, tmp_path):
    assert_sane(heard(playlist, tmp_path, seconds=20))


def test_everything_that_ships_is_attributed():
    attribution = (PLAYLISTS / "ATTRIBUTION.md").read_text()
    patterns = [line.split("`")[1] for line in attribution.splitlines() if line.startswith("| `")]
    named = {path for pattern in patterns for path in PLAYLISTS.glob(f"{pattern}.opus")}
    assert named == set(PLAYLISTS.glob("*/*.opus"))
