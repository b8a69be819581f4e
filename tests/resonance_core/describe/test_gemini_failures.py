import json
import logging
import re
import traceback

import pytest

from resonance_core.errors import ConfigError, ResonanceError, ServiceError
from tests.gemini_describer import ASK, describer, failing
from tests.gemini_faults import cut, dropped, garbled, refused, said, slow
from tests.gemini_server import ANSWER, answered

WRONG = "AIza-of-somebody-else-1234"


@pytest.mark.parametrize(
    "fault",
    [
        refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", Retry_After="0"),
        refused(503, "UNAVAILABLE", "The model is overloaded"),
        dropped,
        cut,
    ],
    ids=["429", "503", "dropped", "cut"],
)
def test_what_passes_is_tried_again_a_few_times(fault, gemini, songs):
    gemini.fail(ASK, fault, fault)
    assert describer().describe(songs).character.tempo_bpm == 92
    assert gemini.kinds() == [ASK] * 3
    gemini.asked.clear()
    gemini.fail(ASK, *[fault] * 9)
    assert "describe with local, which sends nothing" in failing(songs)
    assert gemini.kinds() == [ASK] * 3


def test_a_service_that_asks_for_a_long_pause_is_not_asked_again(gemini, songs):
    retry = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3600s"}
    gemini.fail(ASK, refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded", retry))
    words = failing(songs)
    assert "asks to be left alone for 3600 s (HTTP 429: Quota exceeded)" in words
    assert gemini.kinds() == [ASK]


def test_an_answer_that_never_ends_is_given_up(gemini, songs):
    gemini.fail(ASK, slow)
    assert "did not answer within 0.5 s" in failing(songs, timeout_s=0.5)
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
    gemini.fail(ASK, said(text))
    assert re.search(words, failing(songs))


def test_a_wrong_key_is_called_by_where_it_comes_from(gemini, songs):
    words = failing(songs, ConfigError, key=WRONG)
    assert "does not accept the API key of GEMINI_API_KEY (HTTP 400: API key not valid" in words
    assert WRONG not in words
    gemini.fail(ASK, refused(403, "PERMISSION_DENIED", "The API is not enabled"))
    assert "The API is not enabled" in failing(songs, ConfigError)
    assert gemini.kinds() == [ASK] * 2


def test_a_model_that_there_is_not_is_named(gemini, songs):
    gemini.fail(ASK, refused(404, "NOT_FOUND", "models/gemini-0 is not found"))
    words = failing(songs, ConfigError, model="gemini-0")
    assert "no model 'gemini-0'" in words
    assert "Set describe.model" in words


def test_a_service_that_nobody_vouches_for_is_told_nothing(gemini, songs, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "cannot be reached" in failing(songs)
    assert gemini.asked == []


def test_the_key_is_nowhere_but_in_the_headers_of_requests(gemini, songs, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    echoes = refused(400, "INVALID_ARGUMENT", f"API key {WRONG} not valid", {"key": WRONG})
    asked = describer(WRONG)
    for fault in (None, echoes, garbled, dropped, slow):
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
