"""What the flows' tests share: a store, its settings, and a playlist."""

from pathlib import Path

import pytest
import yaml

from flows.settings import Settings
from resonance_core.config import PipelineConfig
from resonance_core.store.store import Store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """An empty store, which flows and commands use too."""
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "store"))
    return Store(tmp_path / "store")


@pytest.fixture(scope="session")
def quick_settings(quick: PipelineConfig, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The same little of everything, as flows are told it."""
    path = tmp_path_factory.mktemp("settings") / "quick.yaml"
    path.write_text(yaml.safe_dump(quick.model_dump(mode="json", exclude_unset=True)))
    return Settings(config=str(path))


@pytest.fixture
def folder(clips: list[Path], tmp_path: Path) -> Path:
    """A playlist folder of two tracks."""
    target = tmp_path / "My Playlist"
    target.mkdir()
    for clip in clips[:2]:
        (target / clip.name).write_bytes(clip.read_bytes())
    return target
