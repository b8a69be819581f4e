import json
import shutil

import pytest

from studio.errors import UnknownError, UnusableError
from studio.lists import list_upload
from studio.sources import EXAMPLES
from studio.uploads import (
    MOST_FILES,
    check_name,
    drop_upload,
    new_upload,
    place_of,
    upload_folder,
)


def test_of_a_songs_name_only_what_is_harmless_is_taken(store):
    folder = upload_folder(store, new_upload(store))
    assert place_of(folder, "Süße Träume (live).mp3") == folder / "Susse-Traume-live.mp3"
    assert place_of(folder, "../../etc/passwd.wav").parent == folder
    assert place_of(folder, "...flac").name == "song.flac"
    assert place_of(folder, "../My list.M3U").relative_to(folder).name == "My-list.m3u"
    assert place_of(folder, "list.json").name == "list.jspf"
    for name in ("run.sh", "no suffix", "evil.mp3/../../x", "own.tracks"):
        with pytest.raises(UnusableError, match="no audio file"):
            check_name(folder, name)


@pytest.mark.parametrize("upload", ["..", "", "00000000-0000-0000-0000-000000000000", "a/b"])
def test_an_upload_that_is_none_is_refused(store, upload):
    with pytest.raises(UnknownError, match="there is no upload"):
        upload_folder(store, upload)


def test_no_more_songs_are_taken_than_a_playlist_has(store):
    folder = upload_folder(store, new_upload(store))
    for number in range(MOST_FILES):
        place_of(folder, f"{number}.mp3").touch()
    with pytest.raises(UnusableError, match=f"there are {MOST_FILES} songs already"):
        check_name(folder, "one-more.mp3")


def test_a_dropped_upload_is_gone(store):
    upload = new_upload(store)
    drop_upload(store, upload)
    with pytest.raises(UnknownError):
        upload_folder(store, upload)


def test_songs_whose_names_reduce_to_the_same_letters_are_both_kept(store):
    folder = upload_folder(store, new_upload(store))
    names = ("Björk.opus", "Bjork.opus", "bjørk!.opus", "Björk.opus")
    places = [place_of(folder, name) for name in names]
    kept = ["Bjork.opus", "Bjork-2.opus", "bjork.opus", "Bjork.opus"]  # the same sent again
    assert [place.name for place in places] == kept
    clips = sorted(EXAMPLES.glob("*.opus"))
    for clip, place in zip(clips, places[:3], strict=False):
        shutil.copyfile(clip, place)
    place_of(folder, "mine.m3u").write_text("/home/me/Bjork.opus\n/home/me/Björk.opus\n")
    tracks = json.loads(list_upload(folder, 20).read_text())["tracks"]
    held = [(folder / name).as_uri() for name in ("Bjork-2.opus", "Bjork.opus", "bjork.opus")]
    assert [track["url"] for track in tracks] == held
