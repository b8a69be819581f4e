import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.youtube import YouTubeLink, parse_youtube

V = "dQw4w9WgXcQ"
PL = "PLFgquLnL59alCl_2TQvOiD5Vgm1hCaGSI"
ALBUM = "OLAK5uy_kDEvxNASWN-Qd2fqdY4lXRSCoK9w1DtJ0"
CURATED = "RDCLAK5uy_kmPRjHDECIcuVwnKsx2Ng7fyNgFKWNJFs"
MIX = f"RD{V}"
UC = "UCuAXFkgsw1L7xaCfnd5JJOw"
WATCH = f"https://www.youtube.com/watch?v={V}"
LIST = f"https://www.youtube.com/playlist?list={PL}"

VIDEOS = [
    f"https://www.youtube.com/watch?v={V}",
    f"http://www.youtube.com/watch?v={V}",
    f"https://youtube.com/watch?v={V}",
    f"https://m.youtube.com/watch?v={V}",
    f"https://music.youtube.com/watch?v={V}&si=AbCdEf",
    f"HTTPS://WWW.YouTube.COM/watch?v={V}",
    f"https://www.youtube.com./watch?v={V}",
    f"https://www.youtube.com:443/watch?v={V}",
    f"https://someone:secret@www.youtube.com/watch?v={V}",
    f"  https://www.youtube.com/watch?v={V}\n",
    f"https://www.youtube.com//watch/?v={V}",
    f"https://www.youtube.com/watch?app=desktop&v={V}&t=42s",
    f"https://www.youtube.com/watch?v={V}#t=1m10s",
    f"https://www.youtube.com/watch?v={V}&v=another",
    "https://www.youtube.com/watch?v=%64Qw4w9WgXcQ",
    f"youtube.com/watch?v={V}",
    f"//www.youtube.com/watch?v={V}",
    f"youtube.com:443/watch?v={V}",
    f"youtu.be/{V}",
    f"https://youtu.be/{V}",
    f"https://youtu.be/{V}?si=AbCdEf&t=10",
    f"https://youtu.be/{V}/",
    f"https://www.youtu.be/{V}",
    f"https://www.youtube.com/shorts/{V}",
    f"https://www.youtube.com/shorts/{V}?feature=share",
    f"https://m.youtube.com/shorts/{V}",
    f"https://www.youtube.com/live/{V}?si=AbCdEf",
    f"https://m.youtube.com/live/{V}",
    f"https://www.youtube.com/embed/{V}",
    f"https://www.youtube-nocookie.com/embed/{V}?start=5",
    f"https://youtube-nocookie.com/embed/{V}",
    f"https://www.youtube.com/v/{V}?version=3",
    # A mix has no end, so its video is meant.
    f"https://www.youtube.com/watch?v={V}&list={MIX}&start_radio=1",
    f"https://www.youtube.com/watch?v={V}&list=RDMM",
    f"https://www.youtube.com/watch?v={V}&list=RDEMsVyVgJ0TgdsXlA3wXgbWSA",
    f"https://music.youtube.com/watch?v={V}&list=RDAMVM{V}",
    f"https://youtu.be/{V}?list={MIX}",
    # Pages that lead on.
    f"https://www.youtube.com/redirect?event=video&q=https%3A%2F%2Fyoutu.be%2F{V}",
    f"https://www.youtube.com/redirect?q=youtu.be/{V}",
    f"https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3D{V}%26feature%3Dshare",
]

PLAYLISTS = [
    f"https://www.youtube.com/playlist?list={PL}",
    f"youtube.com/playlist?list={PL}",
    f"https://music.youtube.com/playlist?list={PL}&si=AbCdEf",
    f"https://m.youtube.com/playlist?list={PL}#top",
    f"https://www.youtube.com/watch?v={V}&list={PL}",
    f"https://www.youtube.com/watch?v={V}&list={PL}&index=3&t=12s",
    f"https://www.youtube.com/watch?list={PL}",
    f"https://youtu.be/{V}?list={PL}",
    f"https://www.youtube.com/embed/{V}?list={PL}",
    f"https://www.youtube.com/embed/videoseries?list={PL}",
    f"https://www.youtube.com/shorts/{V}?list={PL}",
    f"https://www.youtube.com/attribution_link?u=/playlist%3Flist%3D{PL}",
    f"https://www.youtube.com/redirect?q=https%3A%2F%2Fwww.youtube.com%2Fplaylist%3Flist%3D{PL}",
]

OTHER_LISTS = [ALBUM, CURATED, "UUuAXFkgsw1L7xaCfnd5JJOw", "FLuAXFkgsw1L7xaCfnd5JJOw", "LL", "WL"]

CHANNELS = {
    f"https://www.youtube.com/channel/{UC}": (UC, f"playlist?list=UU{UC[2:]}"),
    f"https://music.youtube.com/channel/{UC}?si=x": (UC, f"playlist?list=UU{UC[2:]}"),
    f"https://www.youtube.com/channel/{UC}/featured": (UC, f"playlist?list=UU{UC[2:]}"),
    "https://www.youtube.com/@NASA": ("@NASA", "@NASA/videos"),
    "youtube.com/@NASA/playlists": ("@NASA", "@NASA/videos"),
    "https://www.youtube.com/@%E9%9F%B3%E6%A5%BD": ("@音楽", "@%E9%9F%B3%E6%A5%BD/videos"),
    "https://www.youtube.com/c/NASA/videos": ("c/NASA", "c/NASA/videos"),
    "https://m.youtube.com/user/NASAtelevision": (
        "user/NASAtelevision",
        "user/NASAtelevision/videos",
    ),
}

