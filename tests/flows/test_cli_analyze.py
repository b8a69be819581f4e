import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from flows.cli import app
from resonance_core.config import PipelineConfig, ResolveConfig, RuntimeConfig
from resonance_core.sources.resolve import resolve
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.concept import concept
from resonance_core.stages.tracks import hear
from resonance_core.steering.concept_file import load_concepts
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, save_entry
from resonance_core.store.store import Store

PLAYLISTS = Path(__file__).parent.parent.parent / "examples" / "playlists"
NAMES = ("lofi-piano", "metal")


@pytest.fixture(scope="module")
def heard(quick: PipelineConfig, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three tracks each of two playlists that differ much."""
    store = Store(tmp_path_factory.mktemp("heard") / "store")
    runtime = RuntimeConfig(device="cpu", store=str(store.root))
    for name in NAMES:
        playlist = resolve(str(PLAYLISTS / name), ResolveConfig(max_tracks=3))
        results = hear(playlist.tracks, quick, store, runtime)
        records = [result.activations for result in results if result.activations is not None]
        assert len(records) == 3
        entry = PlaylistEntry(
            name=name,
            source=playlist.source,
            direction=DirectionRef.of(aggregate(records, quick.aggregate, store).record),
            calibration="0" * 64,
            range=None,
            tracks=[result.report for result in results],
        )
        save_entry(store, entry)
    return store.root


@pytest.fixture
def run(heard, tmp_path):
    """Run an analysis of the store; its JSON, and whether its table and its picture are there."""

    def analyze(*arguments: object) -> dict:
        words = ["analyze", *(str(argument) for argument in arguments), "--store", str(heard)]
        result = CliRunner().invoke(app, [*words, "--json"])
        found = json.loads(result.stdout)
        picture = tmp_path / "plots" / "plot.png"
        plain = CliRunner().invoke(app, [*words, "--out", str(picture)])
        assert plain.exit_code == result.exit_code
        if result.exit_code == 0:
            assert "┃" in plain.stdout
            assert np.asarray(Image.open(picture).convert("L")).std() > 10
        return found

    return analyze


def test_probes_and_separability_tell_unlike_playlists_apart(run, tmp_path):
    found = run("probe")
    assert found["label"] == "playlist"
    assert [one["layer"] for one in found["layers"]] == [0, 1, 2, 3, 4, 5]
    assert {(one["chance"], one["tracks"]) for one in found["layers"]} == {(0.5, 6)}
    assert max(one["score"] for one in found["layers"]) > 0.9
    layers = run("separability")["layers"]
    assert {(one["groups"], one["tracks"]) for one in layers} == {(2, 6)}
    assert all(one["silhouette"] > 0.2 and one["variance_ratio"] > 1 for one in layers)
    mixed = tmp_path / "mixed.csv"
    names = [f"{PLAYLISTS / 'lofi-piano'}/0{n}.opus,{n % 2}" for n in (1, 2, 3)]
    files = sorted((PLAYLISTS / "metal").glob("*.opus"))[:3]
    names += [f"{file},{place % 2}" for place, file in enumerate(files)]
    mixed.write_text("\n".join(("path,side", *names)))
    found = run("separability", "--labels", mixed, "--column", "side")
    assert found["label"] == "side"
    assert all(one["silhouette"] < 0.1 for one in found["layers"])


def test_a_map_lays_unlike_playlists_apart(run):
    found = run("map")
    assert found["layer"] == 3
    sides = {name: {p["x"] > 0 for p in found["points"] if p["group"] == name} for name in NAMES}
    assert sorted(sides.values()) in ([{False}, {True}], [{True}, {False}])
    assert 0.3 < found["explained"][0] < 1
    assert run("map", "--layer", 5)["layer"] == 5
    assert run("map", "--by", "playlist")["error"]["problem"] == "2 points are too few for pca"


def test_the_nearest_track_is_in_the_same_playlist(run, heard):
    path = sorted((PLAYLISTS / "metal").glob("*.opus"))[0]
    found = run("nearest", path, "--count", 2)
    assert found["track"]["playlists"] == ["metal"]
    assert found["nearest"][0]["playlists"] == ["metal"]
    assert found["nearest"][0]["cosine"] > found["nearest"][1]["cosine"]
    again = run("nearest", found["track"]["sha256"][:10])
    assert len(again["nearest"]) == 5
    assert again["track"] == run("nearest", path.stem)["track"]
    assert "are called 'x'" in run("nearest", "x")["error"]["problem"]


def test_directions_of_unlike_playlists_are_not_alike(run):
    found = run("similarity")
    assert found["layers"] == [0, 1, 2, 3, 4, 5]
    (pair,) = found["pairs"]  # no concept was made
    assert {pair["first"], pair["second"]} == set(NAMES)
    assert pair["overall"] == pytest.approx(np.mean(pair["layers"]))
    assert pair["overall"] < 0.2  # as they were before they were centred: nearly 1
    assert run("similarity", *NAMES)["pairs"] == [pair]
    assert "no playlist 'x'" in run("similarity", "x", "metal")["error"]["problem"]


def test_concepts_that_were_made_are_compared_too(run, heard, quick, quick_settings):
    settings = ("--config", quick_settings.config)
    assert len(run("similarity", *settings)["pairs"]) == 1
    runtime = RuntimeConfig(device="cpu", store=str(heard))
    concept("bass", load_concepts(quick.concept.file), quick, Store(heard), runtime)
    pairs = run("similarity", *settings)["pairs"]
    names = {frozenset((pair["first"], pair["second"])) for pair in pairs}
    assert names == {frozenset(two) for two in (NAMES, ("bass", "metal"), ("bass", "lofi-piano"))}
    assert all(-1 < pair["overall"] < 1 for pair in pairs)


def test_what_cannot_be_done_is_said_before_any_work(run, heard, tmp_path):
    assert "no PNG file" in _refused(heard, "--out", tmp_path / "plot.pdf")
    assert "no PNG file" in _refused(heard, "--out", tmp_path)
    assert "no playlist 'x'" in _refused(heard, "--playlist", "x")
    assert "layer 9 was not extracted" in run("nearest", "01", "--layer", 9)["error"]["problem"]
    assert "is no folder" in _refused("s3://bucket")
    (tmp_path / "file").write_text("")
    assert "cannot be written" in _refused(heard, "--out", tmp_path / "file" / "plot.png")


def _refused(store: object, *arguments: object) -> str:
    words = ["analyze", "probe", "--store", str(store), "--json", *map(str, arguments)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    return json.loads(result.stdout)["error"]["problem"]
