import io
import json
import zipfile

import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GENERATE, GenerationRequest
from resonance_core.stages.parcel import pack, unpack
from resonance_core.store.creations import Creation
from resonance_core.store.pieces import AUDIO, SIDECAR
from resonance_core.store.store import Store

LIMIT = 10_000_000


@pytest.fixture
def other(tmp_path) -> Store:
    """The store of another machine."""
    return Store(tmp_path / "other")


def packed(store: Store, quick, **asked) -> tuple[Creation, io.BytesIO]:
    """A creation, and its parcel."""
    request = GenerationRequest(prompt="calm piano", seed=3, **asked)
    piece = generate(request, quick, store, RuntimeConfig(device="cpu")).record
    creation = Creation(title="calm", piece=piece.key, request=request.model_dump(mode="json"))
    pack(creation, store, parcel := io.BytesIO())
    return creation, parcel


def test_a_piece_is_the_same_elsewhere(store, other, quick):
    creation, parcel = packed(store, quick)
    assert unpack(parcel, LIMIT, other) == creation
    assert other.get(creation.piece).files == store.get(creation.piece).files
    assert other.verify() == []


def test_a_playlist_travels_as_its_direction_and_makes_the_same_again(example_store, other, quick):
    creation, parcel = packed(example_store, quick, playlist="example")
    taken = unpack(parcel, LIMIT, other)
    asked = {name: taken.request[name] for name in ("playlist", "strength")}
    [steering] = other.get(taken.piece).info["steering"]
    assert asked == {"playlist": steering["direction"], "strength": steering["strength"]}
    request = GenerationRequest(prompt="calm piano", seed=3, **asked)
    again = generate(request, quick, example_store, RuntimeConfig(device="cpu"))
    assert (again.hit, again.record.key) == (True, creation.piece)


def test_what_a_store_holds_is_not_replaced(store, other, quick):
    creation, parcel = packed(store, quick)
    unpack(parcel, LIMIT, other)
    record = other.get(creation.piece)
    unpack(parcel, LIMIT, other)
    assert other.get(creation.piece) == record
    with pytest.raises(ConfigError, match="bytes in it are more than 1000"):
        unpack(parcel, 1000, other)


def test_a_piece_of_a_hosted_model_travels_without_a_direction(store, other):
    """What a hosted model was told of a playlist is words."""

    def make(folder):
        told = {"folder": "-", "steering": []}
        (folder / AUDIO).write_bytes(b"sound")
        (folder / SIDECAR).write_text(json.dumps(told))
        return told

    piece = store.build(GENERATE.request({"told": "jazz"}, {}), make).record
    creation = Creation(title="x", piece=piece.key, request={"playlist": "mine"})
    pack(creation, store, parcel := io.BytesIO())
    with zipfile.ZipFile(parcel) as packed_files:
        assert sorted(packed_files.namelist()) == [
            *("audio.json", "audio.wav", "creation.json", "record.json")
        ]
        held = packed_files.read("creation.json")
    assert Creation.model_validate_json(held) == creation


def test_a_parcel_that_was_compressed_and_damaged_is_refused(other):
    packed_file = io.BytesIO()
    with zipfile.ZipFile(packed_file, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("creation.json", "{}" * 1000)
    data = bytearray(packed_file.getvalue())
    start = data.index(b"creation.json") + len("creation.json")
    data[start : start + 4] = b"\xff" * 4
    with pytest.raises(ConfigError, match="no exported piece, or not whole"):
        unpack(io.BytesIO(bytes(data)), LIMIT, other)
