import numpy as np
import pytest
import torch

from resonance_core.config import SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.models.decoding import Decoding
from resonance_core.models.transformers import TransformersModel
from resonance_core.steering.inject import Steering, inject

SAMPLING = SamplingConfig(guidance_scale=2.0, top_k=50)
GREEDY = SamplingConfig(guidance_scale=3.0, top_k=1)


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


def test_capture_does_not_depend_on_the_batch(model, chunks):
    prompts = ["", "calm", "a loud techno track with heavy bass", ""] * 2
    layers = range(model.info.layers)
    together = model.capture(chunks, layers=layers, prompts=prompts, melody=True)
    alone = [
        model.capture(chunks[i : i + 1], layers=layers, prompts=[prompts[i]], melody=True)
        for i in range(8)
    ]
    np.testing.assert_allclose(
        together.vectors, np.concatenate([one.vectors for one in alone]), rtol=1e-5, atol=1e-5
    )


def test_capture_reads_the_layers_it_is_asked_for(model, chunks):
    both = model.capture(chunks[:2], layers=[0, 3], prompts=[""] * 2, melody=True)
    layers = range(model.info.layers)
    every = model.capture(chunks[:2], layers=layers, prompts=[""] * 2, melody=True)
    np.testing.assert_array_equal(both.vectors, every.vectors[:, [0, 3]])
    with pytest.raises(ModelError, match=rf"layer 99 does not exist.*{model.info.layers} layers"):
        model.capture(chunks[:1], layers=[99], prompts=[""], melody=True)


def test_layers_after_the_last_that_is_read_are_not_run(model, chunks):
    read = {"layers": [2, 1], "prompts": ["", "calm"], "melody": True}
    whole = model.capture(chunks[:2], **{**read, "layers": range(model.info.layers)})
    run: list[int] = []
    hooks = [
        layer.register_forward_hook(lambda *_, number=number: run.append(number))
        for number, layer in enumerate(model.layers)
    ]
    cut = model.capture(chunks[:2], **read)
    for hook in hooks:
        hook.remove()
    assert set(run) == {0, 1, 2}
    assert cut.vectors.tobytes() == whole.vectors[:, [2, 1]].tobytes()
    assert len(model.model.decoder.model.decoder.layers) == model.info.layers


def test_an_error_while_listening_leaves_the_model_whole(nano, chunks, monkeypatch):
    def fail(*_args, **_named):
        raise RuntimeError("half way")

    before = len(nano.layers[1]._forward_hooks)
    monkeypatch.setattr(nano.layers[1], "forward", fail)
    with pytest.raises(RuntimeError, match="half way"):
        nano.capture(chunks[:1], layers=[1], prompts=[""], melody=True)
    assert len(nano.model.decoder.model.decoder.layers) == nano.info.layers
    assert len(nano.layers[1]._forward_hooks) == before


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


def test_frames_are_counted_from_the_chunks_start_whatever_the_prompts(model, chunks):
    prompts = ["calm", "a loud techno track with heavy bass"]
    read = {"layers": [0, 1], "melody": True, "pooling": "strided", "stride": 40}
    both = model.capture(chunks[:2], prompts=prompts, **read)
    assert both.frames.tolist() == [3, 43, 83]
    alone = model.capture(chunks[1:2], prompts=prompts[1:], **read)
    np.testing.assert_allclose(both.vectors[1:], alone.vectors, rtol=1e-5, atol=1e-5)


def test_a_chunk_shorter_than_the_delay_is_refused(nano):
    with pytest.raises(ModelError, match="3 frames is too short to listen to"):
        nano.capture(np.zeros((1, 3 * 640), np.float32), layers=[0], prompts=[""], melody=False)


def test_melody_conditioning_changes_what_a_melody_model_hears(nano, chunks):
    with_melody = nano.capture(chunks[:1], layers=[2], prompts=[""], melody=True)
    without = nano.capture(chunks[:1], layers=[2], prompts=[""], melody=False)
    assert np.abs(with_melody.vectors - without.vectors).max() > 1e-3


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


