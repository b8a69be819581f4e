import pytest

from resonance_core.errors import NotInStoreError, StoreError
from resonance_core.stages.directions import find_direction


def test_a_direction_is_found_by_name_and_by_key(example_store):
    by_name = find_direction("example", example_store)
    assert find_direction(by_name.key[:10], example_store) == by_name
    with pytest.raises(NotInStoreError, match="no playlist 'nothing'"):
        find_direction("nothing", example_store)
    other = next(record for record in example_store.records() if record.stage == "chunk")
    with pytest.raises(StoreError, match="key of a chunk result, not of a direction"):
        find_direction(other.key, example_store)
