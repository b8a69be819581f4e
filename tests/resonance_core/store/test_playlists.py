import pytest

from resonance_core.errors import ConfigError, StoreError
from resonance_core.stages.directions import find_direction
from resonance_core.store.playlists import (
    DirectionRef,
    PlaylistEntry,
    check_name,
    list_entries,
    load_entry,
    playlist_name,
    save_entry,
    update_range,
)


def entry(name: str) -> PlaylistEntry:
    direction = DirectionRef(key="0" * 64, path="aggregate/0/direction.safetensors")
    return PlaylistEntry(
        name=name, source="s", direction=direction, calibration="1" * 64, range=None, tracks=[]
    )


def test_entries_are_kept_by_name(store):
    save_entry(store, entry("b"))
    save_entry(store, entry("a"))
    assert [found.name for found in list_entries(store)] == ["a", "b"]
    assert load_entry(store, "a").name == "a"
    assert load_entry(store, "none") is None
    assert load_entry(store, "../playlists/a") is None


def test_a_damaged_entry_is_said_in_words(store):
    save_entry(store, entry("a"))
    (store.root / "playlists" / "a.json").write_text('{"name"')
    with pytest.raises(StoreError, match=r"entry of playlist 'a' is damaged.*Ingest"):
        load_entry(store, "a")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My Playlist!", "my-playlist"),
        ("  Ünïcode & more  ", "unicode-more"),
        ("Музыка", "muzyka"),
        ("!?", "playlist"),
        ("x" * 100, "x" * 56),
    ],
)
def test_a_title_gives_a_name_that_can_be_used(store, title, name):
    assert playlist_name(store, title, "s") == name
    assert check_name(name) == name


def test_two_sources_of_one_title_get_two_names(store):
    save_entry(store, entry("music"))
    assert playlist_name(store, "Music", "s") == "music"
    other = playlist_name(store, "Music", "elsewhere")
    assert other.startswith("music-")
    assert check_name(other) == other


def test_a_new_range_is_kept_under_a_name_only(example_store):
    record = next(one for one in example_store.records() if one.stage == "calibrate")
    direction = find_direction("example", example_store)
    other = record.model_copy(update={"key": "9" * 64})
    update_range(example_store, "example", direction, other)
    assert load_entry(example_store, "example").calibration == "9" * 64
    update_range(example_store, record.key, direction, record)
    assert [found.name for found in list_entries(example_store)] == ["example"]


def test_a_range_of_a_direction_that_a_playlist_had_before_is_not_kept(example_store):
    record = next(one for one in example_store.records() if one.stage == "calibrate")
    direction = find_direction("example", example_store)
    before = load_entry(example_store, "example")
    new = before.model_copy(update={"direction": DirectionRef(key="8" * 64, path="-")})
    save_entry(example_store, new)  # ingested while the old direction was calibrated
    other = record.model_copy(update={"key": "9" * 64})
    update_range(example_store, "example", direction, other)
    assert load_entry(example_store, "example") == new
    save_entry(example_store, before)


@pytest.mark.parametrize("name", ["", "../x", "A", "-a", "a b", "x" * 65])
def test_other_names_are_refused(name):
    with pytest.raises(ConfigError, match="cannot be a playlist's name"):
        check_name(name)
