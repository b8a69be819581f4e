import numpy as np
import pytest
import torch

from resonance_core.audio.descriptors import describe
from resonance_core.audio.gate import faults, stuck_share
from resonance_core.config import CalibrateConfig
from resonance_core.config_file import load_config
from resonance_core.models.base import mono

RATE = 32000
RNG = np.random.default_rng(0)


def judge(audio: np.ndarray, **limits) -> list[str]:
    config = CalibrateConfig(**{"rms_low": 0.001, "rms_high": 1.0, **limits})
    return faults(audio, describe(np.nan_to_num(audio), RATE), RATE, config)


@pytest.fixture(scope="module")
def made(nano) -> np.ndarray:
    """Music of the embedded model."""
    prompts = ["ambient pads, slow", "techno, fast", "rock", "drone ambient, minimal"]
    sampling = load_config(environment={}).sampling
    return mono(nano.generate(prompts, seeds=[0, 1, 2, 3], duration_s=3, sampling=sampling))


def test_music_passes(made, chunks):
    assert [judge(piece) for piece in made] == [[]] * 4
    assert [judge(chunk) for chunk in chunks] == [[]] * 8


def test_too_quiet_and_too_loud(chunks):
    assert judge(chunks[0], rms_low=0.9) == ["quiet"]
    assert judge(chunks[0], rms_high=0.002) == ["loud"]
    assert "quiet" in judge(np.zeros(RATE, np.float32), rms_low=0.03)


def test_clipping(chunks):
    assert "clipped" in judge(np.clip(chunks[0] * 50, -1, 1))


def test_noise():
    assert judge(0.1 * RNG.normal(size=3 * RATE).astype(np.float32)) == ["noise"]


def test_a_token_that_goes_on_and_a_loop_of_five(nano, made):
    codes = nano._encode(torch.from_numpy(made[None, 1:2]))
    for length in (1, 5):
        loop = codes[:, :, 60 : 60 + length].repeat(1, 1, 150 // length)
        with torch.inference_mode():
            audio = nano.model.audio_encoder.decode(loop[None]).audio_values[0, 0].numpy()
        assert judge(audio) == ["stuck"]


def test_a_beat_is_no_loop(made):
    assert stuck_share(made[1], RATE) < 0.8


def test_short_audio_is_never_stuck():
    assert stuck_share(np.ones(RATE // 10, np.float32), RATE) == 0


def test_what_is_not_finite_is_nothing_else(made):
    broken = made[0].copy()
    broken[5] = np.nan
    assert judge(broken) == ["not finite"]
