import asyncio
import io
import json
import sys

import av
import numpy as np
import pytest
import soundfile

from resonance_core.consent import ConsentError
from resonance_core.errors import ConfigError, TrackError
from resonance_core.steering.concept_file import ConceptFile, load_concepts
from tests.gemini_describer import ASK, describer, sent
from tests.gemini_server import ANSWER, KEY, audio


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
