"""Damaged files through the stages: each ends as usable audio, or with a reason in words."""

import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
import soundfile

from resonance_core.config import ChunkConfig, DownloadConfig, RuntimeConfig
from resonance_core.errors import TrackError
from resonance_core.sources.local import list_path
from resonance_core.stages.chunk import chunk
from resonance_core.stages.download import download, original
from resonance_core.stages.tracks import hear
from resonance_core.stages.transcode import AUDIO, transcode_track
from resonance_core.store.store import Store
from tests.mutations import mutant
from tests.originals import write_originals

MUTANTS = range(2000)
FEW = MUTANTS[::17]
MOST_SECONDS = 10.0
MOST_MIB = 100
PEAK = Path("/proc/self/clear_refs")


class Fate(NamedTuple):
    """What became of one mutant."""

    name: str
    reason: str | None
    seconds: float
    mib: float
    """By how much the process's memory grew while it was worked on, at its highest."""


@pytest.fixture(scope="session")
def originals(clips: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return write_originals(clips[0], tmp_path_factory.mktemp("originals"))


def memory_kib(field: str) -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status)[1])


def fate(path: Path, store: Store) -> Fate:
    """List a file as a playlist and take its track up to its windows."""
    if PEAK.exists():
        PEAK.write_text("5")  # Linux forgets the highest so far
        before = memory_kib("VmRSS")
    started, reason = time.perf_counter(), None
    try:
        (track,) = list_path(path, max_tracks=1).tracks
        record = download(track, DownloadConfig(), store).record
        source = original(store, record)
        audio = transcode_track(record.info["sha256"], lambda: source, 32_000, store).record
        chunk(audio, ChunkConfig(), store)
        assert soundfile.info(store.path(audio, AUDIO)).frames == audio.info["samples"] >= 32_000
    except TrackError as error:
        reason = str(error)
    seconds = time.perf_counter() - started
    grown = memory_kib("VmHWM") - before if PEAK.exists() else 0
    return Fate(path.name, reason, seconds, grown / 1024)


def put_through(
    numbers: Iterable[int], originals: dict[str, bytes], folder: Path, store: Store
) -> list[Fate]:
    fates = []
    for number in numbers:
        name, data = mutant(number, originals)
        path = folder / name
        path.write_bytes(data)
        fates.append(fate(path, store))
        path.unlink()
    return fates


def check(fates: list[Fate], store: Store) -> None:
    assert [one for one in fates if one.reason is not None and one.name not in one.reason] == []
    assert [one for one in fates if one.seconds > MOST_SECONDS] == []
    assert [one for one in fates if one.mib > MOST_MIB] == []
    completed = sum(one.reason is None for one in fates)
    assert len(fates) / 3 < completed < len(fates) * 2 / 3
    assert list((store.root / ".staging").iterdir()) == []
    assert store.verify() == []


def print_table(fates: list[Fate]) -> None:
    """Print how many ended in which way."""
    plain = [(one.reason or "completed").replace(one.name, "FILE") for one in fates]
    for reason, count in Counter(re.sub(r"[\d.]*\d", "#", text) for text in plain).most_common():
        print(f"{count:5} {reason}")
    longest, largest = max(one.seconds for one in fates), max(one.mib for one in fates)
    print(f"each took at most {longest:.1f} s and {largest:.0f} MiB")


def test_damaged_files_are_used_or_refused_with_a_reason(originals, tmp_path, store):
    check(put_through(FEW, originals, tmp_path, store), store)


@pytest.mark.slow
def test_two_thousand_damaged_files_are_used_or_refused_with_a_reason(
    originals, tmp_path, store, quick
):
    fates = put_through(MUTANTS, originals, tmp_path, store)
    print_table(fates)
    check(fates, store)

    survivors = [number for number in MUTANTS if fates[number].reason is None][::100]
    tracks = []
    for number in survivors:
        name, data = mutant(number, originals)
        (tmp_path / name).write_bytes(data)
        tracks += list_path(tmp_path / name, max_tracks=1).tracks
    heard = hear(tracks, quick, store, RuntimeConfig(device="cpu"))
    assert [result.report.reason for result in heard] == [None] * len(survivors)
    assert all(result.report.chunks >= 1 for result in heard)
    assert store.verify() == []
