import asyncio
import logging
import sys

import numpy as np
import pytest

from resonance_core.config import LyriaConfig, SamplingConfig
from resonance_core.consent import ConsentError
from resonance_core.errors import ConfigError, ModelError
from resonance_core.models.capabilities import CAPABILITIES
from resonance_core.models.lyria import LyriaModel
from resonance_core.models.lyria_sound import JOIN_S
from tests.lyria_pieces import QUICK, REQUEST, model, play
from tests.lyria_server import CHUNK_S, KEY, RATE, Manner, samples


def test_it_plays_what_comes_to_the_sample_and_says_what_it_wants(lyria):
    audio, joins = play(duration_s=1.2345)
    assert joins == ()
    assert (audio.shape, audio.dtype) == ((2, round(1.2345 * RATE)), np.float32)
    np.testing.assert_array_equal(audio, samples(0, 3)[:, : audio.shape[1]])
    (session,) = lyria.sessions
    assert session.key == KEY
    assert session.messages == [
        {"setup": {"model": "models/lyria-realtime-exp"}},
        {
            "clientContent": {
                "weightedPrompts": [
                    {"text": "slow piano", "weight": 1.0},
                    {"text": "calm", "weight": 0.5},
                ]
            }
        },
        {
            "musicGenerationConfig": {
                "guidance": 4.5,
                "temperature": 1.1,
                "topK": 40,
                "seed": 7,
                "bpm": 90,
                "density": 0.25,
                "brightness": 0.75,
                "scale": "F_MAJOR_D_MINOR",
                "muteDrums": True,
            }
        },
        {"playbackControl": "PLAY"},
    ]


def test_it_is_heard_as_it_comes(lyria):
    heard, rows = [], set()

    def hear(row, audio):
        rows.update(row)
        heard.append(audio)

    piece = model().play(REQUEST, seed=7, duration_s=2.0, listener=hear).audio
    assert rows == {0}
    assert all(audio.shape[:2] == (1, 2) for audio in heard)
    assert sum(audio.shape[2] > 0 for audio in heard) == 2.0 / CHUNK_S
    np.testing.assert_array_equal(np.concatenate(heard, axis=2)[0], piece)


def test_as_any_model_it_makes_a_row_for_each_prompt(lyria):
    sampling = SamplingConfig(guidance_scale=4, top_k=0)
    pieces = model().generate(
        ["one", "two"], seeds=[1, 2**31 + 5], duration_s=0.5, sampling=sampling
    )
    assert pieces.shape == (2, 2, RATE // 2)
    assert pieces.shape[1] in CAPABILITIES["lyria"].channels
    assert CAPABILITIES["lyria"].sample_rate == RATE
    prompts = [session.said("clientContent")[0]["weightedPrompts"] for session in lyria.sessions]
    assert prompts == [[{"text": "one", "weight": 1.0}], [{"text": "two", "weight": 1.0}]]
    configs = [session.said("musicGenerationConfig")[0] for session in lyria.sessions]
    assert configs[0] == {"guidance": 4.0, "temperature": 1.0, "topK": 1000, "seed": 1}
    assert configs[1]["seed"] == 5


class EnoughError(BaseException):
    """What a listener may raise, as the studio's does."""


@pytest.mark.parametrize("manner", [Manner(), Manner(chunks=False), Manner(set_up=False)])
def test_what_a_listener_raises_ends_the_session_at_once(lyria, manner):
    lyria.manners = [manner]

    def hear(row, audio):
        raise EnoughError

    with pytest.raises(EnoughError):
        # Longer than any test may take.
        model(LyriaConfig(timeout_s=3600)).play(REQUEST, seed=7, duration_s=600, listener=hear)
    assert len(lyria.sessions) == 1


def test_a_lost_connection_is_made_anew_and_what_was_heard_is_kept(lyria):
    lyria.manners = [Manner(drops_after=2)]
    audio, (join,) = play(duration_s=2.0)
    at, fade = round(join * RATE), round(JOIN_S * RATE)
    assert join == 2 * CHUNK_S - JOIN_S
    assert audio.shape == (2, 2 * RATE)
    first, second = samples(0, 2), samples(1, 3)
    np.testing.assert_array_equal(audio[:, :at], first[:, :at])
    np.testing.assert_array_equal(audio[:, at + fade :], second[:, fade : 2 * RATE - at])
    # The fade goes from one to the other, without a step at either end.
    faded = audio[:, at : at + fade]
    np.testing.assert_allclose(faded[:, :100], first[:, at : at + 100], atol=0.01)
    np.testing.assert_allclose(faded[:, -100:], second[:, fade - 100 : fade], atol=0.01)
    assert np.sqrt((faded**2).mean()) == pytest.approx(np.sqrt((first**2).mean()), rel=0.1)
    one, other = lyria.sessions
    assert one.said("clientContent") == other.said("clientContent")
    (before,), (after,) = one.said("musicGenerationConfig"), other.said("musicGenerationConfig")
    # The same seed would play the beginning again.
    assert after == {**before, "seed": before["seed"] + 1}


def test_nothing_is_sent_without_consent(lyria):
    asked = []

    def disagree(sending):
        asked.append(sending)
        return False

    words = (
        r"^nothing was sent, for nobody agreed to send the words “slow piano”, “calm” and guidance "
        r"4\.5.*bpm 90.* to models/lyria-realtime-exp at 127\.0\.0\.1:\d+\. Agree to it"
    )
    with pytest.raises(ConsentError, match=words):
        play(consent=disagree)
    assert [sending.request for sending in asked] == [REQUEST]
    assert lyria.sessions == []


def test_it_needs_a_key(lyria):
    with pytest.raises(ConfigError, match=r"needs an API key.*GEMINI_API_KEY"):
        LyriaModel(QUICK, None, lambda sending: True).play(REQUEST, seed=1, duration_s=1)
    assert lyria.sessions == []


def test_it_needs_google_genai(lyria, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.genai", None)
    with pytest.raises(ConfigError, match=r"not installed.*pip install 'resonance\[google\]'"):
        play()


def test_the_key_is_in_no_log(lyria, caplog):
    caplog.set_level(logging.DEBUG)
    play()
    assert "x-goog-api-key: **********" in caplog.text
    assert KEY not in caplog.text
    assert logging.getLogger("websockets.client").filters == []


def test_it_plays_where_a_loop_runs_as_in_a_notebook(lyria):
    async def cell():
        return play()

    assert asyncio.run(cell()).audio.shape == (2, RATE)


def test_another_recipient_in_the_environment_changes_nothing(lyria, monkeypatch):
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "other")
    play()
    assert lyria.sessions[0].key == KEY


def test_what_it_cannot_do_is_refused_and_who_can_is_named(lyria):
    audio = np.zeros((1, 1000), np.float32)
    with pytest.raises(ModelError, match=r"lyria cannot show what it hears.*audiocraft or transf"):
        model().capture(audio, layers=[0], prompts=[""], melody=False)
    for asked, words in (
        ({"steering": object()}, "be steered by directions"),
        ({"melody": audio}, "follow a melody"),
        ({"opening": audio[None]}, "go on from a piece"),
    ):
        with pytest.raises(ModelError, match=f"lyria cannot {words}.*audiocraft or transformers"):
            model().generate(["x"], seeds=[1], duration_s=1, sampling=SamplingConfig(), **asked)
    with pytest.raises(ConfigError, match=r"guidance = 7\.0"):
        model().generate(["x"], seeds=[1], duration_s=1, sampling=SamplingConfig(guidance_scale=7))
    assert lyria.sessions == []
