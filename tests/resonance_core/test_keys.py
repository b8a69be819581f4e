import pytest

from resonance_core.config import AggregateConfig, ChunkConfig
from resonance_core.keys import Stage, canonical_json, sha256_file, stage_key
from resonance_core.stages.aggregate import AGGREGATE
from resonance_core.stages.chunk import CHUNK
from resonance_core.stages.download import DOWNLOAD
from resonance_core.stages.transcode import TRANSCODE


def test_canonical_json_is_one_text_for_one_value():
    value = {"b": 1.0, "a": [None, True, "é"]}
    assert canonical_json(value) == r'{"a":[null,true,"\u00e9"],"b":1.0}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": float("nan")})


def test_golden_keys_stand_still():
    """A key that changes makes every store forget what it holds: raise a version instead."""
    chunk = CHUNK.request(ChunkConfig(), {"audio": "0" * 64})
    assert chunk.key == "e3b97df36c1ea40a3e323c689f0bafd9addd7924670654372c6804b6258f17e0"
    aggregate = AGGREGATE.request(AggregateConfig(), {"activations": ["0" * 64, "1" * 64]})
    assert aggregate.key == "5c8059e3b4a8dd2ffdd64a4d8ed319f7973c11ba7bc86cc531b4fc986edd45d2"
    download = DOWNLOAD.request({}, {"url": "https://example.org/a.mp3"})
    assert download.key == "923e2193c373bb99471e1e4d23e35bf11286a878b8528187e73f2bad4dbb8b36"
    transcode = TRANSCODE.request({"sample_rate": 32000}, {"audio": "0" * 64})
    assert transcode.key == "fcdacbbb6c5b197a9bbfdca0b3bb8e26e7b12e450343acc4a72eb26209456f7e"


def test_a_key_depends_on_stage_version_config_and_inputs():
    keys = {
        stage_key("chunk", 1, {"hop_s": 8.0}, {"audio": "a"}),
        stage_key("other", 1, {"hop_s": 8.0}, {"audio": "a"}),
        stage_key("chunk", 2, {"hop_s": 8.0}, {"audio": "a"}),
        stage_key("chunk", 1, {"hop_s": 4.0}, {"audio": "a"}),
        stage_key("chunk", 1, {"hop_s": 8.0}, {"audio": "b"}),
    }
    assert len(keys) == 5


def test_whole_numbers_and_floats_give_one_key():
    stage = Stage(name="chunk", version=1)
    whole = ChunkConfig.model_validate({"length_s": 10, "hop_s": 8})
    assert stage.request(whole, {}).key == stage.request(ChunkConfig(), {}).key


def test_where_the_files_lie_is_no_part_of_the_key():
    stage = Stage(name="extract", version=1)
    assert stage.request({}, {}, "activations/extraction=ab").key == stage.request({}, {}).key


def test_sha256_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sha256_file(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")
