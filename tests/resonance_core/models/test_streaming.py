import numpy as np
import pytest
import torch

from resonance_core.models.streaming import STRETCH_S, Stretches, blend


def test_a_blend_of_like_sounds_is_that_sound_and_of_unlike_ones_as_loud():
    noise = torch.randn(2, 32000, generator=torch.Generator().manual_seed(0))
    same = blend(noise[:1], noise[:1])
    torch.testing.assert_close(same, noise[:1], rtol=1e-5, atol=1e-6)
    other = blend(noise[:1], noise[1:])
    middle = other[0, 12000:20000]  # a straight blend would be 3 dB softer here
    assert middle.square().mean().sqrt() == pytest.approx(1.0, abs=0.03)
    assert other[0, 0] == pytest.approx(noise[0, 0])
    assert other[0, -1] == pytest.approx(noise[1, -1])


def test_stretches_of_real_music_join_to_nearly_what_is_decoded_at_once(nano, chunks):
    codes = nano._encode(torch.from_numpy(np.concatenate(chunks[:3])[None, None]))
    stretches = Stretches(nano._decode, nano.info, None, STRETCH_S)
    heard = [stretches.add(frame) for frame in codes.unbind(2)]
    audio = np.concatenate([*heard, stretches.rest()], axis=-1)[0, 0]
    whole = nano._decode(codes)[0, 0].numpy()
    assert audio.shape == whole.shape

    def levels(sound: np.ndarray) -> np.ndarray:
        """Level of each tenth of a second in dB, silence as -60."""
        return 20 * np.log10(np.sqrt((sound.reshape(-1, 3200) ** 2).mean(1)) + 1e-3)

    assert np.abs(levels(audio) - levels(whole)).max() < 1.5
    # No click where stretches meet: no larger steps there than anywhere.
    bends = np.abs(np.diff(audio, 2))
    joins = np.concatenate([bends[second * 32000 - 5 :][:1605] for second in range(1, 6)])
    assert np.percentile(joins, 99.9) < 1.5 * np.percentile(bends, 99.9)
    np.testing.assert_allclose(audio[: 32000 - 3200], whole[: 32000 - 3200], atol=0.01)
