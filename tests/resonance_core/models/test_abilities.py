"""Does each backend do what the table of capabilities says, and refuse all else?

AudioCraft, where it is installed, has tests of its own.
"""

import numpy as np
import pytest
import torch

from resonance_core.api_key import ApiKey
from resonance_core.config import LyriaConfig, SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.models.base import MusicModel
from resonance_core.models.capabilities import CAPABILITIES, IN_WORDS
from resonance_core.models.lyria import LyriaModel
from resonance_core.steering.inject import Steering
from tests.lyria_server import KEY


@pytest.fixture(params=["nano", "tiny_melody", "lyria"])
def player(request) -> MusicModel:
    """A model of each backend, one that follows melodies where the backend has such."""
    if request.param != "lyria":
        return request.getfixturevalue(request.param)
    request.getfixturevalue("lyria")
    key = ApiKey(KEY, "GEMINI_API_KEY")
    return LyriaModel(LyriaConfig(timeout_s=20), key, lambda sending: True)


def play(model: MusicModel, duration_s: float = 0.5, **how) -> np.ndarray:
    sampling = SamplingConfig(guidance_scale=2)
    piece = model.generate(["music"], seeds=[1], duration_s=duration_s, sampling=sampling, **how)
    assert piece.shape[:2] == (1, model.info.channels)
    return piece


def noise(model: MusicModel, *shape: int) -> np.ndarray:
    samples = round(model.info.sample_rate * 0.5)
    return np.random.default_rng(0).uniform(-0.3, 0.3, (*shape, samples)).astype(np.float32)


def capture(model: MusicModel) -> None:
    heard = model.capture(noise(model, 1), layers=[0], prompts=[""], melody=False)
    assert heard.vectors.shape == (1, 1, model.info.hidden_size)
    assert np.abs(heard.vectors).max() > 0


def steer(model: MusicModel) -> None:
    displacements = 20 * torch.randn(1, max(1, model.info.layers), max(1, model.info.hidden_size))
    assert play(model, steering=Steering(displacements)).tobytes() != play(model).tobytes()


def melody(model: MusicModel) -> None:
    assert play(model, melody=noise(model, 1)).tobytes() != play(model).tobytes()


def continuation(model: MusicModel) -> None:
    longer = play(model, opening=play(model))
    assert longer.shape[2] == 2 * play(model).shape[2]


def streaming(model: MusicModel) -> None:
    heard: list[np.ndarray] = []
    piece = play(model, 1.5, listener=lambda rows, audio: heard.append(audio))
    assert len(heard) > 1
    assert np.concatenate(heard, axis=2).shape == piece.shape


USES = {use.__name__: use for use in (capture, steer, melody, continuation, streaming)}


def test_every_ability_has_a_use():
    assert set(USES) == set(IN_WORDS)


@pytest.mark.parametrize("ability", IN_WORDS)
def test_a_backend_does_what_the_table_says_and_refuses_all_else(player, ability):
    if getattr(CAPABILITIES[player.info.backend], ability):
        USES[ability](player)
        return
    with pytest.raises(ModelError, match=f"{player.info.backend} cannot {IN_WORDS[ability]}"):
        USES[ability](player)


def test_what_is_heard_is_as_the_table_says(player):
    row = CAPABILITIES[player.info.backend]
    assert (player.info.sample_rate, player.info.channels in row.channels) == (
        row.sample_rate,
        True,
    )
    assert play(player).shape[2] / row.sample_rate == pytest.approx(0.5, abs=0.02)
