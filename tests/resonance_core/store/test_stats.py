from pathlib import Path

import pytest

from resonance_core.keys import Stage
from resonance_core.store.stats import store_stats


def test_stages_and_data_sets_are_counted(store):
    def make(stage: str, value: int, size: int, info: dict, dataset: str | None = None) -> None:
        def write(folder: Path) -> dict:
            (folder / "a.bin").write_bytes(b"x" * size)
            return info

        store.build(Stage(name=stage, version=1).request({"v": value}, {}, dataset), write)

    assert store_stats(store).stages == store_stats(store).extractions == []
    make("transcode", 0, 1000, {})
    track = {"chunks": 5, "layers": [2, 3]}  # as records were before frames could be kept
    make("extract", 0, 400, track, "activations/extraction=ab")
    make("extract", 1, 600, {**track, "vectors": 10}, "activations/extraction=ab")
    frames = {"chunks": 5, "layers": [2], "vectors": 50}
    make("extract", 2, 200, frames, "activations/extraction=cd")
    shard = {"tracks": 30, "chunks": 100, "layers": [2], "vectors": 100}
    make("reprocess", 0, 800, shard, "activations/extraction=cd")

    found = store_stats(store)
    assert [(one.stage, one.records, one.bytes) for one in found.stages] == [
        *(("extract", 3, 1200), ("reprocess", 1, 800), ("transcode", 1, 1000))
    ]
    ab, cd = found.extractions
    assert (ab.extraction, ab.tracks, ab.chunks, ab.layers) == (
        *("activations/extraction=ab", 2, 10, [2, 3]),
    )
    assert (ab.vectors, ab.bytes, ab.bytes_per_vector) == (20, 1000, 50)
    assert (cd.tracks, cd.chunks, cd.vectors) == (31, 105, 150)
    assert cd.bytes_per_vector == pytest.approx(1000 / 150)
