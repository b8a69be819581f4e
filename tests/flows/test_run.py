import shutil

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from flows.calibrate import calibrate as calibrate_flow
from flows.generate import generate as generate_flow
from flows.run import run_calibrate, run_generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.playlists import load_entry
from resonance_core.store.store import Store


@pytest.fixture
def elsewhere(tmp_path, example_store) -> Store:
    """A second copy of a store with a playlist."""
    return Store(shutil.copytree(example_store.root, tmp_path / "elsewhere"))


@pytest.mark.usefixtures("prefect_server")
def test_a_piece_is_the_same_with_and_without_prefect(
    example_store, elsewhere, quick_settings, monkeypatch
):
    request = GenerationRequest(prompt="calm piano", playlist="example", strength=1.0, seed=4)
    monkeypatch.setenv("RESONANCE_STORE", str(elsewhere.root))
    [through_prefect] = generate_flow(request, quick_settings)
    monkeypatch.setattr("flows.run.PREFECT_API_URL", type("Unset", (), {"value": lambda: None}))
    monkeypatch.setenv("RESONANCE_STORE", str(example_store.root))
    [direct] = run_generate(request, quick_settings)
    assert not direct.hit
    assert not through_prefect.hit
    assert direct.record.key == through_prefect.record.key
    assert direct.record.files == through_prefect.record.files
    assert direct.record.info == through_prefect.record.info
    with get_client(sync_client=True) as client:
        (artifact,) = client.read_artifacts(
            artifact_filter=ArtifactFilter(
                key=ArtifactFilterKey(any_=[f"{direct.record.key[:12]}-piece"])
            )
        )
    assert str(elsewhere.path(through_prefect.record, "audio.wav")) in artifact.data
    assert "| prompt | calm piano |\n| seed | 4 |" in artifact.data
    (steered,) = direct.record.info["steering"]
    assert f"| strength of {steered['direction'][:12]} | 1.00 |" in artifact.data
    assert f"| rms | {direct.record.info['descriptors']['rms']:.4g} |" in artifact.data


@pytest.mark.usefixtures("prefect_server")
def test_a_calibration_is_the_same_with_and_without_prefect(
    example_store, elsewhere, quick_settings, monkeypatch
):
    monkeypatch.setenv("RESONANCE_STORE", str(elsewhere.root))
    through_prefect = calibrate_flow("example", quick_settings)
    monkeypatch.setattr("flows.run.PREFECT_API_URL", type("Unset", (), {"value": lambda: None}))
    monkeypatch.setenv("RESONANCE_STORE", str(example_store.root))
    direct = run_calibrate("example", quick_settings)
    assert direct.record.info == through_prefect.record.info
    for store in (example_store, elsewhere):
        assert load_entry(store, "example").calibration == direct.record.key
