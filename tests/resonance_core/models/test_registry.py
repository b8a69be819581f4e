import torch

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.models.registry import load_model, model_info


def test_a_model_is_loaded_once_and_kept():
    runtime = RuntimeConfig(device="cpu")
    assert load_model(ModelConfig(), runtime) is load_model(ModelConfig(), runtime)


def test_what_a_model_is_needs_no_weights_in_memory():
    info = model_info(ModelConfig())
    assert (info.id, info.layers, info.hidden_size) == ("nano", 6, 192)
    assert len(info.revision) == 64


def test_threads_are_chosen_by_width_or_by_the_runtime():
    load_model(ModelConfig(), RuntimeConfig(device="cpu"))
    assert torch.get_num_threads() == 1
    load_model(ModelConfig(), RuntimeConfig(device="cpu", threads=2))
    assert torch.get_num_threads() == 2
    load_model(ModelConfig(), RuntimeConfig(device="cpu"))
