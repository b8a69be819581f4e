import importlib.util
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pandas as pd
import psutil
import pytest
import soundfile
from prefect.task_runners import ThreadPoolTaskRunner

from flows.engines import task_runner
from flows.reprocess import reprocess
from flows.settings import Settings
from resonance_core.config import RuntimeConfig
from resonance_core.errors import ConfigError
from resonance_core.store import open_activations
from resonance_core.store.store import Store

ENGINES = {"dask": "prefect_dask", "ray": "prefect_ray"}


def test_threads_are_the_default():
    runner = task_runner(RuntimeConfig(workers=3))
    assert isinstance(runner, ThreadPoolTaskRunner)
    assert runner._max_workers == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_that_is_not_installed_names_its_pip_line(engine, monkeypatch):
    monkeypatch.setitem(sys.modules, ENGINES[engine], None)
    with pytest.raises(ConfigError, match=rf"pip install 'resonance\[{engine}\]'"):
        task_runner(RuntimeConfig(engine=engine))


@pytest.fixture(params=ENGINES)
def engine(request) -> str:
    """Each engine that is installed."""
    if importlib.util.find_spec(ENGINES[request.param]) is None:
        pytest.skip(f"pip install 'resonance[{request.param}]'")
    return request.param


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_an_engine_makes_what_threads_make(engine, clips, store, tmp_path, monkeypatch):
    (tmp_path / "music").mkdir()
    for number in range(3):
        samples, rate = soundfile.read(clips[number], frames=3 * 48_000)
        soundfile.write(tmp_path / "music" / f"{number}.wav", samples, rate)
    (tmp_path / "music" / "bad.mp3").write_text("no music")
    monkeypatch.setenv("RESONANCE_SHARD_TRACKS", "2")
    settings = Settings(overrides=("chunk.length_s=2", "chunk.hop_s=1"))
    with monkeypatch.context() as patch:
        patch.setenv("RESONANCE_ENGINE", engine)
        if engine == "dask":  # Ray looks whether there are any
            patch.setenv("RESONANCE_SHARD_GPUS", "1")
        spread = reprocess.with_options(task_runner=task_runner(RuntimeConfig()))
        result = spread(str(tmp_path / "music"), settings)
    assert (result.tracks, result.shards.misses, result.chunks) == (4, 2, 6)
    assert [track.title for track in result.failed] == ["bad"]
    assert store.verify() == []
    columns = ["track", "chunk", "layer"]
    made = pd.read_parquet(store.root / "activations").sort_values(columns)

    monkeypatch.setenv("RESONANCE_STORE", str(tmp_path / "threads"))
    reprocess(str(tmp_path / "music"), settings)
    threads = pd.read_parquet(tmp_path / "threads" / "activations").sort_values(columns)
    pd.testing.assert_frame_equal(made.reset_index(drop=True), threads.reset_index(drop=True))


def kill_a_worker(store: Store) -> int:
    """Kill a process that is making a shard, once another shard is there, and return its id."""
    ends = time.monotonic() + 300
    while time.monotonic() < ends:
        time.sleep(0.05)
        if next(store.records("shard"), None) is None:
            continue
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                if any("/.locks/" in file.path for file in process.open_files()):
                    process.kill()
                    return process.pid
    raise AssertionError("no process made a second shard")


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_worker_that_is_killed_loses_nothing(engine, clips, store, tmp_path, monkeypatch):
    (tmp_path / "music").mkdir()
    for clip in clips[:6]:
        (tmp_path / "music" / clip.name).write_bytes(clip.read_bytes())
    for name, value in {"ENGINE": engine, "WORKERS": "2", "SHARD_TRACKS": "1"}.items():
        monkeypatch.setenv(f"RESONANCE_{name}", value)
    spread = reprocess.with_options(task_runner=task_runner(RuntimeConfig()))
    settings = Settings(overrides=("chunk.length_s=2", "chunk.hop_s=0.5"))
    with ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_a_worker, store)
        result = spread(str(tmp_path / "music"), settings)
        assert killed.result(timeout=1) not in psutil.pids()
    assert (result.tracks, result.shards.misses, result.failed) == (6, 6, [])
    assert store.verify() == []
    assert len(list(store.records("shard"))) == 6
    rows = open_activations(store.root).pandas(columns=["track", "chunk", "layer"])
    assert len(rows) == len(rows.drop_duplicates()) == 6 * result.chunks
    assert rows["track"].nunique() == 6
    assert not list((store.root / ".staging").iterdir())
