"""What every MusicGen does, whichever library runs it."""

import numpy as np
import pytest
import torch

from resonance_core.config import SamplingConfig
from resonance_core.errors import ModelError
from resonance_core.models.musicgen import MusicgenModel
from resonance_core.models.streaming import JOIN_S
from resonance_core.steering.hooks import hidden_state_hooks
from resonance_core.steering.inject import Steering, inject

SAMPLING = SamplingConfig(guidance_scale=2.0, top_k=50)
GREEDY = SamplingConfig(guidance_scale=3.0, top_k=1)


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
    both = model.capture(chunks[:2], layers=[0, 1], prompts=[""] * 2, melody=True)
    layers = range(model.info.layers)
    every = model.capture(chunks[:2], layers=layers, prompts=[""] * 2, melody=True)
    np.testing.assert_array_equal(both.vectors, every.vectors[:, [0, 1]])
    with pytest.raises(ModelError, match=rf"layer 99 does not exist.*{model.info.layers} layers"):
        model.capture(chunks[:1], layers=[99], prompts=[""], melody=True)


def test_layers_after_the_last_that_is_read_are_not_run(model, chunks):
    read = {"layers": [1, 0], "prompts": ["", "calm"], "melody": True}
    whole = model.capture(chunks[:2], **{**read, "layers": range(model.info.layers)})
    run: list[int] = []
    hooks = [
        layer.register_forward_hook(lambda *_, number=number: run.append(number))
        for number, layer in enumerate(model.layers)
    ]
    cut = model.capture(chunks[:2], **read)
    for hook in hooks:
        hook.remove()
    assert set(run) == {0, 1}
    assert cut.vectors.tobytes() == whole.vectors[:, [1, 0]].tobytes()
    assert len(model.decoder.layers) == model.info.layers


def test_an_error_while_listening_leaves_the_model_whole(model, chunks, monkeypatch):
    def fail(*_args, **_named):
        raise RuntimeError("half way")

    before = len(model.layers[1]._forward_hooks)
    monkeypatch.setattr(model.layers[1], "forward", fail)
    with pytest.raises(RuntimeError, match="half way"):
        model.capture(chunks[:1], layers=[1], prompts=[""], melody=True)
    assert len(model.decoder.layers) == model.info.layers
    assert len(model.layers[1]._forward_hooks) == before


def test_frames_are_counted_from_the_chunks_start_whatever_the_prompts(model, chunks):
    prompts = ["calm", "a loud techno track with heavy bass"]
    read = {"layers": [0, 1], "melody": True, "pooling": "strided", "stride": 40}
    both = model.capture(chunks[:2], prompts=prompts, **read)
    assert both.frames.tolist() == list(range(3, round(2 * model.info.frame_rate), 40))
    alone = model.capture(chunks[1:2], prompts=prompts[1:], **read)
    np.testing.assert_allclose(both.vectors[1:], alone.vectors, rtol=1e-5, atol=1e-5)


def test_a_chunk_shorter_than_the_delay_is_refused(model):
    three = np.zeros((1, round(3 * 32000 / model.info.frame_rate)), np.float32)
    with pytest.raises(ModelError, match="3 frames is too short to listen to"):
        model.capture(three, layers=[0], prompts=[""], melody=False)


def test_melody_conditioning_changes_what_a_melody_model_hears(model, chunks):
    with_melody = model.capture(chunks[:1], layers=[1], prompts=["calm"], melody=True)
    without = model.capture(chunks[:1], layers=[1], prompts=["calm"], melody=False)
    differs = np.abs(with_melody.vectors - without.vectors).max() > 1e-3
    assert differs == model.info.melody


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


def test_as_many_seeds_as_prompts_are_needed(model):
    with pytest.raises(ValueError, match="2 prompts do not go with 1 seeds"):
        model.generate(["a", "b"], seeds=[1], duration_s=0.5, sampling=SAMPLING)


