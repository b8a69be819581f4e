"""What tests share: real music, the embedded model, tiny random models, and a store."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"  # no test reaches the internet

import numpy as np
import pytest
import soundfile

import flows  # noqa: F401  (sets Prefect's settings)
import resonance_core  # noqa: F401  (its thread settings must stand before torch is used)
from resonance_core.audio.decode import transcode
from resonance_core.audio.read import read_windows
from resonance_core.config import ModelConfig, PipelineConfig, RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.models.base import MusicModel
from resonance_core.models.registry import load_model
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.chunk import chunk
from resonance_core.stages.download import download
from resonance_core.stages.extract import extract
from resonance_core.stages.transcode import transcode_track
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, TrackReport, save_entry
from resonance_core.store.store import Store
from tests import tiny_audiocraft, tiny_models
from tests.gemini_server import authority, gemini  # noqa: F401
from tests.lyria_server import lyria  # noqa: F401
from tests.s3 import (  # noqa: F401
    bucket,
    bucket_url,
    credentials,
    moto,
    rclone,
    rclone_folder,
    rclone_url,
)
from tests.tiny_audiocraft import (  # noqa: F401
    audiocraft_debug,
    audiocraft_folders,
    audiocraft_melody,
    audiocraft_stereo,
    audiocraft_text,
    offline_audiocraft,
)
from tests.tiny_models import save_tiny_melody, save_tiny_musicgen

PLAYLIST = Path(__file__).parent.parent / "examples" / "playlist"


@pytest.fixture(scope="session")
def clips() -> list[Path]:
    """Real music: 45-second Opus files."""
    return sorted(PLAYLIST.glob("*.opus"))


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """A Prefect server with a database of its own, for the whole run."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def audio_concepts(clips: list[Path], tmp_path: Path) -> Path:
    """A file of concepts beside its music: two folders of two tracks, and one of labels."""
    for number, clip in enumerate(clips[:4]):
        samples, rate = soundfile.read(clip, frames=5 * 48000)
        folder = tmp_path / "music" / ("low" if number < 2 else "high")
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{number}.wav", samples, rate)
    rows = ("low/0.wav,1", "low/1.wav,2", "high/2.wav,4", "high/3.wav,8")
    (tmp_path / "music" / "warmth.csv").write_text("\n".join(("path,label", *rows)))
    path = tmp_path / "concepts.yaml"
    path.write_text(
        "concepts:\n"
        "  brightness: {label: Brightness, low: music/low, high: music/high}\n"
        "  warmth: {label: Warmth, tracks: music/warmth.csv}\n"
    )
    return path


@pytest.fixture(scope="session")
def canonical(clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first clip as the pipeline stores it: mono FLAC at 32 kHz."""
    path = tmp_path_factory.mktemp("canonical") / "audio.flac"
    transcode(clips[0], path, 32000)
    return path


@pytest.fixture(scope="session")
def chunks(canonical: Path) -> np.ndarray:
    """Eight 2-second chunks of real music, float32 [8, samples]."""
    return read_windows(canonical, [32000 * 4 * i for i in range(8)], 64000)


@pytest.fixture(scope="session")
def nano() -> MusicModel:
    """The embedded model."""
    return load_model(ModelConfig(), RuntimeConfig(device="cpu"))


@pytest.fixture(scope="session")
def tiny_melody_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random MusicgenMelody."""
    return save_tiny_melody(tmp_path_factory.mktemp("tiny-melody"))


@pytest.fixture(scope="session")
def tiny_melody(tiny_melody_folder: Path) -> MusicModel:
    """A tiny random MusicgenMelody."""
    return load_model(ModelConfig(id=str(tiny_melody_folder)), RuntimeConfig(device="cpu"))


@pytest.fixture(scope="session")
def tiny_musicgen(tmp_path_factory: pytest.TempPathFactory) -> MusicModel:
    """A tiny random text-only Musicgen."""
    folder = save_tiny_musicgen(tmp_path_factory.mktemp("tiny-musicgen"))
    return load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))


@pytest.fixture(scope="session")
def tiny_stereo(tmp_path_factory: pytest.TempPathFactory) -> MusicModel:
    """A tiny random text-only Musicgen that plays stereo."""
    folder = save_tiny_musicgen(tmp_path_factory.mktemp("tiny-stereo"), channels=2)
    return load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))


@pytest.fixture(
    params=[*tiny_models.MODELS, *(tiny_audiocraft.MODELS if tiny_audiocraft.INSTALLED else [])]
)
def model(request: pytest.FixtureRequest) -> MusicModel:
    """Each kind of model that this environment can run, in turn."""
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def quick() -> PipelineConfig:
    """Nano with few and short chunks, trials and pieces."""
    return parse_config(
        {
            "chunk": {"length_s": 4, "hop_s": 20},
            "sampling": {"guidance_scale": 2},
            "reference": {"clips": 2, "duration_s": 1},
            "vocabulary": {
                "prompts": ["techno", "folk", "slow"],
                "clips": 2,
                "common": 2,
                "duration_s": 0.5,
            },
            "concept": {"pairs": 2, "duration_s": 0.5},
            "scan": {"prompts": ["music"], "duration_s": 0.5, "keep": 2},
            "calibrate": {"duration_s": 0.5, "strengths": [0, 1, 2], "prompts": ["music"]},
            "generate": {"duration_s": 0.5},
        }
    )


@pytest.fixture(scope="session")
def example_made(
    clips: list[Path], quick: PipelineConfig, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A store's folder with a calibrated playlist of one track; nobody may change it."""
    store = Store(tmp_path_factory.mktemp("example") / "store")
    runtime = RuntimeConfig(device="cpu", store=str(store.root))
    track = TrackSource(position=0, title="one", url=clips[0].as_uri(), duration_s=None)
    downloaded = download(track, quick.download, store).record
    audio = transcode_track(downloaded.info["sha256"], lambda: clips[0], 32000, store).record
    windows = chunk(audio, quick.chunk, store).record
    activations = extract(audio, windows, quick.model, quick.extract, store, runtime).record
    direction = aggregate([activations], quick.aggregate, store).record
    calibration = calibrate(direction, quick, store, runtime).record
    entry = PlaylistEntry(
        name="example",
        source=str(clips[0].parent),
        direction=DirectionRef.of(direction),
        calibration=calibration.key,
        range=calibration.info["range"],
        tracks=[TrackReport(title="one", status="completed", key=activations.key)],
    )
    save_entry(store, entry)
    return store.root


@pytest.fixture
def example_store(store: Store, example_made: Path) -> Store:
    """A store with a calibrated playlist of one track, named ``example``."""
    shutil.copytree(example_made, store.root, dirs_exist_ok=True)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")
