import json
from pathlib import Path

import pyarrow as pa
import pytest

from resonance_core.config import DownloadConfig, RuntimeConfig
from resonance_core.config_file import parse_config
from resonance_core.errors import SourceError, TrackError
from resonance_core.keys import sha256_file
from resonance_core.sources.embedded import Embedded, parse_embedded
from resonance_core.sources.manifest import read_manifest
from resonance_core.stages.identify import FailedTrack, identify
from resonance_core.stages.shard import shard

AUDIO = pa.struct([("bytes", pa.binary()), ("path", pa.string())])


def save(folder: Path, rows: list[dict], batch: int = 2) -> Path:
    """Write a dataset as the ``datasets`` library's ``save_to_disk`` does."""
    folder.mkdir(parents=True)
    name = "data-00000-of-00001.arrow"
    table = pa.table({"label": list(range(len(rows))), "audio": pa.array(rows, AUDIO)})
    with pa.OSFile(str(folder / name), "wb") as file, pa.ipc.new_stream(file, table.schema) as out:
        out.write_table(table, max_chunksize=batch)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}]}))
    return folder


@pytest.fixture
def dataset(clips, tmp_path):
    """Two embedded clips, one that is a file, and one that is no music."""
    rows = [
        {"bytes": clips[0].read_bytes(), "path": "a.opus"},
        {"bytes": None, "path": str(clips[1])},
        {"bytes": clips[2].read_bytes(), "path": None},
        {"bytes": b"no music", "path": "d.mp3"},
        {"bytes": b"", "path": None},
    ]
    return save(tmp_path / "my dataset", rows)


def test_an_address_names_file_column_and_row(tmp_path):
    audio = Embedded(tmp_path / "my data" / "a?b.arrow", "the audio", 7)
    assert audio.url.startswith("arrow:///")
    assert parse_embedded(audio.url) == audio
    assert parse_embedded("file:///a.opus") is None


def test_a_saved_dataset_is_a_manifest(dataset, clips):
    tracks = read_manifest(dataset)
    rows = [parse_embedded(track.url) for track in tracks]
    assert [row and (row.column, row.row) for row in rows] == [
        *(("audio", 0), None, ("audio", 2), ("audio", 3), ("audio", 4))
    ]
    assert tracks[1].url == clips[1].as_uri()
    assert tracks[2].title == "data-00000-of-00001.arrow row 2"
    assert rows[2].read() == clips[2].read_bytes()


def test_splits_follow_one_another(clips, tmp_path):
    for split, clip in (("train", clips[0]), ("test", clips[1])):
        save(tmp_path / "all" / split, [{"bytes": clip.read_bytes(), "path": None}])
    (tmp_path / "all" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    read = [parse_embedded(track.url).read() for track in read_manifest(tmp_path / "all")]
    assert read == [clip.read_bytes() for clip in clips[:2]]


def test_embedded_audio_is_heard_and_no_copy_stays(dataset, clips, store):
    config = parse_config({"chunk": {"length_s": 2, "hop_s": 100}, "extract": {"layers": [1]}})
    *tracks, empty = identify(read_manifest(dataset), DownloadConfig(), store)
    assert [track.sha256 for track in tracks[:3]] == [sha256_file(clip) for clip in clips[:3]]
    assert isinstance(empty, FailedTrack)
    assert "is empty" in empty.reason
    record = shard(tracks, config, store, RuntimeConfig(device="cpu")).record
    assert (record.info["tracks"], record.info["chunks"]) == (3, 3)
    assert list(record.info["failed"]) == [tracks[3].sha256]
    assert not [file for file in store.root.rglob("*") if "row" in file.name]


def test_a_dataset_without_audio_or_damaged_says_so(tmp_path, clips):
    folder = save(tmp_path / "a", [{"bytes": b"x", "path": None}])
    (folder / "data-00000-of-00001.arrow").write_bytes(b"no arrow")
    with pytest.raises(SourceError, match=r"the manifest '.*a' cannot be read"):
        read_manifest(folder)
    with pytest.raises(TrackError, match=r"row 0 of .* cannot be read"):
        Embedded(folder / "data-00000-of-00001.arrow", "audio", 0).read()
    table = pa.table({"text": ["a"]})
    path = str(folder / "data-00000-of-00001.arrow")
    with pa.OSFile(path, "wb") as file, pa.ipc.new_stream(file, table.schema) as out:
        out.write_table(table)
    with pytest.raises(SourceError, match="has no audio column"):
        read_manifest(folder)
