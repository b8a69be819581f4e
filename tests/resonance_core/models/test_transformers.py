import numpy as np
import pytest
import torch

from resonance_core.config import SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.models.base import MusicModel
from resonance_core.models.transformers import TransformersModel
from tests.tiny_models import MODELS

SAMPLING = SamplingConfig(guidance_scale=2.0, top_k=50)
GREEDY = SamplingConfig(guidance_scale=3.0, top_k=1)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> MusicModel:
    """Each kind of model that Transformers runs, in turn."""
    return request.getfixturevalue(request.param)


def tokenized(model: TransformersModel, prompts: list[str]):
    """Prompts as each model's card says: nano's all have one length."""
    padding = "max_length" if model.info.id == "nano" else False
    return model.tokenizer(prompts, padding=padding, return_tensors="pt")


def hidden_states_of_transformers(
    model: TransformersModel,
    audio: np.ndarray,
    prompt: str,
    melody: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[torch.Tensor, int]:
    """All hidden states [layers, rows, positions, hidden] and the prefix, by its own forward."""
    hf = model.model
    # Without this the last entry is what the final layer norm makes of the last layer's output.
    monkeypatch.setattr(hf.decoder.model.decoder.config, "tie_last_hidden_states", False, False)
    monkeypatch.setattr(hf.decoder.config, "tie_last_hidden_states", False, False)
    rows = len(audio)
    tokens = tokenized(model, [prompt] * rows)
    codes = hf.audio_encoder.encode(torch.from_numpy(audio)[:, None]).audio_codes[0]
    codes = codes.repeat_interleave(model.info.channels, dim=1)  # stereo models hear mono twice
    pad = hf.config.decoder.pad_token_id
    start = torch.full((rows, codes.shape[1], 1), pad)
    ids = torch.cat([start, codes], dim=2).reshape(rows * codes.shape[1], -1)
    _, pattern = hf.decoder.build_delay_pattern_mask(ids, pad, max_length=ids.shape[1] + 8)
    columns = pattern[:, : ids.shape[1]]
    inputs = {
        "input_ids": tokens["input_ids"],
        "attention_mask": tokens["attention_mask"],
        "decoder_input_ids": columns,
        "output_hidden_states": True,
    }
    if model.info.melody and melody:
        inputs["input_features"] = model.chroma(
            list(audio), sampling_rate=32000, return_tensors="pt"
        )["input_features"]
    with torch.inference_mode():
        output = hf(**inputs)
    states = getattr(output, "hidden_states", None) or output.decoder_hidden_states
    stacked = torch.stack(states[1:])  # the first is what enters the first layer
    return stacked, stacked.shape[2] - columns.shape[1]


@pytest.mark.parametrize("rows", [1, 8])
@pytest.mark.parametrize("melody", [True, False])
def test_capture_equals_pooled_output_hidden_states(model, chunks, rows, melody, monkeypatch):
    audio = chunks[:rows]
    states, prefix = hidden_states_of_transformers(model, audio, "calm", melody, monkeypatch)
    warm_up = model.info.warm_up
    expected = states[:, :, prefix + warm_up :].mean(2).transpose(0, 1).numpy()
    layers = range(model.info.layers)
    captured = model.capture(audio, layers=layers, prompts=["calm"] * rows, melody=melody)
    assert captured.vectors.shape == (rows, model.info.layers, model.info.hidden_size)
    np.testing.assert_allclose(captured.vectors, expected, rtol=1e-5, atol=1e-5)
    rms = states[:, :, prefix + warm_up :].square().mean((2, 3)).sqrt().T.numpy()
    np.testing.assert_allclose(captured.rms, rms, rtol=1e-5)


@pytest.mark.parametrize("pooling", ["mean+std", "last", "strided"])
def test_each_pooling_is_of_the_hidden_states_of_transformers(model, chunks, pooling, monkeypatch):
    audio = chunks[:2]
    states, prefix = hidden_states_of_transformers(model, audio, "calm", True, monkeypatch)
    audible = states[:, :, prefix + model.info.warm_up :].transpose(0, 1).numpy()
    how = {"pooling": pooling, "stride": 30 if pooling == "strided" else None}
    layers = range(model.info.layers)
    found = model.capture(audio, layers=layers, prompts=["calm"] * 2, melody=True, **how)
    expected = {
        "mean+std": audible.mean(2),
        "last": audible[:, :, -1],
        "strided": audible[:, :, ::30],
    }
    np.testing.assert_allclose(found.vectors, expected[pooling], rtol=1e-5, atol=1e-5)
    if pooling == "mean+std":
        np.testing.assert_allclose(found.std, audible.std(2), rtol=1e-4, atol=1e-5)
    if pooling == "strided":  # two seconds have 100 frames, and 3 only start the delay pattern
        assert found.frames.tolist() == [3, 33, 63, 93]
        assert found.vectors.shape[2] == 4


def test_nanos_audio_starts_at_one_position_whatever_the_prompt(nano):
    prompts = ("", "calm", "fast techno with heavy bass and a choir")
    prefixes = {nano._condition([prompt], None, guided=False).prefix for prompt in prompts}
    assert prefixes == {20 + 24}  # chroma frames and tokens
    longer = nano._condition(["calm " * 40], None, guided=False)
    assert longer.prefix == 20 + 42  # heard whole rather than cut


def test_most_likely_tokens_give_the_audio_of_transformers_generate(model):
    frames = 24
    ours = model.generate(
        ["a calm piano"], seeds=[0], duration_s=frames / model.info.frame_rate, sampling=GREEDY
    )
    tokens = tokenized(model, ["a calm piano"])
    theirs = model.model.generate(
        input_ids=tokens["input_ids"],
        attention_mask=tokens["attention_mask"],
        do_sample=False,
        guidance_scale=3.0,
        max_new_tokens=frames + model.info.warm_up - 1,
    )
    np.testing.assert_array_equal(ours[0], theirs[0].numpy())


def test_a_piece_longer_than_the_model_was_trained_on_goes_on_from_its_own_end(nano):
    short, long = (
        nano.generate(["music"], seeds=[1], duration_s=seconds, sampling=SAMPLING)[0, 0]
        for seconds in (10, 21)
    )
    assert len(long) == 21 * 32000
    np.testing.assert_allclose(long[: 9 * 32000], short[: 9 * 32000], atol=0.02)
    # What comes after is music as loud as what was before, and no copy of it.
    level = [np.sqrt((long[second * 32000 :][:32000] ** 2).mean()) for second in range(21)]
    assert min(level[10:]) > 0.2 * np.median(level)
    assert np.corrcoef(long[: 5 * 32000], long[10 * 32000 : 15 * 32000])[0, 1] < 0.5


def test_a_melody_gives_what_transformers_gives(nano, chunks):
    ours = nano.generate(["calm"], seeds=[0], duration_s=0.5, sampling=GREEDY, melody=chunks[:1])
    tokens = tokenized(nano, ["calm"])
    features = nano.chroma([chunks[0]], sampling_rate=32000, return_tensors="pt")
    theirs = nano.model.generate(
        input_features=features["input_features"],
        input_ids=tokens["input_ids"],
        attention_mask=tokens["attention_mask"],
        do_sample=False,
        guidance_scale=3.0,
        max_new_tokens=28,
    )
    np.testing.assert_array_equal(ours[0], theirs[0].numpy())
    without = nano.generate(["calm"], seeds=[0], duration_s=0.5, sampling=GREEDY)
    assert np.abs(ours - without).max() > 1e-3


def test_a_chunk_longer_than_the_model_can_take_is_refused(nano):
    with pytest.raises(ModelError, match="40 s is more than nano can take at once"):
        nano.capture(np.zeros((1, 40 * 32000), np.float32), layers=[0], prompts=[""], melody=False)
