"""What we make of AudioCraft's models is what AudioCraft makes of them."""

import random

import numpy as np
import pytest
import torch

pytest.importorskip("audiocraft", reason="AudioCraft is not installed: make audiocraft runs these")

from audiocraft.models import MusicGen
from audiocraft.modules.conditioners import ClassifierFreeGuidanceDropout

from resonance_core.config import ModelConfig, RuntimeConfig, SamplingConfig
from resonance_core.models.audiocraft import AudioCraftModel
from resonance_core.models.base import MusicModel
from resonance_core.models.registry import load_model
from resonance_core.steering.hooks import hidden_state_hooks
from tests.tiny_audiocraft import MODELS, separate

GREEDY = SamplingConfig(guidance_scale=3.0, top_k=1)
FRAMES = 24


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> MusicModel:
    """Each kind of model that AudioCraft runs, in turn."""
    return request.getfixturevalue(request.param)


def library(model: AudioCraftModel, frames: int = FRAMES) -> MusicGen:
    """The library's own way to play with a model, by its most likely tokens."""
    musicgen = MusicGen("test", model.codec, model.lm, max_duration=30)
    musicgen.set_generation_params(
        use_sampling=False, duration=frames / model.info.frame_rate, cfg_coef=3.0
    )
    return musicgen


@pytest.mark.parametrize("melody", [True, False])
def test_capture_pools_what_the_layers_put_out(model, chunks, melody):
    prompts = ["calm", "calm"]
    melody = melody and model.info.melody
    audio = torch.from_numpy(chunks[:2, None])
    attributes, _ = library(model)._prepare_tokens_and_attributes(
        prompts, None, list(audio) if melody else None
    )
    states: dict[int, torch.Tensor] = {}
    with torch.no_grad(), hidden_state_hooks(model.layers, states.__setitem__):
        model.lm.compute_predictions(model._encode(audio), attributes)
    whole = torch.stack([states[layer] for layer in range(len(states))], dim=1)
    columns = model._encode(audio).shape[2] + 1
    audible = whole[:, :, -columns:][:, :, model.info.warm_up :]
    found = model.capture(
        chunks[:2], layers=range(model.info.layers), prompts=prompts, melody=melody
    )
    np.testing.assert_allclose(found.vectors, audible.mean(2), rtol=1e-5, atol=1e-5)


def test_most_likely_tokens_give_what_audiocraft_generates(model):
    ours = model.generate(
        ["calm piano"], seeds=[0], duration_s=FRAMES / model.info.frame_rate, sampling=GREEDY
    )
    theirs = library(model).generate(["calm piano"]).numpy()
    np.testing.assert_allclose(ours, theirs / max(1.0, np.abs(theirs).max()), atol=1e-5)


def test_a_melody_gives_what_audiocraft_generates_with_chroma(audiocraft_melody, chunks):
    ours = audiocraft_melody.generate(
        ["calm piano"], seeds=[0], duration_s=FRAMES / 50, sampling=GREEDY, melody=chunks[:1]
    )
    theirs = library(audiocraft_melody).generate_with_chroma(
        ["calm piano"], torch.from_numpy(chunks[:1, None]), 32000
    )
    np.testing.assert_allclose(ours, theirs / max(1.0, theirs.abs().max()), atol=1e-5)
    without = audiocraft_melody.generate(
        ["calm piano"], seeds=[0], duration_s=FRAMES / 50, sampling=GREEDY
    )
    assert np.abs(ours - without).max() > 1e-3


def test_an_opening_gives_the_tokens_of_audiocrafts_continuation(model, chunks):
    opening = np.repeat(chunks[:1, None, :32000], model.info.channels, axis=1)
    begin = model._opening(opening)
    total = torch.zeros(1)
    generator = torch.Generator()
    with torch.inference_mode():
        drawing = model._frames(
            ["calm piano"], [generator], FRAMES, GREEDY, None, None, begin, total
        )
        made = list(drawing)
    assert total.isfinite()
    heard = begin.codes.shape[2]
    _, tokens = library(model, heard + FRAMES).generate_continuation(
        torch.from_numpy(opening), 32000, ["calm piano"], return_tokens=True
    )
    assert torch.equal(begin.codes, tokens[..., :heard])
    assert torch.equal(torch.stack(made, dim=2), tokens[..., heard:])


def test_the_unconditional_rows_are_told_nothing_as_in_audiocraft(model):
    provider = model.lm.condition_provider
    attributes, _ = library(model)._prepare_tokens_and_attributes(["calm piano"], None)
    both = attributes + ClassifierFreeGuidanceDropout(p=1.0)(attributes)
    told = provider(provider.tokenize(both))
    ours = model._condition(["calm piano"], None, guided=True)
    begin = told["description"][0][:, :0]
    with torch.no_grad():
        prefix, attended = model.lm.fuser(begin, told)
    torch.testing.assert_close(ours.states, prefix if attended is None else attended)
    assert ours.prefix == prefix.shape[1]


def test_what_demucs_chooses_at_random_is_the_same_each_time(
    audiocraft_melody, chunks, monkeypatch
):
    chosen = []

    def choose(*arguments, **named):
        chosen.append(random.random())
        return separate(*arguments, **named)

    monkeypatch.setattr("demucs.apply.apply_model", choose)
    random.seed(5)
    expected = random.random()
    random.seed(5)
    heard = [
        audiocraft_melody.capture(chunks[:1], layers=[0], prompts=["calm"], melody=True).vectors
        for _ in range(2)
    ]
    assert chosen[0] == chosen[1]
    assert heard[0].tobytes() == heard[1].tobytes()
    assert random.random() == expected  # nobody else notices


def test_the_debug_model_has_the_same_weights_each_time():
    state = torch.random.get_rng_state()
    weights = []
    for batch_size in (1, 2):
        load_model(ModelConfig(), RuntimeConfig(device="cpu"))  # or the loaded one is given out
        debug = load_model(
            ModelConfig(id="debug"), RuntimeConfig(device="cpu", batch_size=batch_size)
        )
        weights.append([*debug.lm.state_dict().values(), *debug.codec.state_dict().values()])
    assert all(torch.equal(*pair) for pair in zip(*weights, strict=True))
    assert torch.equal(torch.random.get_rng_state(), state)


@pytest.mark.parametrize(
    "how", [{"dtype": "bfloat16"}, {"dtype": "float16"}, {"autocast": "bfloat16"}]
)
def test_half_precision_hears_nearly_the_same_and_plays(audiocraft_folders, chunks, how):
    asked = {"layers": range(5), "prompts": ["slow piano"] * 2, "melody": True}
    exact, half = (
        load_model(
            ModelConfig(id=str(audiocraft_folders["melody"]), **kind), RuntimeConfig(device="cpu")
        )
        for kind in ({}, how)
    )
    one, other = exact.capture(chunks[:2], **asked), half.capture(chunks[:2], **asked)
    lengths = np.linalg.norm(one.vectors, axis=-1) * np.linalg.norm(other.vectors, axis=-1)
    assert ((one.vectors * other.vectors).sum(-1) / lengths).min() > 0.999
    assert not np.array_equal(one.vectors, other.vectors)
    audio = half.generate(["slow piano"], seeds=[1], duration_s=0.5, sampling=SamplingConfig())
    assert np.isfinite(audio).all()
