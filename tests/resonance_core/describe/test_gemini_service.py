"""What is too large for a request goes as files, of which none stays."""

import gc
import signal
import threading

import pytest

from resonance_core.api_key import ApiKey
from resonance_core.config import DescribeConfig
from resonance_core.describe import gemini_service
from tests.gemini_describer import ASK, UPLOAD, describer, failing, sent
from tests.gemini_faults import dropped, garbled, refused, slow
from tests.gemini_server import KEY

MOST = gemini_service.INLINE_BYTES
KEPT_CLIP = ["POST files", UPLOAD]


@pytest.fixture(autouse=True)
def little(monkeypatch):
    monkeypatch.setattr(gemini_service, "INLINE_BYTES", 50_000)
    monkeypatch.setattr("google.genai._api_client.INITIAL_RETRY_DELAY", 0.01)


def test_they_are_heard_and_deleted(gemini, songs):
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
        (ASK, garbled),
        (ASK, slow),
        (UPLOAD, refused(503, "UNAVAILABLE", "overloaded")),
        ("POST files", dropped),
        ("GET files", dropped),
    ],
)
def test_they_are_deleted_whatever_happens(what, fault, gemini, songs):
    gemini.first_state = "PROCESSING"
    gemini.fail(what, *[fault] * 20)
    failing(songs, timeout_s=1)
    assert gemini.files == {}
    assert len(gemini.kinds()) < 20


def test_they_are_deleted_when_they_arrived_and_nobody_was_told(gemini, songs):
    def told_nobody(handler):
        handler.store(b"clip")
        dropped(handler)

    gemini.fail(UPLOAD, told_nobody)
    assert describer().describe(songs).character.tempo_bpm == 92
    assert gemini.kinds().count(UPLOAD) == 3
    assert gemini.files == {}


def test_they_are_deleted_when_the_listener_stops_it(gemini, songs):
    def stopped(handler):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        slow(handler)

    gemini.fail(ASK, stopped)
    # Where tests run in several processes, they are started with the signal switched off.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # one that comes within a callback of the collector is lost
    try:
        with pytest.raises(KeyboardInterrupt):
            describer().describe(songs)
    finally:
        gc.enable()
        signal.signal(signal.SIGINT, before)
    assert gemini.kinds()[-2:] == ["DELETE files"] * 2
    assert gemini.files == {}


def test_a_clip_that_gemini_cannot_read_is_said(gemini, songs):
    gemini.first_state, gemini.next_state = "PROCESSING", "FAILED"
    assert "could not read a clip" in failing(songs)
    assert gemini.files == {}


def test_one_that_cannot_be_deleted_costs_no_answer(gemini, songs, caplog):
    gemini.fail("DELETE files", refused(500, "INTERNAL", "no"), *[dropped] * 3)
    assert describer(attempts=1).describe(songs).character.tempo_bpm == 92
    assert caplog.text.count("Gemini may keep a clip for 48 h") == 2


def test_twenty_megabytes_are_the_most_in_one_request(gemini, monkeypatch):
    monkeypatch.setattr(gemini_service, "INLINE_BYTES", MOST)
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
