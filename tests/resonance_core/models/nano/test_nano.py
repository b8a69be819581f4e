import importlib

import torch
from transformers import AutoConfig, AutoTokenizer

from resonance_core.models import nano
from resonance_core.models.nano.config import SpectralCodecConfig


def test_importing_twice_registers_once():
    importlib.reload(nano)
    config = AutoConfig.for_model("spectral-codec")
    assert type(config) is SpectralCodecConfig
    assert (config.hop_length, config.frame_rate) == (640, 50)


def test_the_weights_are_small_enough_to_ship():
    assert (nano.WEIGHTS / "model.safetensors").stat().st_size <= 40_000_000


def test_musicgen_loads_whole_in_float32(musicgen):
    assert {p.dtype for p in musicgen.parameters()} == {torch.float32}
    assert not any(p.isnan().any() for p in musicgen.parameters())
    assert musicgen.config.audio_encoder.sampling_rate == 32000


def test_the_tokenizer_gives_what_generate_takes():
    tokens = AutoTokenizer.from_pretrained(nano.WEIGHTS)(
        ["calm piano", "fast techno, energetic"], padding="max_length", return_tensors="pt"
    )
    assert set(tokens) == {"input_ids", "attention_mask"}
    assert tokens["input_ids"].shape == (2, 24)


def test_a_prompt_becomes_audio(musicgen):
    tokens = AutoTokenizer.from_pretrained(nano.WEIGHTS)(
        ["calm piano"], padding="max_length", return_tensors="pt"
    )
    torch.manual_seed(0)
    audio = musicgen.generate(**tokens, max_new_tokens=53)
    assert audio.shape == (1, 1, 50 * 640)
    assert 0.005 < audio.square().mean().sqrt() < 0.5
