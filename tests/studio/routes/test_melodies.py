import io

import numpy as np
import soundfile


def humming(seconds: float) -> bytes:
    """A recording of one tone."""
    samples = 0.3 * np.sin(2 * np.pi * 220 * np.arange(int(seconds * 8000)) / 8000)
    wav = io.BytesIO()
    soundfile.write(wav, samples, 8000, format="WAV")
    return wav.getvalue()


def test_a_recording_becomes_a_melody_that_pieces_follow(client, store):
    taken = client.post("/melodies", content=humming(2))
    assert taken.status_code == 201
    assert taken.json()["seconds"] == 2.0
    key = taken.json()["key"]
    asked = {"prompt": "calm piano", "duration_s": 0.5, "seed": 3}
    client.post("/generations?wait=true", json={**asked, "melody": key})
    [piece] = store.records("generate")
    assert piece.info["melody"]["key"] == key


def test_a_recording_that_cannot_be_used_is_refused(client):
    silent = client.post("/melodies", content=b"no audio at all")
    assert silent.status_code == 422
    assert silent.json()["type"] == "urn:resonance:problem:track"
    parts = iter([humming(2)] * 5)  # 160 kB, in chunks
    assert client.post("/melodies", content=parts).status_code == 413
