"""Real music for the codec: whole tracks that Debian ships, some of them held out."""

import subprocess
import tempfile
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from slugify import slugify

from resonance_core.audio.decode import transcode
from resonance_core.errors import ResonanceError

SAMPLE_RATE = 32000
"""Hz."""

PACKAGES = {
    "singularity-music": "usr/share/games/singularity/music/**/*.ogg",
    "hyperrogue-music": "usr/share/hyperrogue/music/*.ogg",
    "fretsonfire-songs-muldjord": "usr/share/games/fretsonfire/data/songs/muldjord/*/",
    "fretsonfire-songs-sectoid": "usr/share/games/fretsonfire/data/songs/sectoid/*/",
}
"""Tracks by Debian package: files, or folders whose Ogg files are the stems of one track."""

HELD_OUT = frozenset(
    {
        "singularity-music-deprecation",
        "singularity-music-nebula",
        "hyperrogue-music-hr3-desert",
        "hyperrogue-music-hr-savino-palace",
        "fretsonfire-songs-muldjord-chaos-god",
        "fretsonfire-songs-muldjord-mutilated-mime",
        "fretsonfire-songs-sectoid-feelings",
        "fretsonfire-songs-sectoid-metal-madness",
        "coherence",
        "inevitable",
    }
)
"""Tracks that no training hears; the last two are the repository's own clips."""

BUNDLED = Path(__file__).parent.parent / "examples" / "playlist"


def fetch(folder: Path) -> None:
    """Download and decode every track; what is there already is left as it is.

    Args:
        folder: Gets ``train/NAME.npy`` and ``test/NAME.npy``, int16 ``[samples]``, mono, 32 kHz,
            and the unpacked packages beside them.

    Raises:
        ResonanceError: There is no ``apt-get``, or a package cannot be downloaded.
    """
    for package, tracks in PACKAGES.items():
        unpacked = folder / "packages" / package
        if not unpacked.exists():
            _download(package, unpacked)
        for track in sorted(unpacked.glob(tracks)):
            stems = sorted(track.glob("*.ogg")) if track.is_dir() else [track]
            _decode(stems, f"{package}-{slugify(track.stem)}", folder)


def bundled(folder: Path) -> None:
    """Decode the repository's own clips only, which needs no network; see `fetch`."""
    for clip in sorted(BUNDLED.glob("*.opus")):
        _decode([clip], clip.stem, folder)


def open_tracks(folder: Path) -> list[list[NDArray[np.int16]]]:
    """Open the tracks of ``train`` or ``test``, those of each package together.

    Returns:
        Per source its tracks, ``[samples]``, mapped from their files.

    Raises:
        ResonanceError: There are none.
    """
    paths = sorted(folder.glob("*.npy"))
    if not paths:
        raise ResonanceError(f"there is no music in {folder}", "Run the step that fetches it first")
    sources = groupby(paths, lambda path: next(filter(path.name.startswith, PACKAGES), None))
    return [[np.load(path, mmap_mode="r") for path in source] for _, source in sources]


def _download(package: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        unpacked = Path(scratch) / "unpacked"
        try:
            _run(["apt-get", "download", package], scratch)
            archive = next(Path(scratch).glob("*.deb"))
            _run(["dpkg", "-x", str(archive), str(unpacked)], scratch)
        except FileNotFoundError as error:
            raise ResonanceError(
                f"{package} cannot be downloaded: there is no {error.filename} on this machine",
                f"Use Debian or Ubuntu, or unpack the package's files into {target}",
            ) from error
        except subprocess.CalledProcessError as error:
            raise ResonanceError(
                f"{package} cannot be downloaded: {error.stderr.strip()}",
                f"Run `apt-get update`, or unpack the package's files into {target}",
            ) from error
        unpacked.rename(target)


def _run(command: list[str], folder: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)


def _decode(stems: Iterable[Path], name: str, folder: Path) -> None:
    target = folder / ("test" if name in HELD_OUT else "train") / f"{name}.npy"
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        audio = _sum([_read(stem, Path(scratch)) for stem in stems])
        partial = Path(scratch) / target.name
        np.save(partial, audio)
        partial.rename(target)
    print(f"real music: {name}", flush=True)


def _read(source: Path, scratch: Path) -> NDArray[np.float64]:
    canonical = scratch / "canonical.flac"
    transcode(source, canonical, SAMPLE_RATE)
    audio: NDArray[np.float64] = soundfile.read(canonical)[0]
    return audio


def _sum(stems: list[NDArray[np.float64]]) -> NDArray[np.int16]:
    """Mix stems at their own levels, all of them down if the sum would clip."""
    mix = np.zeros(max(len(stem) for stem in stems))
    for stem in stems:
        mix[: len(stem)] += stem
    return (mix * 32767 / max(1.0, np.abs(mix).max())).round().astype(np.int16)
