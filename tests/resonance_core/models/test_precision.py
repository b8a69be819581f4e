"""Matrix products in another type than the weights'."""

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from resonance_core.config import ModelConfig, RuntimeConfig, SamplingConfig
from resonance_core.models.registry import load_model, model_info
from resonance_core.models.transformers import TransformersModel


@pytest.fixture(params=["bfloat16", "float16"])
def mixed(request: pytest.FixtureRequest) -> TransformersModel:
    """Nano with weights in float32 and matrix products in half precision."""
    config = ModelConfig(autocast=request.param)
    return load_model(config, RuntimeConfig(device="cpu"))


def test_autocast_is_refused_where_the_weights_are_not_float32():
    with pytest.raises(ValidationError, match=r"leave model\.dtype or model\.autocast out"):
        ModelConfig(dtype="bfloat16", autocast="bfloat16")


def test_autocast_is_part_of_the_identity_only_where_it_is_set():
    full, mixed = model_info(ModelConfig()), model_info(ModelConfig(autocast="bfloat16"))
    assert full.identity().keys() == {"revision", "backend", "dtype"}
    assert mixed.identity() == {**full.identity(), "autocast": "bfloat16"}


def test_what_is_heard_agrees_with_float32(mixed, nano, chunks):
    asked = {"layers": range(6), "prompts": ["slow piano"] * len(chunks), "melody": False}
    exact, heard = nano.capture(chunks, **asked), mixed.capture(chunks, **asked)
    assert heard.vectors.dtype == np.float32
    lengths = np.linalg.norm(exact.vectors, axis=-1) * np.linalg.norm(heard.vectors, axis=-1)
    cosines = (exact.vectors * heard.vectors).sum(-1) / lengths
    assert cosines.min() > 0.999
    np.testing.assert_allclose(heard.rms, exact.rms, rtol=0.02)
    assert not np.array_equal(heard.vectors, exact.vectors)


def test_the_codec_is_left_alone(mixed, nano, chunks):
    waveforms = torch.from_numpy(chunks)[:, None]
    with torch.inference_mode(), mixed._autocast():
        codes = mixed._encode(waveforms)
        assert torch.equal(codes, nano._encode(waveforms))
        assert torch.equal(mixed._decode(codes), nano._decode(codes))


def test_pieces_are_made_with_it_too(mixed, monkeypatch):
    types = set()
    linear = torch.nn.functional.linear

    def seen(*arguments):
        out = linear(*arguments)
        types.add(out.dtype)
        return out

    monkeypatch.setattr("resonance_core.models.decoding.functional.linear", seen)
    audio = mixed.generate(
        ["slow piano"], seeds=[1], duration_s=0.5, sampling=SamplingConfig(guidance_scale=3.0)
    )
    assert types == {getattr(torch, mixed.info.autocast), torch.float32}  # that of the codec
    assert np.isfinite(audio).all()
    assert audio.shape == (1, 1, 16000)
    assert audio.dtype == np.float32
