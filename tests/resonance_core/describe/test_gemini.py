import asyncio
import io
import json
import logging
import re
import signal
import sys
import threading
import traceback

import av
import numpy as np
import pytest
import soundfile

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.consent import ConsentError
from resonance_core.describe import gemini_service
from resonance_core.describe.gemini import GeminiDescriber
from resonance_core.errors import ConfigError, ResonanceError, ServiceError, TrackError
from resonance_core.steering.concept_file import ConceptFile, load_concepts
from tests import gemini_server as service
from tests.gemini_server import ANSWER, KEY, answered, audio, parts, refused

WRONG = "AIza-of-somebody-else-1234"
ASK, UPLOAD = "POST generateContent", "POST upload"
KEPT_CLIP = ["POST files", UPLOAD]


@pytest.fixture(scope="module")
def songs(clips, tmp_path_factory):
    """The beginnings of two real tracks."""
    folder = tmp_path_factory.mktemp("songs")
    for clip in clips[:2]:
        samples, rate = soundfile.read(clip, frames=5 * 48000)
        soundfile.write(folder / f"{clip.stem}.flac", samples, rate)
    return {path.stem: path for path in sorted(folder.iterdir())}


def describer(key=KEY, consent=lambda _: True, concepts=None, **changes) -> GeminiDescriber:
    config = DescribeConfig(**{"heard_s": 4, "attempts": 3, "max_wait_s": 0.01, **changes})
    found = None if key is None else ApiKey(key, "GEMINI_API_KEY")
    return GeminiDescriber(config, concepts or load_concepts(), lambda: found, consent)


def failing(gemini, songs, kind=ServiceError, **changes) -> str:
    """What a listener reads when it cannot be described."""
    with pytest.raises(kind) as caught:
        describer(**changes).describe(songs)
    assert "Traceback" not in str(caught.value)
    return str(caught.value)


def sent(gemini) -> list[dict]:
    """The parts of the first question."""
    return parts(next(one.body for one in gemini.asked if one.what == ASK))


def test_a_playlist_is_described(gemini, songs):
    found = describer().describe(songs)
    assert found.failed == {}
    assert found.character.genres == pytest.approx({"trip hop": 0.75, "jazz": 0.25})
    assert list(found.character.genres) == ["trip hop", "jazz"]
    assert found.character.tempo_bpm == 92
    assert found.character.levels == ANSWER["levels"]
    assert found.character.prompt(load_concepts()) == (
        "trip hop music, wistful, rhodes piano, double bass"
    )
    assert list(found.character.sliders(load_concepts())) == list(ANSWER["levels"])


def test_a_notebook_whose_loop_runs_can_describe(gemini, songs):
    async def cell():
        return describer().describe(songs)

    assert asyncio.run(cell()).character.tempo_bpm == 92


def test_one_clip_of_each_track_is_sent_and_nothing_else_of_it(gemini, songs):
    describer().describe(songs)
    assert gemini.kinds() == [ASK]
    assert gemini.asked[0].path == "/v1/models/gemini-3.8-flash:generateContent"
    *heard, question = sent(gemini)
    for part in heard:
        assert part["inlineData"]["mimeType"] == "audio/mp3"
        with av.open(io.BytesIO(audio(part))) as file:
            (stream,) = file.streams
            assert (stream.codec_context.name, stream.channels) == ("mp3float", 1)
            assert stream.duration * stream.time_base == pytest.approx(4, abs=0.2)
            assert set(file.metadata) <= {"encoder"}
    assert len(heard) == 2
    assert "tempo: -1 is slow, 1 is fast" in question["text"]
    assert not any(name in gemini.asked[0].body.decode() for name in songs)
    settings = json.loads(gemini.asked[0].body)["generationConfig"]
    assert settings["responseMimeType"] == "application/json"
    levels = settings["responseJsonSchema"]["$defs"]["Levels"]
    assert levels["required"] == list(ANSWER["levels"])
    assert levels["properties"]["bass"]["minimum"] == -1


