import pytest

from resonance_core.config import AggregateConfig, PipelineConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, NotInStoreError
from resonance_core.stages import retune as stage
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.retune import heard_of, retune
from resonance_core.store.playlists import load_entry
from resonance_core.store.records import Outcome

CPU = RuntimeConfig(device="cpu")
ASKED = GenerationRequest(prompt="x", playlist="example", seed=1)


def test_with_the_same_settings_it_is_what_the_ingest_found(example_store, quick):
    entry = load_entry(example_store, "example")
    reader = example_store.read_only()
    found = retune(ASKED, quick.aggregate, quick, reader, CPU)
    assert (found.playlist, found.strength) == (entry.direction.key, entry.range.recommended)
    assert retune(ASKED, None, quick, reader, CPU) == found


def test_other_settings_make_only_what_they_change(example_store, quick):
    made = []
    store = example_store.telling(made.append)
    weighed = AggregateConfig(mode="attention_weighted")
    found = retune(ASKED.model_copy(update={"strength": 2.0}), weighed, quick, store, CPU)
    assert (made, found.strength) == (["aggregate"], 2.0)
    assert store.get(found.playlist).request.config["mode"] == "attention_weighted"
    unit = PipelineConfig.model_validate({**quick.model_dump(), "steer": "seed"})
    found = retune(ASKED, None, unit, store, CPU)
    assert made == ["aggregate", "calibrate"]
    [curve] = [
        one for one in store.records("calibrate") if one.request.config["steer"]["rows"] == "both"
    ]
    assert found.strength == curve.info["range"]["recommended"]


def test_a_direction_without_a_usable_strength_says_so(example_store, quick, monkeypatch):
    record = next(example_store.records("calibrate"))
    record.info["range"] = None
    monkeypatch.setattr(stage, "calibrate", lambda *_: Outcome(record=record, hit=True))
    with pytest.raises(CalibrationError, match="no strength of playlist 'example' is usable"):
        retune(ASKED, None, quick, example_store, CPU)


def test_what_was_heard_is_found_by_the_playlists_name_only(example_store):
    [heard] = heard_of("example", example_store)
    assert heard.stage == "extract"
    with pytest.raises(NotInStoreError, match="Name an ingested playlist"):
        heard_of(load_entry(example_store, "example").direction.key, example_store)
    (example_store.directory(heard.request) / "record.json").unlink()
    with pytest.raises(NotInStoreError, match=r"is gone\. Ingest it again"):
        heard_of("example", example_store)
