import pytest

from resonance_core.errors import NotInStoreError
from resonance_core.keys import Stage
from resonance_core.store.readonly import ReadOnlyStore

REQUEST = Stage(name="letter", version=1).request({}, {})


def make(folder):
    (folder / "a.txt").write_text("a")
    return {"letters": 1}


def test_what_is_there_is_found_and_nothing_is_made(store):
    reader = ReadOnlyStore(store.root)
    with pytest.raises(NotInStoreError, match="does not hold this letter"):
        reader.build(REQUEST, make)
    assert not store.root.exists()
    made = store.build(REQUEST, make)
    found = reader.build(REQUEST, make)
    assert found.hit
    assert found.record == made.record
    reader.path(found.record, "a.txt").write_text("damaged")
    with pytest.raises(NotInStoreError):
        reader.build(REQUEST, make)
