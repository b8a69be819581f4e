import pytest

from resonance_core.errors import StoreError
from resonance_core.store.history import extend_history, read_history
from resonance_core.store.playlists import DirectionRef, PlaylistEntry, TrackReport


def entry(direction: str, *titles: str) -> PlaylistEntry:
    """An ingest of tracks that completed, and of one that did not."""
    return PlaylistEntry(
        name="mine",
        source="/music",
        direction=DirectionRef(key=direction, path=f"aggregate/{direction}"),
        calibration="c",
        range=None,
        tracks=[
            *(TrackReport(title=title, status="completed", sha256=title) for title in titles),
            TrackReport(title="broken", status="failed", reason="no music"),
        ],
    )


def test_a_history_tells_which_tracks_came_and_went(store):
    extend_history(store, entry("d1", "a", "b", "c"))
    assert extend_history(store, entry("d1", "a", "b", "c")) is None
    change = extend_history(store, entry("d2", "b", "c", "d", "e"))
    assert (change.gained, change.lost) == (["d", "e"], ["a"])
    past = read_history(store, "mine")
    assert [one.direction for one in past] == ["d1", "d2"]
    assert [track.title for track in past[0].tracks] == ["a", "b", "c"]
    assert past[0].gained == ["a", "b", "c"]
    assert past[0].ingested_at < past[1].ingested_at


def test_a_direction_that_comes_back_is_told_again(store):
    for direction, titles in (("d1", "ab"), ("d2", "abc"), ("d1", "ab")):
        extend_history(store, entry(direction, *titles))
    assert [one.lost for one in read_history(store, "mine")] == [[], [], ["c"]]


def test_no_history_is_empty_and_a_damaged_one_is_named(store):
    assert read_history(store, "mine") == []
    extend_history(store, entry("d1", "a"))
    next((store.root / "history" / "mine").iterdir()).write_text("{")
    with pytest.raises(StoreError, match="history of playlist 'mine' is damaged"):
        read_history(store, "mine")
