"""Lists in the shapes that yt-dlp's extractors give them, for no test reaches their sites."""

from typing import Any

import pytest

from resonance_core.sources.listing import listing

YOUTUBE = {
    "_type": "playlist",
    "id": "PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
    "title": "Evening",
    "webpage_url": "https://www.youtube.com/playlist?list=PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI",
    "playlist_count": 2,
    "entries": [
        {
            "_type": "url",
            "ie_key": "Youtube",
            "id": "dQw4w9WgXcQ",
            "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
            "title": "A song",
            "duration": 212.0,
            "channel": "Somebody",
            "live_status": None,
        },
        {
            "_type": "url",
            "ie_key": "Youtube",
            "id": "aaaaaaaaaaa",
            "url": "https://www.youtube.com/watch?v=aaaaaaaaaaa",
            "title": "[Private video]",
            "duration": None,
        },
    ],
}
SOUNDCLOUD = {
    "_type": "playlist",
    "id": "2284613",
    "title": "An EP",
    "duration": 900.0,
    "extractor_key": "SoundcloudSet",
    "webpage_url": "https://soundcloud.com/a-band/sets/an-ep",
    "entries": [
        {
            "_type": "url_transparent",
            "ie_key": "Soundcloud",
            "id": "30510138",
            "url": "https://soundcloud.com/a-band/dancing-%C3%A4gain",
            "album": "An EP",
            "album_artist": "A Band",
        },
        {  # what a set says of its later tracks
            "_type": "url_transparent",
            "ie_key": "Soundcloud",
            "id": "47127625",
            "url": "https://api-v2.soundcloud.com/tracks/47127625?secret_token=s-abc",
            "album": "An EP",
        },
    ],
}
BANDCAMP = {
    "_type": "playlist",
    "id": "an-album",
    "title": "An Album",
    "webpage_url": "https://a-band.bandcamp.com/album/an-album",
    "entries": [
        {
            "_type": "url",
            "ie_key": "Bandcamp",
            "id": "1353101989",
            "url": "https://a-band.bandcamp.com/track/intro",
            "title": "Intro",
        },
    ],
}


def tracks(info: dict[str, Any], max_tracks: int = 20) -> list[tuple[str, str, float | None]]:
    found = listing(info, info["webpage_url"], max_tracks)["tracks"]
    assert [track["position"] for track in found] == list(range(len(found)))
    return [(track["title"], track["url"], track["duration_s"]) for track in found]


def test_youtubes_lists() -> None:
    watch = "https://www.youtube.com/watch?v="
    assert tracks(YOUTUBE) == [
        ("A song", f"{watch}dQw4w9WgXcQ", 212.0),
        ("[Private video]", f"{watch}aaaaaaaaaaa", None),
    ]


def test_soundclouds_sets_whose_entries_have_no_titles() -> None:
    api = "https://api-v2.soundcloud.com/tracks/47127625?secret_token=s-abc"
    assert tracks(SOUNDCLOUD) == [
        ("dancing-ägain", "https://soundcloud.com/a-band/dancing-%C3%A4gain", None),
        ("47127625", api, None),
    ]


def test_bandcamps_albums() -> None:
    assert tracks(BANDCAMP) == [("Intro", "https://a-band.bandcamp.com/track/intro", None)]


def test_the_first_tracks_are_kept_and_the_rest_counted() -> None:
    assert [title for title, _, _ in tracks(YOUTUBE, 1)] == ["A song"]
    assert listing(YOUTUBE, "", 1)["left_out"] == 1
    assert listing({**YOUTUBE, "playlist_count": 5000}, "", 2)["left_out"] == 4998
    assert listing({**YOUTUBE, "playlist_count": None}, "", 1)["left_out"] == 1
    assert listing(YOUTUBE, "", 20)["left_out"] == 0


def test_entries_that_are_missing_or_of_another_kind() -> None:
    entries = [None, {"url": "https://a.example/x", "title": 7, "duration": "212"}, {}]

    assert tracks({"webpage_url": "https://a.example/list", "entries": entries}) == [
        ("7", "https://a.example/x", 212.0),
    ]


@pytest.mark.parametrize("page", [None, "https://a.example/list"])
def test_an_entry_without_a_page_of_its_own_leads_to_its_audio(page: str | None) -> None:
    entry = {"url": "https://cdn.example/one.mp3", "webpage_url": page, "title": "One"}

    found = tracks({"webpage_url": "https://a.example/list", "entries": [entry]})
    assert found == [("One", "https://cdn.example/one.mp3", None)]


def test_an_entrys_page_lasts_longer_than_its_audio() -> None:
    entry = {"url": "https://cdn.example/1.mp3?expires=1", "webpage_url": "https://a.example/1"}

    found = tracks({"webpage_url": "https://a.example/list", "entries": [entry]})
    assert found == [("1", "https://a.example/1", None)]


def test_a_single_track_is_a_list_of_one() -> None:
    info = {"title": "A song", "duration": 212, "webpage_url": "https://a.example/song"}

    assert listing(info, "https://a.example/song", 20) == {
        "title": "A song",
        "tracks": [
            {"position": 0, "title": "A song", "url": "https://a.example/song", "duration_s": 212.0}
        ],
        "left_out": 0,
    }
