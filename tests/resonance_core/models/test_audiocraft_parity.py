"""The same weights in both libraries are the same model."""

import numpy as np
import pytest
import torch

pytest.importorskip("audiocraft", reason="AudioCraft is not installed: make audiocraft runs these")

from resonance_core.config import ModelConfig, RuntimeConfig, SamplingConfig
from resonance_core.models.base import MusicModel
from resonance_core.models.registry import load_model
from resonance_core.steering.inject import Steering
from tests.audiocraft_to_transformers import convert
from tests.tiny_audiocraft import KINDS

GREEDY = SamplingConfig(guidance_scale=3.0, top_k=1)


@pytest.fixture(scope="module", params=KINDS)
def pair(
    request, audiocraft_folders, offline_audiocraft, tmp_path_factory
) -> tuple[MusicModel, MusicModel]:
    """A model in AudioCraft, and the same in Transformers."""
    source = audiocraft_folders[request.param]
    folder = tmp_path_factory.mktemp("converted")
    convert(source, offline_audiocraft, folder, request.param)
    ours, theirs = (
        load_model(ModelConfig(id=str(folder)), RuntimeConfig(device="cpu"))
        for folder in (source, folder)
    )
    assert (ours.info.backend, theirs.info.backend) == ("audiocraft", "transformers")
    return ours, theirs


def heard(model: MusicModel, chunks: np.ndarray, pooling: str = "mean"):
    return model.capture(
        chunks[:4],
        layers=range(5),
        prompts=["calm piano", "a loud techno track with heavy bass"] * 2,
        melody=True,
        pooling=pooling,
    )


def test_both_hear_the_same(pair, chunks):
    ours, theirs = (heard(model, chunks, "mean+std") for model in pair)
    for name in ("vectors", "rms", "std"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=0, atol=1e-4)


@pytest.mark.parametrize("maker", [0, 1])
def test_a_direction_made_with_one_steers_both_alike(pair, chunks, maker):
    vectors = heard(pair[maker], chunks).vectors
    direction = torch.from_numpy(vectors[1] - vectors[0])
    direction = 2 * direction / direction.norm(dim=-1, keepdim=True)
    steering = Steering(direction[None], rows="conditional", positions="audio")
    asked = {"seeds": [0], "duration_s": 0.5, "sampling": GREEDY}
    if pair[0].info.melody:
        asked["melody"] = chunks[:1]
    plain, steered = (
        [model.generate(["calm"], steering=how, **asked) for model in pair]
        for how in (None, steering)
    )
    np.testing.assert_allclose(plain[0], plain[1], atol=1e-4)
    np.testing.assert_allclose(steered[0], steered[1], atol=1e-4)
    assert np.abs(steered[0] - plain[0]).max() > 1e-3
