import pytest
from pydantic import ValidationError

from resonance_core.config import CalibrateConfig, ExtractConfig, RuntimeConfig


def test_stage_configs_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        CalibrateConfig().seed = 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"pooling": "strided"}, "strided and a stride go together"),
        ({"stride": 50}, "strided and a stride go together"),
        ({"pooling": "strided", "stride": 0}, "greater than 0"),
        ({"pooling": "max"}, "'mean', 'mean.std', 'last' or 'strided'"),
        ({"layers": []}, "at least 1 item"),
    ],
)
def test_what_cannot_be_extracted_is_refused(given, problem):
    with pytest.raises(ValidationError, match=problem):
        ExtractConfig.model_validate(given)


def test_the_runtime_is_read_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path))
    monkeypatch.setenv("RESONANCE_BATCH_SIZE", "3")
    runtime = RuntimeConfig()
    assert (runtime.store, runtime.batch_size) == (str(tmp_path), 3)
