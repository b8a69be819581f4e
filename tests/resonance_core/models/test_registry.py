import pytest
import torch

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.errors import ModelError
from resonance_core.models import registry
from resonance_core.models.registry import load_model, model_info


def test_a_model_is_loaded_once_and_kept():
    runtime = RuntimeConfig(device="cpu")
    assert load_model(ModelConfig(), runtime) is load_model(ModelConfig(), runtime)


def test_what_a_model_is_needs_no_weights_in_memory():
    info = model_info(ModelConfig())
    assert (info.id, info.layers, info.hidden_size) == ("nano", 6, 192)
    assert len(info.revision) == 64


def test_lyria_is_meant_by_its_name_or_as_a_backend():
    configs = [{"id": "lyria"}, {"backend": "lyria"}, {"id": "lyria", "backend": "lyria"}]
    assert {model_info(ModelConfig(**config)).backend for config in configs} == {"lyria"}
    with pytest.raises(ModelError, match="Lyria has no model 'facebook/musicgen-small'"):
        model_info(ModelConfig(id="facebook/musicgen-small", backend="lyria"))
    with pytest.raises(ModelError, match="'lyria'"):
        model_info(ModelConfig(id="lyria", backend="transformers"))


def test_threads_are_chosen_by_width_or_by_the_runtime():
    load_model(ModelConfig(), RuntimeConfig(device="cpu"))
    assert torch.get_num_threads() == 1
    load_model(ModelConfig(), RuntimeConfig(device="cpu", threads=2))
    assert torch.get_num_threads() == 2
    load_model(ModelConfig(), RuntimeConfig(device="cpu"))


@pytest.mark.parametrize(("device", "expected"), [("cpu", [1, 2, 2]), ("cuda", [1, 8, 64])])
def test_only_a_gpu_hears_many_chunks_at_once(device, expected, monkeypatch):
    monkeypatch.setattr(registry, "resolve_device", lambda _: torch.device(device))
    sizes = [registry.chunks_at_once(RuntimeConfig(batch_size=size)) for size in (1, 8, 64)]
    assert sizes == expected