def test_without_consent_nothing_is_sent_and_what_would_be_is_told(gemini, songs):
    shown = []
    with pytest.raises(ConsentError, match="nothing was sent") as caught:
        describer(consent=lambda sending: shown.append(sending)).describe(songs)
    (sending,) = shown
    assert caught.value.sending == sending == describer().estimate(songs)
    assert sending.recipient == f"localhost:{gemini.server_port}"
    assert (sending.tracks, sending.seconds) == (2, 8)
    assert sending.bytes == pytest.approx(8 * 64000 / 8, rel=0.1)
    assert sending.cost_usd == pytest.approx((8 * 32 + 2000) * 1.5e-6 + 8192 * 7.5e-6)
    assert gemini.asked == []
    describer().describe(songs)
    *heard, _ = sent(gemini)
    assert sum(len(audio(part)) for part in heard) == sending.bytes


def test_a_price_that_is_not_known_is_not_guessed(songs):
    sending = describer(model="gemini-9").estimate(songs)
    assert sending.cost_usd is None
    assert "at a price that is not known here" in sending.in_words()
    assert sending.recipient == "generativelanguage.googleapis.com"


def test_of_a_track_its_loudest_part_is_heard(gemini, tmp_path):
    rate = 32000
    tone = np.sin(2 * np.pi * 440 * np.arange(4 * rate) / rate).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", np.concatenate([0.05 * tone, 0.5 * tone, 0.1 * tone]), rate)
    describer().describe({"a": tmp_path / "a.wav"})
    part = sent(gemini)[0]
    heard, _ = soundfile.read(io.BytesIO(audio(part)))
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_a_track_that_cannot_be_heard_stops_no_other(gemini, songs, tmp_path):
    broken, short = tmp_path / "broken.wav", tmp_path / "short.wav"
    broken.write_bytes(b"no audio at all")
    soundfile.write(short, np.full(32000, 0.1), 32000)
    found = describer().describe({"a": broken, "b": short, **songs})
    assert found.failed.keys() == {"a", "b"}
    assert len(sent(gemini)) == 3
    with pytest.raises(TrackError, match="none of the 2 tracks can be heard"):
        describer().describe({"a": broken, "b": short})


def test_what_decides_about_an_answer_is_in_its_identity():
    identity = describer().identity()
    others = [
        describer(model="gemini-3.5-flash"),
        describer(heard_s=5),
        describer(concepts=ConceptFile(concepts={})),
    ]
    assert all(other.identity() != identity for other in others)
    same = describer(key=None, timeout_s=1, attempts=9, max_wait_s=1)
    assert same.identity() == identity
    assert identity["question"] == (
        "590921c407e775c859ffbe3c84f6f9cfbb1fe16b821c7dc636ca0e0689dfd521"
    )


@pytest.mark.parametrize(
    "fault",
    [
        refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", Retry_After="0"),
        refused(503, "UNAVAILABLE", "The model is overloaded"),
        service.dropped,
        service.cut,
    ],
    ids=["429", "503", "dropped", "cut"],
)
def test_what_passes_is_tried_again_a_few_times(fault, gemini, songs):
    gemini.fail(ASK, fault, fault)
    assert describer().describe(songs).character.tempo_bpm == 92
    assert gemini.kinds() == [ASK] * 3
    gemini.asked.clear()
    gemini.fail(ASK, *[fault] * 9)
    assert "describe with local, which sends nothing" in failing(gemini, songs)
    assert gemini.kinds() == [ASK] * 3


