from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from resonance_core.config import RuntimeConfig
from resonance_core.keys import sha256_file
from resonance_core.sources.playlist import TrackSource
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.tracks import hear
from resonance_core.store.bucket import open_bucket
from resonance_core.store.bucket_store import BucketStore


def test_two_machines_that_hear_the_same_tracks_do_every_stage_once(
    rclone_url, clips, quick, store, travelled, tmp_path
):
    def machine(name: str) -> BucketStore:
        return BucketStore(open_bucket(rclone_url), tmp_path / name)

    tracks = [
        TrackSource(position=position, title=clip.stem, url=clip.as_uri(), duration_s=None)
        for position, clip in enumerate(clips[:2])
    ]
    runtime = RuntimeConfig(device="cpu")
    machines = [machine("one"), machine("two")]
    with ThreadPoolExecutor() as pool:
        heard = list(pool.map(lambda one: hear(tracks, quick, one, runtime), machines))
    outcomes = [outcome for results in heard for result in results for outcome in result.outcomes]
    made = Counter(outcome.record.key for outcome in outcomes if not outcome.hit)
    assert made == {outcome.record.key: 1 for outcome in outcomes}
    assert len(made) == 8  # download, transcode, chunk and extract of two tracks

    three = machine("three")
    del travelled[:]
    again = hear(tracks, quick, three, runtime)
    assert all(outcome.hit for result in again for outcome in result.outcomes)
    assert travelled == []
    records = [result.activations for result in again]
    direction = aggregate(records, quick.aggregate, three).record
    assert {Path(name).name for name in travelled[:2]} == {"activations.parquet"}
    alone = [result.activations for result in hear(tracks, quick, store, runtime)]
    kept = aggregate(alone, quick.aggregate, store).record
    assert kept.key == direction.key
    assert sha256_file(store.path(kept, "direction.safetensors")) == direction.digest(
        "direction.safetensors"
    )
