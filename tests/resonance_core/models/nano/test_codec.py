import pytest
import torch
from transformers import AutoModel

from resonance_core.errors import ModelError
from resonance_core.models.nano.codec import SpectralCodec

# Both rows, codebooks 0-3, tokens 60-65: as when the weights were shipped.
GOLDEN_CODES = [
    [
        [630, 271, 389, 389, 37, 37],
        [18, 184, 808, 825, 735, 248],
        [154, 32, 32, 293, 132, 293],
        [141, 475, 855, 340, 680, 483],
    ],
    [
        [539, 539, 539, 539, 539, 119],
        [922, 222, 583, 583, 583, 664],
        [262, 699, 1004, 949, 507, 391],
        [1018, 463, 452, 59, 893, 981],
    ],
]
GOLDEN_SAMPLES = [
    [0.043458, 0.045315, 0.044751, 0.043373],
    [0.157572, 0.155163, 0.109634, 0.118303],
]
GOLDEN_RMS = [0.10386, 0.096894]
GOLDEN_PEAK = [0.790336, 0.415291]


def test_real_music_gives_the_codes_the_checkpoint_was_trained_with(codes):
    assert codes.shape == (1, 2, 4, 150)
    assert codes[0, :, :, 60:66].tolist() == GOLDEN_CODES


def test_codes_give_the_audio_the_checkpoint_was_judged_by(codec, codes):
    audio = codec.decode(codes).audio_values
    assert audio.shape == (2, 1, 96000)
    torch.testing.assert_close(
        audio[:, 0, 48000:48004], torch.tensor(GOLDEN_SAMPLES), rtol=0, atol=1e-4
    )
    rms = audio[:, 0].square().mean(1).sqrt()
    torch.testing.assert_close(rms, torch.tensor(GOLDEN_RMS), rtol=0, atol=1e-5)
    torch.testing.assert_close(
        audio[:, 0].abs().amax(1), torch.tensor(GOLDEN_PEAK), rtol=0, atol=1e-4
    )


def test_a_row_does_not_depend_on_its_neighbours(codec, music, codes):
    together = codec.decode(codes).audio_values
    for row in range(2):
        assert torch.equal(codec.encode(music[row : row + 1]).audio_codes[0, 0], codes[0, row])
        alone = codec.decode(codes[:, row : row + 1]).audio_values
        torch.testing.assert_close(alone[0], together[row], rtol=0, atol=1e-5)


def test_trailing_silence_changes_only_the_tokens_that_hear_it(codec, music, codes):
    padded = torch.nn.functional.pad(music, (0, 20000))
    longer = codec.encode(padded).audio_codes
    assert longer.shape[-1] == 182  # 116,000 samples in tokens of 640
    assert torch.equal(longer[..., :148], codes[..., :148])  # half a window is 1.6 tokens


def test_a_sinusoid_of_amplitude_one_has_magnitude_one(codec):
    tone = torch.sin(2 * torch.pi * 1000 * torch.arange(32000) / 32000)
    magnitudes = codec.magnitudes(tone[None])
    assert magnitudes.shape == (1, 100, 1025)
    assert magnitudes[0, 10:90, 64].mean().item() == pytest.approx(1.0, abs=1e-4)


def test_decoded_spectra_resemble_the_music(codec, music, codes):
    heard = codec.magnitudes(music[:, 0])
    with torch.no_grad():
        decoded = codec.log_magnitudes(codec.quantizer.decode(codes[0]))
    bands = codec.band_filters.T
    difference = (decoded.exp() @ bands + 1e-3).log() - (heard @ bands + 1e-3).log()
    assert difference.abs().mean() < 0.4


def test_saving_and_loading_changes_nothing(codec, music, codes, tmp_path):
    codec.save_pretrained(tmp_path)
    loaded = AutoModel.from_pretrained(tmp_path)
    assert type(loaded) is SpectralCodec
    before, after = codec.state_dict(), loaded.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert torch.equal(loaded.encode(music).audio_codes, codes)
    row = codes[:, :1, :, :50]
    assert torch.equal(loaded.decode(row).audio_values, codec.decode(row).audio_values)


@pytest.mark.parametrize(("dtype", "agreement"), [(torch.float16, 0.98), (torch.bfloat16, 0.9)])
def test_half_precision_weights_hear_and_play_nearly_the_same(
    codec, music, codes, tmp_path, dtype, agreement
):
    codec.save_pretrained(tmp_path)
    half = AutoModel.from_pretrained(tmp_path, dtype=dtype)
    assert half.dtype == dtype
    assert (half.encode(music.to(dtype)).audio_codes == codes).float().mean() > agreement
    row = codes[:, :1, :, :50]
    audio = half.decode(row).audio_values
    assert audio.dtype == torch.float32
    rms = codec.decode(row).audio_values.square().mean().sqrt()
    torch.testing.assert_close(audio.square().mean().sqrt(), rms, rtol=0.05, atol=0)


def test_less_than_one_window_is_refused_in_words(codec):
    with pytest.raises(ModelError, match=r"1 tokens \(20 ms\).*at least 2 tokens, 40 ms"):
        codec.encode(torch.zeros(1, 1, 640))
    with pytest.raises(ModelError, match="too few"):
        codec.decode(torch.zeros(1, 1, 4, 1, dtype=torch.long))
    assert codec.encode(torch.zeros(1, 1, 641)).audio_codes.shape[-1] == 2


def test_it_runs_on_the_device_its_weights_are_on(codec, music, codes):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    try:
        codec.to("cuda")
        assert (codec.encode(music.cuda()).audio_codes.cpu() == codes).float().mean() > 0.99
        assert codec.decode(codes.cuda()).audio_values.device.type == "cuda"
    finally:
        codec.to("cpu")
