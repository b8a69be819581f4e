import pytest

from resonance_core.errors import ConfigError, StoreError
from resonance_core.store.playlists import (
    DirectionRef,
    PlaylistEntry,
    check_name,
    list_entries,
    load_entry,
    playlist_name,
    save_entry,
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
        ("  Ünïcode & more  ", "n-code-more"),
        ("日本", "playlist"),
        ("x" * 100, "x" * 64),
    ],
)
def test_a_title_gives_a_name_that_can_be_used(title, name):
    assert playlist_name(title) == name
    assert check_name(name) == name


@pytest.mark.parametrize("name", ["", "../x", "A", "-a", "a b", "x" * 65])
def test_other_names_are_refused(name):
    with pytest.raises(ConfigError, match="cannot be a playlist's name"):
        check_name(name)
