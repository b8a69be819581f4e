import numpy as np

from resonance_core.steering.direction import Direction
from resonance_core.store.directions import read_direction, write_direction


def test_what_is_written_is_read_and_gives_the_same_bytes(tmp_path):
    rng = np.random.default_rng(0)
    direction = Direction(
        per_layer=rng.normal(size=(3, 4)).astype(np.float32),
        one_to_all=rng.normal(size=4).astype(np.float32),
        layer_norm=np.ones(3, np.float32),
        residual_scale=np.full(3, 2, np.float32),
        metadata={"kind": "playlist", "tracks": ["a", "b"], "model": {"id": "nano"}},
    )
    write_direction(tmp_path / "a", direction)
    write_direction(tmp_path / "b", direction)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    read = read_direction(tmp_path / "a")
    assert read.metadata == direction.metadata
    for name in ("per_layer", "one_to_all", "layer_norm", "residual_scale"):
        np.testing.assert_array_equal(getattr(read, name), getattr(direction, name))