def test_a_service_that_asks_for_a_long_pause_is_not_asked_again(gemini, songs):
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3600s"}
    gemini.fail(ASK, refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", retry))
    words = failing(gemini, songs)
    assert "asks to be left alone for 3600 s (HTTP 429: Quota exceeded)" in words
    assert gemini.kinds() == [ASK]


def test_an_answer_that_never_ends_is_given_up(gemini, songs):
    gemini.fail(ASK, service.slow)
    assert "did not answer within 0.5 s" in failing(gemini, songs, timeout_s=0.5)
    assert gemini.kinds() == [ASK]


@pytest.mark.parametrize(
    ("response", "words"),
    [
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "filters .*PROHIBITED_CONTENT"),
        (answered("", "RECITATION"), r"filters let no answer through \(RECITATION\)"),
        (answered('{"genres"', "MAX_TOKENS"), "was cut off"),
        ({"candidates": []}, "is empty"),
        ({}, "is empty"),
        (answered('{"genres": ['), "not in the form that was asked for"),
        (answered("{}"), "genres: Field required"),
        (answered(json.dumps({**ANSWER, "levels": {"bass": 0}})), "levels.energy: Field required"),
        (answered(json.dumps({**ANSWER, "mood": ["\x1b[2J"]})), "mood.0: .* a word or a few"),
        (answered(json.dumps({**ANSWER, "tempo_bpm": 9000})), "tempo_bpm: .*less than or equal"),
    ],
)
def test_an_answer_that_cannot_be_used_is_explained(response, words, gemini, songs):
    gemini.response = response
    with pytest.raises(ServiceError, match=words) as caught:
        describer().describe(songs)
    assert "local, which sends nothing" in caught.value.remedy
    assert gemini.kinds() == [ASK]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"candidates": [', r"not of its own protocol \(JSONDecodeError\)"),
        ('{"candidates": [3]}', r"not of its own protocol \(TypeError\)"),
        ("[]", "is empty"),
    ],
)
def test_an_answer_that_is_not_of_the_protocol_is_explained(text, words, gemini, songs):
    gemini.fail(ASK, service.said(text))
    assert re.search(words, failing(gemini, songs))


def test_a_wrong_key_is_called_by_where_it_comes_from(gemini, songs):
    words = failing(gemini, songs, ConfigError, key=WRONG)
    assert "does not accept the API key of GEMINI_API_KEY (HTTP 400: API key not valid" in words
    assert WRONG not in words
    gemini.fail(ASK, refused(403, "PERMISSION_DENIED", "The API is not enabled"))
    assert "The API is not enabled" in failing(gemini, songs, ConfigError)
    assert gemini.kinds() == [ASK] * 2


def test_a_model_that_there_is_not_is_named(gemini, songs):
    gemini.fail(ASK, refused(404, "NOT_FOUND", "models/gemini-0 is not found"))
    words = failing(gemini, songs, ConfigError, model="gemini-0")
    assert "no model 'gemini-0'" in words
    assert "Set describe.model" in words


