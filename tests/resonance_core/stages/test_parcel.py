import io

import pytest

from resonance_core.config import RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.stages.generate import generate
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.stages.parcel import pack, unpack
from resonance_core.store.creations import Creation
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