def random_displacements(model: MusicgenModel, rows: int, length: float) -> torch.Tensor:
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
def test_each_row_is_steered_by_its_own_strength(model, how):
    displacements = random_displacements(model, 2, 5.0) * torch.tensor([0.0, 1.0])[:, None, None]
    plain = model.generate(["music"] * 2, seeds=[3, 3], duration_s=0.5, sampling=SAMPLING)
    steered = model.generate(
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
def test_column_by_column_is_steered_as_all_at_once(model, rows, positions):
    steering = Steering(
        random_displacements(model, 1, 2.0),
        rows=rows,
        positions=positions,
        keep_norm=True,
        envelope=torch.linspace(0.2, 1, 6),
    )
    shape = (2, model.info.codebooks, 8)
    columns = torch.randint(0, 32, shape, generator=torch.Generator().manual_seed(1))
    put_out: list[torch.Tensor] = []
    with torch.inference_mode():
        conditioning = model._condition(["calm"], None, guided=True)
        prefix = conditioning.prefix
        with (
            inject(model.layers, steering, prefix),
            hidden_state_hooks(model.layers[-1:], lambda _, hidden: put_out.append(hidden)),
        ):
            model._hear(columns, conditioning)
        whole = put_out.pop()
        with (
            model._incremental(conditioning, 8) as decoder,
            inject(decoder.layers, steering, prefix) as injection,
            hidden_state_hooks(decoder.layers[-1:], lambda _, hidden: put_out.append(hidden)),
        ):
            for place in range(8):
                injection.start = decoder.seen
                decoder.step(columns[..., place : place + 1])
    assert decoder.seen == prefix + 8
    torch.testing.assert_close(torch.cat(put_out, dim=1), whole, rtol=1e-4, atol=1e-4)


def test_steering_of_another_width_is_an_error_after_which_the_model_plays_as_before(model):
    before = model.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
    wrong = Steering(torch.ones(1, model.info.layers, 7))
    hooks = [len(layer._forward_hooks) for layer in model.layers]  # Transformers may have its own
    with pytest.raises(RuntimeError):
        model.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING, steering=wrong)
    assert [len(layer._forward_hooks) for layer in model.layers] == hooks
    after = model.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
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
        # Once a frame, and once more for the end.
        assert len(heard[row]) == round(duration_s * model.info.frame_rate) + 1
        lengths = [stretch.shape[1] / 32000 for stretch in heard[row] if stretch.size]
        assert lengths == [1.0, 1.0, pytest.approx(1.1, abs=0.021)]  # whole frames
        assert np.concatenate(heard[row], axis=1).shape == whole[row].shape


def test_what_a_listener_raises_ends_the_work_and_the_model_plays_on(model):
    calls = []

    def cancel(_rows, audio):
        calls.append(audio)
        if len(calls) == 7:
            raise InterruptedError("enough")

    before = model.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
    with pytest.raises(InterruptedError, match="enough") as held:
        model.generate(["music"], seeds=[1], duration_s=19, sampling=SAMPLING, listener=cancel)
    assert held.tb  # who holds the error holds the frames of what was going on
    assert len(calls) == 7
    after = model.generate(["music"], seeds=[1], duration_s=0.5, sampling=SAMPLING)
    assert after.tobytes() == before.tobytes()


def test_guidance_one_runs_without_unconditional_rows(model):
    sampling = SamplingConfig(guidance_scale=1.0)
    audio = model.generate(["music"], seeds=[1], duration_s=0.5, sampling=sampling)
    assert np.isfinite(audio).all()


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
    frame = round(32000 / model.info.frame_rate)
    join = (
        round(JOIN_S * model.info.frame_rate) * frame
    )  # where opening and continuation are blended
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


def test_a_model_that_follows_no_melody_says_so(model, chunks):
    if model.info.melody:
        pytest.skip("this one does")
    with pytest.raises(ModelError, match=r"cannot follow a melody.*Choose a melody model"):
        model.generate(["calm"], seeds=[0], duration_s=0.5, sampling=GREEDY, melody=chunks[:1])


def test_what_a_model_is_equals_what_is_loaded(model):
    info = model.info
    assert len(model.layers) == info.layers
    assert info.sample_rate == 32000
    assert info.frame_rate == model._encode(torch.zeros(1, 1, 32000)).shape[2]
    assert info.codebooks == 4 * info.channels


