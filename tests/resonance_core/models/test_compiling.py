"""Compiled layers: the same numbers, where there is a compiler."""

import numpy as np
import pytest
import torch

from resonance_core.config import ModelConfig, RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.models.compiling import check_compiler
from resonance_core.models.registry import load_model


@pytest.mark.slow
def test_compiled_layers_hear_the_same(nano, chunks):
    try:
        check_compiler(torch.device("cpu"))
    except ConfigError as error:
        pytest.skip(str(error))
    compiled = load_model(ModelConfig(), RuntimeConfig(device="cpu", compile=True))
    assert compiled is not nano
    for layers in (range(6), [1, 3]):  # the second stops the forward after layer 3
        asked = {"layers": layers, "prompts": [""] * len(chunks), "melody": False}
        exact, heard = nano.capture(chunks, **asked), compiled.capture(chunks, **asked)
        scale = np.abs(exact.vectors).max()
        np.testing.assert_allclose(heard.vectors, exact.vectors, atol=1e-4 * scale, rtol=0)
        np.testing.assert_allclose(heard.rms, exact.rms, rtol=1e-4)


def test_a_machine_without_a_compiler_is_refused_in_words(monkeypatch):
    def fail(_function):
        def call(_tensor):
            raise RuntimeError("InvalidCxxCompiler: none found\n\nmore of it")

        return call

    monkeypatch.setattr(torch, "compile", fail)
    check_compiler.cache_clear()
    words = r"does not work for cpu here: InvalidCxxCompiler: none found\. Install a C\+\+ compiler"
    with pytest.raises(ConfigError, match=words):
        load_model(ModelConfig(), RuntimeConfig(device="cpu", compile=True))
    check_compiler.cache_clear()