NOT_YOUTUBE = [
    "",
    "youtube",
    V,
    "C:\\Music\\youtube.com",
    "https://",
    "https://[youtube.com/watch",
    "https://vimeo.com/76979871",
    f"https://youtube.com@evil.example/watch?v={V}",
    f"youtube.com@evil.example/watch?v={V}",
    f"https://youtube.com\\@evil.example/watch?v={V}",
    f"https://youtube.com:x@evil.example/watch?v={V}",
    f"https://youtube.com.evil.example/watch?v={V}",
    f"https://evilyoutube.com/watch?v={V}",
    f"https://yоutube.com/watch?v={V}",  # the first o is Cyrillic
    f"https://evil.example/?u=https://youtube.com/watch?v={V}",
    f"https://evil.example#@youtube.com/watch?v={V}",
    f"ftp://youtube.com/watch?v={V}",
    f"javascript://youtube.com/watch?v={V}",
    "https://www.youtube.com/redirect?q=https%3A%2F%2Fevil.example%2F",
    "https://www.youtube.com/redirect",
    # Pages of YouTube that name none of the three.
    "https://www.youtube.com/",
    "https://www.youtube.com/results?search_query=jazz",
    "https://www.youtube.com/feed/trending",
    f"https://www.youtube.com/embed/live_stream?channel={UC}",
]

MALFORMED = {
    "https://www.youtube.com/watch": "names no video and no playlist",
    "https://www.youtube.com/playlist": "names no video and no playlist",
    f"https://www.youtube.com/playlist?v={V}": "names no video and no playlist",
    "https://youtu.be/": "names no video and no playlist",
    "https://www.youtube.com/shorts/": "names no video and no playlist",
    "https://www.youtube.com/embed/videoseries": "names no video and no playlist",
    "https://www.youtube.com/watch?v=": "holds '' for a video",
    "https://www.youtube.com/watch?v=dQw4w9WgXc": "holds 'dQw4w9WgXc' for a video",
    f"https://www.youtube.com/watch?v={V}Q": f"holds '{V}Q' for a video",
    "https://youtu.be/dQw4w9WgX%20Q": "holds 'dQw4w9WgX Q' for a video",
    "https://www.youtube.com/shorts/dQw4w9WgXc\u0661": "holds 'dQw4w9WgXc\u0661' for a video",
    f"https://www.youtube.com/watch?v=short&list={PL}": "holds 'short' for a video",
    f"https://www.youtube.com/watch?v={V}&list=": "is empty",
    "https://www.youtube.com/playlist?list=": "is empty",
    "https://www.youtube.com/playlist?list=PL%3Cscript%3E": "holds 'PL<script>' for a list",
    "https://www.youtube.com/channel/NASA": "holds 'NASA' for a channel",
    "https://www.youtube.com/channel/": "holds '' for a channel",
    "https://www.youtube.com/@": "holds '' for a channel's name",
    "https://www.youtube.com/c/%0A": "holds '\\n' for a channel's name",
}


@pytest.mark.parametrize("url", VIDEOS)
def test_video(url: str) -> None:
    assert parse_youtube(url) == YouTubeLink(kind="video", id=V, url=WATCH)


@pytest.mark.parametrize("url", PLAYLISTS)
def test_playlist(url: str) -> None:
    assert parse_youtube(url) == YouTubeLink(kind="playlist", id=PL, url=LIST)


@pytest.mark.parametrize("playlist", OTHER_LISTS)
def test_list_with_an_end_goes_before_the_video(playlist: str) -> None:
    link = parse_youtube(f"https://music.youtube.com/watch?v={V}&list={playlist}")

    page = f"https://www.youtube.com/playlist?list={playlist}"
    assert link == YouTubeLink(kind="playlist", id=playlist, url=page)


@pytest.mark.parametrize("url", CHANNELS)
def test_channel_is_the_list_of_its_videos(url: str) -> None:
    name, page = CHANNELS[url]
    link = YouTubeLink(kind="channel", id=name, url=f"https://www.youtube.com/{page}")
    assert parse_youtube(url) == link


@pytest.mark.parametrize("url", NOT_YOUTUBE)
def test_anything_else_is_none(url: str) -> None:
    assert parse_youtube(url) is None


@pytest.mark.parametrize("url", MALFORMED)
def test_malformed_part_is_named(url: str) -> None:
    with pytest.raises(SourceError) as caught:
        parse_youtube(url)
    assert MALFORMED[url] in caught.value.problem
    assert url in caught.value.problem
    assert caught.value.remedy


def test_whoever_asks_may_prefer_the_video_or_the_list() -> None:
    both = f"{WATCH}&list={PL}"
    mix = f"{WATCH}&list={MIX}"

    assert parse_youtube(both, prefer="video") == parse_youtube(WATCH)
    assert parse_youtube(both, prefer="playlist") == parse_youtube(LIST)
    assert parse_youtube(mix, prefer="video") == parse_youtube(WATCH)
    assert parse_youtube(mix, prefer="playlist") == YouTubeLink(kind="playlist", id=MIX, url=mix)


def test_a_preference_cannot_have_what_is_not_there() -> None:
    assert parse_youtube(WATCH, prefer="playlist") == parse_youtube(WATCH)
    assert parse_youtube(LIST, prefer="video") == parse_youtube(LIST)


def test_the_form_of_all_forms_stays_itself() -> None:
    for url in (WATCH, LIST, "https://www.youtube.com/@NASA/videos"):
        link = parse_youtube(url)
        assert link is not None
        assert link.url == url
