import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import TaskRunFilter
from prefect.states import Running

from flows.ingest import ingest
from flows.progress import watched_by
from flows.settings import Settings
from flows.tracks import IngestError
from resonance_core.errors import ModelError
from resonance_core.keys import Stage, sha256_file
from resonance_core.stages import aggregate
from resonance_core.store.directions import read_direction
from resonance_core.store.history import read_history
from resonance_core.store.jobs import Job, list_jobs, save_job
from resonance_core.store.playlists import load_entry

pytestmark = pytest.mark.usefixtures("prefect_server")

STAGES = ["download", "transcode", "chunk", "extract", "aggregate"]
STAGES += ["reference", "vocabulary", "calibrate"]


def misses(result) -> dict[str, int]:
    """The stages that did work, and how often."""
    return {stage: count.misses for stage, count in result.cache.items() if count.misses}


@pytest.fixture
def ingested(folder, store, quick_settings):
    """The result of a first ingest of two tracks."""
    return ingest(str(folder), settings=quick_settings)


@pytest.fixture(scope="module")
def whole(prefect_server, clips, quick_settings, tmp_path_factory):
    """A playlist folder, and a store that holds all of it; neither may be changed."""
    base = tmp_path_factory.mktemp("whole")
    folder = base / "My Playlist"
    folder.mkdir()
    for clip in clips[:2]:
        shutil.copy(clip, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RESONANCE_STORE", str(base / "store"))
        ingest(str(folder), settings=quick_settings)
    return folder, base / "store"


def test_a_folder_becomes_a_store_a_direction_and_a_range(ingested, folder, store):
    assert ingested.name == "my-playlist"
    assert [track.status for track in ingested.tracks] == ["completed", "completed"]
    assert [track.chunks for track in ingested.tracks] == [3, 3]
    assert [round(track.seconds) for track in ingested.tracks] == [45, 45]
    assert misses(ingested) == dict(zip(STAGES, [2, 2, 2, 2, 1, 1, 1, 1], strict=True))
    assert sorted(ingested.words) == ["folk", "slow", "techno"]
    assert ingested.range.low == 0
    assert 1 <= ingested.range.high <= 2
    direction = read_direction(
        store.root / "aggregate" / ingested.direction.key / "direction.safetensors"
    )
    assert ingested.direction.path.endswith(f"{ingested.direction.key}/direction.safetensors")
    frame = pd.read_parquet(store.root / "activations")
    assert len(frame) == 2 * 3 * 6
    vectors = np.stack(frame.sort_values("layer")["vector"]).reshape(6, 6, -1)
    np.testing.assert_allclose(vectors.mean(1), direction.per_layer, rtol=1e-4)
    digests = {sha256_file(file) for file in folder.iterdir()}
    assert set(direction.metadata["tracks"]) == digests
    assert store.verify() == []
    assert load_entry(store, "my-playlist").direction.key == ingested.direction.key


def test_a_second_ingest_does_no_stage_again(ingested, folder, store, quick_settings):
    again = ingest(str(folder), settings=quick_settings)
    assert misses(again) == {}
    assert {stage: count.hits for stage, count in again.cache.items()} == dict(
        zip(STAGES, [2, 2, 2, 2, 1, 1, 1, 1], strict=True)
    )
    assert (again.gained, again.lost) == ([], [])
    changing = {"cache", "seconds", "gained"}
    assert again.model_dump(exclude=changing) == ingested.model_dump(exclude=changing)


def test_prefect_shows_what_was_found_as_cached(whole, store, quick_settings):
    folder, made = whole
    shutil.copytree(made, store.root)
    state = ingest(str(folder), settings=quick_settings, return_state=True)
    run_id = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        wanted = TaskRunFilter.model_validate({"flow_run_id": {"any_": [str(run_id)]}})
        for _ in range(50):  # the server records task runs a moment later
            runs = client.read_task_runs(task_run_filter=wanted)
            names = {run.name: run.state_name for run in runs}
            if sum(name == "Cached" for name in names.values()) == 12:
                break
            time.sleep(0.2)
    assert {name.split()[0].split("-")[0] for name, end in names.items() if end == "Cached"} == set(
        STAGES
    )


def test_another_aggregation_extracts_nothing(whole, store, quick_settings, monkeypatch):
    folder, made = whole
    shutil.copytree(made, store.root)
    monkeypatch.setattr(aggregate, "AGGREGATE", Stage(name="aggregate", version=1000))
    assert misses(ingest(str(folder), settings=quick_settings)) == {"aggregate": 1}


def test_a_new_track_is_the_only_one_extracted(ingested, folder, clips, quick_settings):
    shutil.copy(clips[2], folder)
    again = ingest(str(folder), settings=quick_settings)
    assert misses(again) == {
        "download": 1,
        "transcode": 1,
        "chunk": 1,
        "extract": 1,
        "aggregate": 1,
        "calibrate": 1,
    }


def test_a_renamed_track_is_recognised_by_its_bytes(ingested, folder, quick_settings):
    first = sorted(folder.iterdir())[0]
    first.rename(folder / "renamed.opus")
    assert misses(ingest(str(folder), settings=quick_settings)) == {"download": 1}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("damage", ["delete", "truncate"])
def test_one_damaged_artifact_is_the_only_one_made_again(
    whole, store, quick_settings, stage, damage
):
    folder, made = whole
    shutil.copytree(made, store.root)
    record = next(record for record in store.records() if record.stage == stage)
    before = {path: sha256_file(path) for path in store.root.rglob("*.*") if path.is_file()}
    directory = store.directory(record.request)
    if damage == "delete":
        shutil.rmtree(directory)
    else:
        files = [store.path(record, name) for name in record.files] or [directory / "record.json"]
        files[0].write_bytes(files[0].read_bytes()[:-7])
    assert misses(ingest(str(folder), settings=quick_settings)) == {stage: 1}
    after = {path: sha256_file(path) for path in before if path.name != "record.json"}
    entry = store.root / "playlists" / "my-playlist.json"
    assert {p: d for p, d in after.items() if p != entry} == {
        p: d for p, d in before.items() if p in after and p != entry
    }
    assert store.verify() == []


def test_an_unreadable_track_is_listed_with_its_reason(folder, store, quick_settings):
    (folder / "broken.mp3").write_bytes(b"this is no music" * 1000)
    (folder / "empty.wav").write_bytes(b"")
    result = ingest(str(folder), settings=quick_settings)
    status = {track.title: (track.status, track.reason) for track in result.tracks}
    assert [state for state, _ in status.values()].count("completed") == 2
    assert status["broken"][0] == "failed"
    assert "broken.mp3 cannot be read as audio" in status["broken"][1]
    assert status["empty"][0] == "failed"
    assert "is empty (0 bytes)" in status["empty"][1]
    assert store.verify() == []


def test_a_playlist_of_unreadable_tracks_fails_and_leaves_nothing_half_written(
    tmp_path, store, quick_settings
):
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("a.mp3", "b.ogg"):
        (bad / name).write_bytes(b"no music" * 1000)
    with pytest.raises(IngestError, match=r"0 of 2 tracks could be used.*a: .*cannot be read") as e:
        ingest(str(bad), settings=quick_settings)
    assert [track.status for track in e.value.tracks] == ["failed", "failed"]
    assert {record.stage for record in store.records()} == {"download"}
    assert store.verify() == []
    assert not any((store.root / ".staging").iterdir())
    assert load_entry(store, "bad") is None


def test_fewer_tracks_than_the_minimum_fail_and_keep_what_was_done(folder, store, quick_settings):
    strict = Settings(config=quick_settings.config, overrides=("resolve.min_tracks=3",))
    with pytest.raises(IngestError, match=r"2 of 2 tracks could be used, fewer than .* 3"):
        ingest(str(folder), settings=strict)
    made = {"aggregate": 1, "reference": 1, "vocabulary": 1, "calibrate": 1}
    assert misses(ingest(str(folder), settings=quick_settings)) == made


def test_tracks_beyond_the_maximum_are_counted(folder, store, quick_settings):
    one = Settings(config=quick_settings.config, overrides=("resolve.max_tracks=1",))
    result = ingest(str(folder), settings=one)
    assert (len(result.tracks), result.left_out) == (1, 1)


def test_a_layer_the_model_lacks_is_refused_before_any_work(folder, store, quick_settings):
    wrong = Settings(config=quick_settings.config, overrides=("extract.layers=[9]",))
    with pytest.raises(ModelError, match="layer 9 does not exist"):
        ingest(str(folder), settings=wrong)
    assert list(store.records()) == []


def test_a_track_that_comes_twice_counts_once(ingested, folder, quick_settings):
    first = sorted(folder.iterdir())[0]
    shutil.copy(first, folder / "zz-copy.opus")
    again = ingest(str(folder), settings=quick_settings)
    assert [track.status for track in again.tracks] == ["completed", "completed", "duplicate"]
    assert again.direction.key == ingested.direction.key


def test_the_run_leaves_a_table_a_progress_and_a_report(folder, store, quick_settings):
    seen = []
    with watched_by(seen.append):
        state = ingest(str(folder), name="shown", settings=quick_settings, return_state=True)
    assert [line.split()[0] for line in seen[:2]] == ["1/2", "2/2"]
    assert "how it steers" in seen[2]
    run_id = state.state_details.flow_run_id
    with get_client(sync_client=True) as client:
        artifacts = {
            artifact.type: artifact
            for artifact in client.read_artifacts()
            if artifact.flow_run_id == run_id
        }
    assert set(artifacts) == {"table", "progress", "markdown"}
    assert artifacts["progress"].data == 100
    assert "a-new-journey" in artifacts["table"].data
    report = artifacts["markdown"].data
    assert "| layer | activation norm | residual norm | scan score |" in report
    assert report.count("\n| ") == 2 * 2 + 6 + 3


def test_the_job_of_a_run_is_kept_with_its_tracks_and_reasons(folder, store, quick_settings):
    (folder / "broken.mp3").write_bytes(b"this is no music" * 1000)
    state = ingest(str(folder), settings=quick_settings, return_state=True)
    (job,) = list_jobs(store)
    assert job.id == str(state.state_details.flow_run_id)
    assert (job.state, job.source) == ("completed", str(folder))
    assert job.counts["extracted"] == 2
    assert job.counts["failed"] == 1
    assert [track.state for track in job.tracks] == ["extracted", "extracted", "failed"]
    assert "broken.mp3 cannot be read" in job.tracks[2].reason


def test_a_job_that_failed_says_why(tmp_path, store, quick_settings):
    (tmp_path / "a.mp3").write_bytes(b"no music" * 1000)
    with pytest.raises(IngestError):
        ingest(str(tmp_path / "a.mp3"), settings=quick_settings)
    (job,) = list_jobs(store)
    assert job.state == "failed"
    assert "0 of 1 tracks could be used" in job.reason


def test_a_playlist_that_gained_two_tracks_and_lost_one_extracts_two(
    ingested, folder, store, clips, quick_settings
):
    lost = sorted(folder.iterdir())[0]
    lost.unlink()
    for clip in clips[2:4]:
        shutil.copy(clip, folder)
    again = ingest(str(folder), settings=quick_settings)
    assert misses(again)["extract"] == 2
    assert again.cache["extract"].hits == 1
    assert len(again.gained) == 2
    assert again.lost == [ingested.tracks[0].title]
    past = read_history(store, "my-playlist")
    assert [one.direction for one in past] == [ingested.direction.key, again.direction.key]
    assert past[1].gained == again.gained
    assert {track.sha256 for track in past[1].tracks} == {
        sha256_file(file) for file in folder.iterdir()
    }


def test_what_a_killed_run_left_is_put_in_order_by_the_next(
    ingested, folder, store, quick_settings
):
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(ingest, state=Running())
        lost = Job(id=str(run.id), run=str(run.id), source=str(folder), state="extracting")
        save_job(store, lost)
        ingest(str(folder), settings=quick_settings)
        assert client.read_flow_run(run.id).state.is_crashed()
    assert {job.id: job.state for job in list_jobs(store)}[str(run.id)] == "failed"


def test_two_ingests_at_once_do_every_stage_once(folder, store, quick_settings):
    resonance = Path(sys.executable).with_name("resonance")
    command = [resonance, "ingest", folder, "--json", "--config", quick_settings.config]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    one, two = (json.loads(process.communicate()[0]) for process in started)
    assert one["direction"] == two["direction"]
    for stage, times in zip(STAGES, [2, 2, 2, 2, 1, 1, 1, 1], strict=True):
        assert one["cache"][stage]["misses"] + two["cache"][stage]["misses"] == times
    assert [job.state for job in list_jobs(store)] == ["completed", "completed"]
    assert store.verify() == []