def test_the_same_seed_gives_the_same_audio_and_another_seed_another(model):
    first, again, other = (
        model.generate(["music"], seeds=[seed], duration_s=0.5, sampling=SAMPLING)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4


def test_a_row_does_not_depend_on_the_rows_beside_it(model):
    together = model.generate(["music"] * 3, seeds=[5, 6, 7], duration_s=0.5, sampling=SAMPLING)
    alone = model.generate(["music"], seeds=[6], duration_s=0.5, sampling=SAMPLING)
    np.testing.assert_allclose(together[1], alone[0], atol=1e-4)


def test_rows_with_prompts_of_many_lengths_equal_the_rows_alone(model):
    prompts = ["calm", "a fast and loud techno track with heavy bass", "calm", "rock"]
    together = model.generate(prompts, seeds=[1, 2, 3, 4], duration_s=0.5, sampling=SAMPLING)
    for row, prompt in enumerate(prompts):
        alone = model.generate([prompt], seeds=[row + 1], duration_s=0.5, sampling=SAMPLING)
        np.testing.assert_allclose(together[row], alone[0], atol=1e-4)


def test_as_many_seeds_as_prompts_are_needed(nano):
    with pytest.raises(ValueError, match="2 prompts do not go with 1 seeds"):
        nano.generate(["a", "b"], seeds=[1], duration_s=0.5, sampling=SAMPLING)


def random_displacements(model: TransformersModel, rows: int, length: float) -> torch.Tensor:
    shape = (model.info.layers, model.info.hidden_size)
    vectors = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    return (length * vectors / vectors.norm(dim=-1, keepdim=True)).repeat(rows, 1, 1)


def test_strength_zero_is_bit_identical_to_no_steering(model):
    displacements = random_displacements(model, 2, 0.0)
    plain = model.generate(["music"] * 2, seeds=[3, 4], duration_s=0.5, sampling=SAMPLING)
    steered = model.generate(
        ["music"] * 2,
        seeds=[3, 4],
        duration_s=0.5,
        sampling=SAMPLING,
        steering=Steering(displacements),
    )
    assert steered.tobytes() == plain.tobytes()


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"rows": "conditional"},
        {"positions": "audio"},
        {"keep_norm": True},
        {"envelope": torch.linspace(0, 1, 25)},
        {"rows": "conditional", "positions": "audio", "keep_norm": True},
    ],
)
def test_each_row_is_steered_by_its_own_strength(nano, how):
    displacements = random_displacements(nano, 2, 5.0) * torch.tensor([0.0, 1.0])[:, None, None]
    plain = nano.generate(["music"] * 2, seeds=[3, 3], duration_s=0.5, sampling=SAMPLING)
    steered = nano.generate(
        ["music"] * 2,
        seeds=[3, 3],
        duration_s=0.5,
        sampling=SAMPLING,
        steering=Steering(displacements, **how),
    )
    np.testing.assert_array_equal(plain[0], plain[1])
    np.testing.assert_array_equal(steered[0], plain[0])
    assert np.abs(steered[1] - plain[1]).max() > 1e-3


@pytest.mark.parametrize("rows", ["both", "conditional"])
@pytest.mark.parametrize("positions", ["all", "audio"])
def test_column_by_column_is_steered_as_all_at_once_by_transformers(model, rows, positions):
    steering = Steering(
        random_displacements(model, 1, 2.0),
        rows=rows,
        positions=positions,
        keep_norm=True,
        envelope=torch.linspace(0.2, 1, 6),
    )
    shape = (2, model.info.codebooks, 8)
    columns = torch.randint(0, 32, shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        conditioning = model._condition(["calm"], None, guided=True)
        prefix = conditioning.prefix
        with inject(model.layers, steering, prefix):
            whole = model.model.decoder.model.decoder(
                input_ids=columns.flatten(0, 1),
                encoder_hidden_states=conditioning.states,
                encoder_attention_mask=conditioning.cross_attention_mask,
                use_cache=False,
            ).last_hidden_state[:, prefix:]
        decoding, steps = Decoding(model.model, conditioning, 8), []
        with inject(decoding.layers, steering, prefix) as injection:
            for place in range(8):
                injection.start = decoding.seen
                hidden = decoding.hidden(columns[..., place : place + 1])[:, -1]
                steps.append(model.model.decoder.model.decoder.layer_norm(hidden))
    torch.testing.assert_close(torch.stack(steps, dim=1), whole, rtol=1e-4, atol=1e-4)


def test_steering_of_another_width_is_an_error_after_which_the_model_plays_as_before(nano):
    before = nano.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
    wrong = Steering(torch.ones(1, nano.info.layers, 7))
    hooks = [len(layer._forward_hooks) for layer in nano.layers]  # Transformers may have its own
    with pytest.raises(RuntimeError):
        nano.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING, steering=wrong)
    assert [len(layer._forward_hooks) for layer in nano.layers] == hooks
    after = nano.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
    assert after.tobytes() == before.tobytes()