def test_a_piece_longer_than_the_model_was_made_for_is_played_in_windows(model, monkeypatch):
    monkeypatch.setattr(model, "_made_for", 40)
    rate = model.info.frame_rate
    short, long = (
        model.generate(["music"], seeds=[1], duration_s=frames / rate, sampling=SAMPLING)[0]
        for frames in (40, 90)
    )
    frame = round(32000 / rate)
    assert long.shape[1] == 90 * frame
    # A codec looks ahead, so the end of the short one sounds otherwise.
    np.testing.assert_allclose(long[:, : 20 * frame], short[:, : 20 * frame], atol=0.02)
    assert np.abs(long[:, 40 * frame :]).max() > 1e-3


@pytest.mark.parametrize("seconds", [1.0, 3.0])
def test_time_is_counted_from_the_beginning_of_the_piece_also_of_one_that_goes_on(
    model, chunks, monkeypatch, seconds
):
    monkeypatch.setattr(model, "_made_for", round(2 * model.info.frame_rate))
    opening = np.tile(chunks[0], 2)[None, None, : round(seconds * 32000)]
    opening = np.repeat(opening, model.info.channels, axis=1)  # of 3 s the model takes up one
    how = {"seeds": [1], "duration_s": 0.5, "sampling": SAMPLING, "opening": opening}
    frames = torch.arange(round((seconds + 0.5) * model.info.frame_rate)) / model.info.frame_rate

    def steered(envelope: torch.Tensor) -> np.ndarray:
        displacements = random_displacements(model, 1, 5.0)
        steering = Steering(displacements, rows="conditional", envelope=envelope.float())
        return model.generate(["music"], **how, steering=steering)

    before = steered((frames < seconds - 1).float())
    assert before.tobytes() == model.generate(["music"], **how).tobytes()
    later = steered((frames >= seconds).float())
    assert np.abs(later - before).max() > 1e-3


def test_a_piece_that_goes_on_follows_the_melody_from_its_beginning(model, chunks, monkeypatch):
    if not model.info.melody:
        pytest.skip("this one follows none")
    monkeypatch.setattr(model, "_made_for", round(2 * model.info.frame_rate))
    followed = []
    condition = model._condition

    def spy(prompts, melody, **how):
        followed.append(melody)
        return condition(prompts, melody, **how)

    monkeypatch.setattr(model, "_condition", spy)
    melody = np.arange(5 * 32000, dtype=np.float32)[None] / 160000
    opening = np.repeat(np.tile(chunks[0], 2)[None, None, :96000], model.info.channels, axis=1)
    how = {"seeds": [1], "duration_s": 0.2, "sampling": SAMPLING}
    model.generate(["music"], **how, melody=melody, opening=opening)
    # Of the opening's 3 s it takes up the last one, so what it is told begins 2 s into the melody.
    np.testing.assert_array_equal(followed[0], np.roll(melody, -2 * 32000, axis=1))


def test_a_row_whose_hidden_states_overflow_is_not_finite_and_the_others_are(model):
    strengths = torch.tensor([0.0, 1e30])[:, None, None]
    steering = Steering(strengths * random_displacements(model, 2, 1.0), rows="conditional")
    how = {"seeds": [1, 1], "duration_s": 0.5, "sampling": SAMPLING}
    plain = model.generate(["music"] * 2, **how)
    steered = model.generate(["music"] * 2, **how, steering=steering)
    np.testing.assert_array_equal(steered[0], plain[0])
    assert np.isnan(steered[1]).all()


def test_what_a_model_hears_is_finite_or_an_error(model, chunks):
    with (
        hidden_state_hooks(model.layers[:1], lambda _, hidden: hidden / 0),
        pytest.raises(ModelError, match=r"hidden states of .* not finite in float32.*bfloat16"),
    ):
        model.capture(chunks[:1], layers=[0], prompts=[""], melody=True)
    with pytest.raises(ModelError, match=r"pieces of .* are not finite in float32"):
        model.capture(np.full_like(chunks[:1], np.nan), layers=[0], prompts=[""], melody=True)
