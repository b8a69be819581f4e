import traceback

import numpy as np
import pytest

from resonance_core.config import LyriaConfig
from resonance_core.errors import ConfigError, ModelError, ServiceError
from tests.lyria_pieces import play
from tests.lyria_server import KEY, RATE, Manner, samples


def refused(kind, words, **how) -> None:
    """Expect an error, and no key in whatever may be printed of it."""
    with pytest.raises(kind, match=words) as caught:
        play(**how)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert KEY not in "".join(shown.format())
    assert caught.value.__context__ is None
    assert caught.value.remedy


def test_a_session_may_be_lost_before_its_first_sound(lyria):
    lyria.manners = [Manner(http=503), Manner(drops_after=0)]
    audio, joins = play()
    assert joins == ()
    np.testing.assert_array_equal(audio, samples(2, 2))


def test_an_end_to_reconnecting(lyria):
    lyria.manners = [Manner(drops_after=1)] * 3
    refused(
        ServiceError,
        r"breaks off \(1006.*after 3 connections 0\.\d of 60 s was heard, and none of it is kept",
        duration_s=60,
    )
    assert len(lyria.sessions) == 3


def test_a_service_that_is_not_there(lyria, monkeypatch):
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "https://127.0.0.1:9")
    refused(ServiceError, r"cannot be reached.*after 3 connections nothing was heard")


def test_a_certificate_of_somebody_else(lyria, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    refused(ServiceError, "certificate cannot be verified")
    assert lyria.sessions == []


@pytest.mark.parametrize("manner", [Manner(chunks=False), Manner(pause_s=1), Manner(set_up=False)])
def test_silence_has_a_limit(lyria, manner):
    lyria.manners = [manner]
    refused(ServiceError, r"sent no sound for 0\.3 s", config=LyriaConfig(timeout_s=0.3))


def test_messages_without_sound_are_no_sound(lyria):
    lyria.manners = [Manner(chunks=False, says=[b"{}", b'{"warning": "soon"}'] * 5)]
    refused(ServiceError, r"sent no sound for 0\.3 s", config=LyriaConfig(timeout_s=0.3))


def test_a_slow_stream_that_goes_on_is_waited_for(lyria):
    lyria.manners = [Manner(pause_s=0.3)]
    assert play(LyriaConfig(timeout_s=0.8), duration_s=2.0).audio.shape == (2, 2 * RATE)


def test_a_filtered_prompt_is_named_with_its_reason(lyria):
    lyria.manners = [Manner(filters=("calm", "names\n an artist."))]
    refused(ModelError, r"^Lyria does not play 'calm' \(names an artist\)\. Say it in other words")


@pytest.mark.parametrize(
    ("key", "manner"), [("AIza-other", Manner()), (KEY, Manner(http=401)), (KEY, Manner(http=403))]
)
def test_a_wrong_key_is_named_by_its_place(lyria, key, manner):
    lyria.manners = [manner]
    with pytest.raises(ConfigError, match="does not accept the API key of GEMINI_API_KEY") as found:
        play(key=key)
    assert key not in str(found.value)
    assert key not in "".join(traceback.format_exception(found.value))
    assert len(lyria.sessions) == 1


@pytest.mark.parametrize(
    ("manner", "words"),
    [
        (Manner(http=429), r"limit of use is reached \(429"),
        (Manner(closes=(1011, "You exceeded your current quota.")), "limit of use is reached"),
        (Manner(closes=(1008, f"no model for {KEY}")), r"refuses the request \(1008: no model for"),
        (Manner(http=418), r"refuses the request \(418: said by the server\)"),
    ],
)
def test_a_refusal_is_not_asked_again(lyria, manner, words):
    lyria.manners = [manner]
    refused(ServiceError, words)
    assert len(lyria.sessions) == 1


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"{", "not of its own protocol"),
        (b"\xff\xfe", "not of its own protocol"),
        (b"[1]", "not of its own protocol"),
        (b'"sound"', "not of its own protocol"),
        (b'{"serverContent": {"audioChunks": 3}}', "not of its own protocol"),
        (b'{"serverContent": {"audioChunks": [{"data": "#"}]}}', "not of its own protocol"),
        (b'{"serverContent": {"audioChunks": [{"data": "AAAA"}]}}', "3 bytes, which are no whole"),
        (
            b'{"serverContent": {"audioChunks": [{"mimeType": "audio/l16;rate=24000"}]}}',
            "another kind than it is known for: audio/l16;rate=24000",
        ),
    ],
)
def test_what_cannot_be_read(lyria, message, words):
    lyria.manners = [Manner(says=[message])]
    refused(ServiceError, words)
    assert len(lyria.sessions) == 1