def test_a_service_that_nobody_vouches_for_is_told_nothing(gemini, songs, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "cannot be reached" in failing(gemini, songs)
    assert gemini.asked == []


def test_nobody_else_is_asked_whatever_the_environment_says(gemini, songs, monkeypatch, caplog):
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebodys")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    assert describer().describe(songs).character.tempo_bpm == 92
    assert gemini.asked[0].headers["x-goog-api-key"] == KEY
    assert "GOOGLE_API_KEY" not in caplog.text


def test_without_a_key_nobody_is_asked_for_consent(gemini, songs):
    def never(_):
        pytest.fail("there is nothing to agree to")

    with pytest.raises(ConfigError, match=r"needs an API key.*Set GEMINI_API_KEY"):
        describer(key=None, consent=never).describe(songs)


def test_a_missing_library_is_named_with_its_extra(songs, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.genai", None)
    for name in ("gemini_service", "gemini_failures", "patience"):
        monkeypatch.delitem(sys.modules, f"resonance_core.describe.{name}", raising=False)
    with pytest.raises(ConfigError, match=r"pip install 'resonance\[google\]'"):
        describer().describe(songs)


class TestUploads:
    """What is too large for a request goes as files, of which none stays."""

    @pytest.fixture(autouse=True)
    def little(self, monkeypatch):
        monkeypatch.setattr(gemini_service, "INLINE_BYTES", 50_000)
        monkeypatch.setattr("google.genai._api_client.INITIAL_RETRY_DELAY", 0.01)

    def test_they_are_heard_and_deleted(self, gemini, songs):
        gemini.first_state = "PROCESSING"
        assert describer().describe(songs).character.tempo_bpm == 92
        once = [*KEPT_CLIP, "GET files"]
        assert gemini.kinds() == [*once, *once, ASK, "DELETE files", "DELETE files"]
        heard = sent(gemini)[:-1]
        assert [part["fileData"]["mimeType"] for part in heard] == ["audio/mp3"] * 2
        assert gemini.files == {}

    @pytest.mark.parametrize(
        ("what", "fault"),
        [
            (ASK, refused(503, "UNAVAILABLE", "overloaded")),
            (ASK, refused(400, "INVALID_ARGUMENT", "no")),
            (ASK, service.garbled),
            (ASK, service.slow),
            (UPLOAD, refused(503, "UNAVAILABLE", "overloaded")),
            ("POST files", service.dropped),
            ("GET files", service.dropped),
        ],
    )
    def test_they_are_deleted_whatever_happens(self, what, fault, gemini, songs):
        gemini.first_state = "PROCESSING"
        gemini.fail(what, *[fault] * 20)
        failing(gemini, songs, timeout_s=1)
        assert gemini.files == {}
        assert len(gemini.kinds()) < 20

    def test_they_are_deleted_when_they_arrived_and_nobody_was_told(self, gemini, songs):
        def told_nobody(handler):
            handler.store(b"clip")
            service.dropped(handler)

        gemini.fail(UPLOAD, told_nobody)
        assert describer().describe(songs).character.tempo_bpm == 92
        assert gemini.kinds().count(UPLOAD) == 3
        assert gemini.files == {}

    def test_they_are_deleted_when_the_listener_stops_it(self, gemini, songs):
        def stopped(handler):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            service.slow(handler)

        gemini.fail(ASK, stopped)
        with pytest.raises(KeyboardInterrupt):
            describer().describe(songs)
        assert gemini.kinds()[-2:] == ["DELETE files"] * 2
        assert gemini.files == {}

    def test_a_clip_that_gemini_cannot_read_is_said(self, gemini, songs):
        gemini.first_state, gemini.next_state = "PROCESSING", "FAILED"
        assert "could not read a clip" in failing(gemini, songs)
        assert gemini.files == {}

    def test_one_that_cannot_be_deleted_costs_no_answer(self, gemini, songs, caplog):
        gemini.fail("DELETE files", refused(500, "INTERNAL", "no"), *[service.dropped] * 3)
        assert describer(attempts=1).describe(songs).character.tempo_bpm == 92
        assert caplog.text.count("Gemini may keep a clip for 48 h") == 2


def test_twenty_megabytes_are_the_most_in_one_request(gemini):
    service_ = gemini_service.GeminiService(
        ApiKey(KEY, "GEMINI_API_KEY"), gemini.url, DescribeConfig(attempts=1)
    )
    clips = [bytes(5_000_000)] * 3
    service_.ask("what is it?", {"type": "object"}, clips[:2])
    assert gemini.kinds() == [ASK]
    gemini.asked.clear()
    service_.ask("what is it?", {"type": "object"}, clips)
    assert gemini.kinds() == [*KEPT_CLIP * 3, ASK, *["DELETE files"] * 3]
    assert all(one.body == clips[0] for one in gemini.asked if one.what == UPLOAD)


def test_the_key_is_nowhere_but_in_the_headers_of_requests(gemini, songs, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    echoes = refused(400, "INVALID_ARGUMENT", f"API key {WRONG} not valid", {"key": WRONG})
    asked = describer(WRONG)
    for fault in (None, echoes, service.garbled, service.dropped, service.slow):
        if fault is not None:
            gemini.fail(ASK, *[fault] * 3)
        with pytest.raises(ResonanceError) as caught:
            describer(WRONG, timeout_s=0.5).describe(songs)
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        assert WRONG not in "".join(shown.format())
        assert caught.value.__context__ is None
        assert WRONG not in f"{caught.value!r} {vars(caught.value)}"
    assert WRONG not in caplog.text
    assert WRONG not in "".join(capfd.readouterr())
    assert WRONG not in repr(vars(asked))
    assert all(WRONG not in one.path and WRONG not in one.body.decode() for one in gemini.asked)
    assert {one.headers["x-goog-api-key"] for one in gemini.asked} == {WRONG}
