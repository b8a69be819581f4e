import json
import re
import shutil
import signal
import subprocess
import sys

import pandas as pd
import pytest
import soundfile
from typer.testing import CliRunner

from flows.cli import app
from flows.progress import watched_by
from flows.reprocess import reprocess
from flows.settings import Settings
from flows.shards import ReprocessError
from resonance_core.errors import ModelError, SourceError
from tests.podcast import serving

FEW = ("chunk.length_s=2", "chunk.hop_s=1", "extract.layers=[1, 4]")
SETTINGS = Settings(overrides=FEW)


@pytest.fixture(autouse=True)
def _shards_of_two(prefect_server, monkeypatch):
    monkeypatch.setenv("RESONANCE_SHARD_TRACKS", "2")


@pytest.fixture
def dataset(clips, tmp_path):
    """Three tracks, one of them twice, and one that is no music."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    for number in range(3):
        excerpt(clips[number], folder / f"{number}.wav")
    shutil.copy(folder / "0.wav", folder / "again.wav")
    (folder / "bad.mp3").write_text("no music")
    return folder


def excerpt(clip, path):
    """Three seconds of a clip."""
    samples, rate = soundfile.read(clip, frames=3 * 48_000)
    soundfile.write(path, samples, rate)


def frame(store) -> pd.DataFrame:
    return pd.read_parquet(store.root / "activations")


def test_a_folder_becomes_an_activation_store(dataset, store):
    result = reprocess(str(dataset), SETTINGS)
    assert (result.tracks, result.duplicates, result.found) == (4, 1, 0)
    assert (result.shards.misses, result.shards.hits, result.chunks) == (2, 0, 6)
    assert [track.title for track in result.failed] == ["bad"]
    assert "bad.mp3 cannot be read as audio" in result.failed[0].reason
    assert result.tracks_per_second == pytest.approx(4 / result.seconds)
    rows = frame(store)
    assert len(rows) == 6 * 2
    assert rows["track"].nunique() == 3
    assert result.dataset == str(store.root / "activations" / f"extraction={rows['extraction'][0]}")
    assert store.verify() == []
    assert list((store.root / ".staging").iterdir()) == []

    again = reprocess(str(dataset), SETTINGS)
    assert (again.tracks, again.found, again.chunks) == (4, 4, 0)
    assert (again.shards.misses, again.shards.hits) == (0, 2)
    assert again.failed == result.failed


def test_growth_costs_only_growth(dataset, clips, store):
    reprocess(str(dataset), SETTINGS)
    excerpt(clips[4], dataset / "a new one.wav")
    result = reprocess(str(dataset), SETTINGS)
    assert (result.found, result.shards.misses, result.chunks) == (4, 1, 2)
    assert frame(store)["track"].nunique() == 4


def test_a_run_that_broke_off_keeps_its_finished_shards(dataset, store, nano, monkeypatch):
    whole = type(nano).capture
    calls = []

    def breaks(self, audio, **options):
        calls.append(len(audio))
        if len(calls) == 2:
            raise ModelError("out of memory")
        return whole(self, audio, **options)

    monkeypatch.setattr(type(nano), "capture", breaks)
    with pytest.raises(ReprocessError, match=r"1 of 2 shards could not be made: out of memory"):
        reprocess(str(dataset), SETTINGS)
    monkeypatch.setattr(type(nano), "capture", whole)
    result = reprocess(str(dataset), SETTINGS)
    assert (result.shards.hits, result.shards.misses, result.found) == (1, 1, 2)
    assert frame(store)["track"].nunique() == 3


def test_addresses_are_fetched_once(clips, tmp_path, store):
    manifest = tmp_path / "manifest.csv"
    with serving() as podcast:
        url = podcast.answer("/a.opus", clips[0].read_bytes())
        gone = f"{podcast.address}/gone.opus"
        manifest.write_text("\n".join(["url", url, gone, str(clips[1])]))
        result = reprocess(str(manifest), SETTINGS)
        podcast.requests.clear()
        again = reprocess(str(manifest), SETTINGS)
        assert set(podcast.requests) == {"/gone.opus"}
    assert (result.tracks, result.found, again.found) == (2, 0, 2)
    assert [track.url for track in result.failed] == [gone]
    assert frame(store)["track"].nunique() == 2


def test_progress_is_told(dataset, store):
    heard: list[str] = []
    with watched_by(heard.append):
        reprocess(str(dataset), SETTINGS)
    assert heard == ["5 tracks; looking at their files", "1/2 shards", "2/2 shards"]


def test_what_cannot_be_used_is_refused_before_any_work(dataset, store):
    with pytest.raises(ModelError, match="layer 9 does not exist"):
        reprocess(str(dataset), Settings(overrides=("extract.layers=[9]",)))
    with pytest.raises(SourceError, match="no file or folder"):
        reprocess(str(dataset / "nowhere"), SETTINGS)
    assert not store.root.exists() or list(store.records()) == []


def test_a_manifest_without_any_usable_track_fails(tmp_path, store):
    (tmp_path / "a.csv").write_text("path\na.mp3\nb.mp3\n")
    with pytest.raises(ReprocessError, match=r"0 tracks could be used.*a: .*a\.mp3 cannot be read"):
        reprocess(str(tmp_path / "a.csv"), SETTINGS)


def test_the_command_prints_a_table_or_json(dataset, store):
    options = [word for setting in FEW for word in ("--set", setting)]
    shown = CliRunner().invoke(app, ["reprocess", str(dataset), *options])
    assert shown.exit_code == 0
    assert re.search(r"shards made\W+2\W", shown.stdout)
    assert "bad.mp3 cannot be read" in shown.stdout
    assert "2/2 shards" in shown.stderr
    found = json.loads(
        CliRunner().invoke(app, ["reprocess", str(dataset), *options, "--json"]).stdout
    )
    assert set(found) == {
        *("dataset", "tracks", "duplicates", "found", "shards", "chunks", "failed", "seconds"),
        "tracks_per_second",
    }
    assert (found["found"], found["shards"]) == (4, {"hits": 2, "misses": 0})
    wrong = CliRunner().invoke(app, ["reprocess", str(dataset / "bad.mp3")])
    assert wrong.exit_code == 2
    assert "is no folder, CSV" in wrong.stderr


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on(dataset, store):
    command = [
        *(sys.executable, "-c", "from flows.cli import main; main()"),
        *("reprocess", str(dataset), "--set", "chunk.hop_s=0.01"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as killed:
        assert killed.stderr is not None
        next(line for line in killed.stderr if "1/2 shards" in line)
        killed.send_signal(signal.SIGKILL)
    made = [record.key for record in store.records("shard")]
    assert len(made) == 1
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    assert (result["found"], result["shards"]) == (2, {"hits": 1, "misses": 1})
    assert store.verify() == []
    assert list((store.root / ".staging").iterdir()) == []