def test_a_listener_hears_each_piece_while_it_is_made(model):
    prompts = ["calm", "a fast and loud techno track with heavy bass", "calm"]
    heard: dict[int, list[np.ndarray]] = {0: [], 1: [], 2: []}

    def listen(rows, audio):
        for row, stretch in zip(rows, audio, strict=True):
            heard[row].append(stretch)

    duration_s = 3.1
    whole = model.generate(
        prompts, seeds=[1, 2, 3], duration_s=duration_s, sampling=SAMPLING, listener=listen
    )
    silent = model.generate(prompts, seeds=[1, 2, 3], duration_s=duration_s, sampling=SAMPLING)
    assert whole.tobytes() == silent.tobytes()
    for row in range(3):
        assert len(heard[row]) == 155 + 1  # once a frame, and once more for the end
        lengths = [stretch.shape[1] / 32000 for stretch in heard[row] if stretch.size]
        assert lengths == [1.0, 1.0, pytest.approx(1.1)]
        assert np.concatenate(heard[row], axis=1).shape == whole[row].shape


def test_what_a_listener_raises_ends_the_work_and_the_model_plays_on(nano):
    calls = []

    def cancel(_rows, audio):
        calls.append(audio)
        if len(calls) == 7:
            raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        nano.generate(["music"], seeds=[1], duration_s=19, sampling=SAMPLING, listener=cancel)
    assert len(calls) == 7
    nano.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)  # the device is free


def test_guidance_one_runs_without_unconditional_rows(nano):
    sampling = SamplingConfig(guidance_scale=1.0)
    audio = nano.generate(["music"], seeds=[1], duration_s=0.5, sampling=sampling)
    assert np.isfinite(audio).all()


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


def test_a_piece_goes_on_from_its_opening(model, chunks):
    opening = np.repeat(chunks[:2, None], model.info.channels, axis=1)
    prompts = ["calm", "a loud techno track with heavy bass"]
    heard = []
    made = model.generate(
        prompts,
        seeds=[1, 2],
        duration_s=1.0,
        sampling=SAMPLING,
        opening=opening,
        listener=lambda rows, audio: heard.append(audio[0]) if 0 in rows else None,
    )
    assert made.shape == (2, model.info.channels, 3 * 32000)
    join = 3 * 640  # where opening and continuation are blended
    for before, after in zip(opening, made, strict=True):
        scale = max(1.0, np.abs(after).max() / 0.999)
        assert np.abs(after[:, : 64000 - join] - before[:, : 64000 - join] / scale).max() < 0.01
    np.testing.assert_array_equal(heard[0], opening[0, :, : 64000 - join].clip(-1, 1))
    assert np.concatenate(heard, axis=1).shape[1] == 3 * 32000
    other = model.generate(
        prompts, seeds=[1, 2], duration_s=1.0, sampling=SAMPLING, opening=opening[::-1]
    )
    if model.info.id == "nano":  # the others' weights are random, and what was before no matter
        assert np.abs(other[0, :, 64000:] - made[0, :, 64000:]).max() > 1e-3


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


def test_a_model_that_follows_no_melody_says_so(model, chunks):
    if model.info.melody:
        pytest.skip("this one does")
    with pytest.raises(ModelError, match=r"cannot follow a melody.*Choose a melody model"):
        model.generate(["calm"], seeds=[0], duration_s=0.5, sampling=GREEDY, melody=chunks[:1])


def test_what_a_model_is_equals_what_is_loaded(model):
    info = model.info
    assert len(model.layers) == info.layers
    assert info.sample_rate == 32000
    assert info.frame_rate == 50
    assert info.codebooks == 4 * info.channels


def test_a_chunk_longer_than_the_model_can_take_is_refused(nano):
    with pytest.raises(ModelError, match="40 s is more than nano can take at once"):
        nano.capture(np.zeros((1, 40 * 32000), np.float32), layers=[0], prompts=[""], melody=False)
