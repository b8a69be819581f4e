import numpy as np
import pytest

from resonance_core.errors import ServiceError
from resonance_core.models.lyria_sound import JOIN_S, SAMPLE_RATE, Joined, decode

JOIN = round(JOIN_S * SAMPLE_RATE)


def constant(value: float, count: int) -> np.ndarray:
    return np.full((2, count), value, np.float32)


def test_samples_alternate_between_the_channels():
    data = np.array([0, 16384, -32768, 1], "<i2").tobytes()
    audio = decode(data, "audio/l16;rate=48000;channels=2")
    np.testing.assert_array_equal(audio, [[0, -1], [0.5, 1 / 32768]])
    assert audio.dtype == np.float32
    assert decode(data, None).shape == (2, 2)


@pytest.mark.parametrize("stated", ["audio/l16;rate=44100", "audio/l16;rate=48000;channels=1"])
def test_sound_of_another_kind_is_refused(stated):
    with pytest.raises(ServiceError, match=f"another kind.*{stated}"):
        decode(b"\0\0\0\0", stated)


@pytest.mark.parametrize("chunk", [1, 1000, JOIN, 5 * JOIN])
def test_the_piece_is_as_long_as_is_wanted_however_it_comes(chunk):
    wanted = 3 * JOIN + 7
    music = np.random.default_rng(0).uniform(-1, 1, (2, 20 * JOIN)).astype(np.float32)
    if chunk == 1:
        music, wanted = music[:, :300], 250
    sound, heard, at = Joined(wanted), [], 0
    while not sound.is_whole:
        heard.append(sound.add(music[:, at : at + chunk]))
        at += chunk
    np.testing.assert_array_equal(np.concatenate(heard, axis=1), music[:, :wanted])
    assert sound.joins == []


def test_what_breaks_off_is_faded_into_what_comes_next():
    sound = Joined(4 * JOIN)
    heard = [sound.add(constant(0.5, 2 * JOIN))]
    assert heard[0].shape == (2, JOIN)
    sound.break_off()
    heard += [sound.add(constant(0.1, JOIN // 2)) for _ in range(2)]
    assert [part.shape[1] for part in heard[1:]] == [0, 0]
    assert sound.joins == [JOIN]
    while not sound.is_whole:
        heard.append(sound.add(constant(0.1, JOIN)))
    piece = np.concatenate(heard, axis=1)
    assert piece.shape == (2, 4 * JOIN)
    np.testing.assert_array_equal(piece[:, :JOIN], 0.5)
    assert np.all(np.diff(piece[:, JOIN : 2 * JOIN]) < 0)
    np.testing.assert_array_equal(piece[:, 2 * JOIN :], np.float32(0.1))


def test_it_may_break_off_again_before_it_is_faded_in():
    sound = Joined(4 * JOIN)
    heard = [sound.add(constant(0.5, 2 * JOIN))]
    for _ in range(2):
        sound.break_off()
        heard.append(sound.add(constant(0.9, JOIN - 1)))
    sound.break_off()
    heard.append(sound.add(constant(0.1, 10 * JOIN)))
    piece = np.concatenate(heard, axis=1)
    assert sound.is_whole
    assert sound.joins == [JOIN]
    assert piece.max() == 0.5
    np.testing.assert_array_equal(piece[:, 2 * JOIN :], np.float32(0.1))
