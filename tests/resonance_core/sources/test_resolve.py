import pytest

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources import resolve as module
from resonance_core.sources.resolve import resolve

CONFIG = ResolveConfig(max_tracks=5)
WATCH = "https://www.youtube.com/watch?v="
VIDEO = "abcdefghijk"


@pytest.fixture
def listed(monkeypatch):
    """The addresses that yt-dlp is asked for."""
    asked = []
    monkeypatch.setattr(module, "list_url", lambda url, _: asked.append(url))
    return asked


def test_a_list_file_is_read_with_its_own_order(tmp_path, clips):
    for number, clip in enumerate(clips[:2]):
        (tmp_path / f"{number}.opus").symlink_to(clip)
    (tmp_path / "mine.m3u").write_text("#EXTM3U\n1.opus\n0.opus\n")
    playlist = resolve(str(tmp_path / "mine.m3u"), CONFIG)
    assert playlist.title == "mine"
    assert [track.url.rpartition("/")[2] for track in playlist.tracks] == ["1.opus", "0.opus"]
    assert resolve((tmp_path / "mine.m3u").as_uri(), CONFIG) == playlist


def test_a_list_of_names_says_how_to_find_them(tmp_path):
    path = tmp_path / "my names.txt"
    path.write_text("A - One\nA - Two\nA - Three\nA - Four\n")
    with pytest.raises(SourceError) as caught:
        resolve(str(path), CONFIG)
    assert str(caught.value) == (
        "4 tracks of 'my names.txt' have no address or file, such as A - 'One', A - 'Two', "
        f"A - 'Three'. Find them first: resonance match '{path}'."
    )


def test_a_match_file_is_refused_until_each_row_is_decided(tmp_path):
    path = tmp_path / "mine.matches.csv"
    path.write_text(
        f"artist,title,url,take\nA,One,youtu.be/x,?\nA,Two,https://youtu.be/{VIDEO},yes"
    )
    with pytest.raises(SourceError) as caught:
        resolve(str(path), CONFIG)
    assert str(caught.value) == (
        "1 tracks of 'mine.matches.csv' are not decided, such as A - 'One'. "
        "Write yes or no in their take column; yes needs an address in url."
    )
    path.write_text(path.read_text().replace("?", "no"))
    (track,) = resolve(str(path), CONFIG).tracks
    assert track.url == f"{WATCH}{VIDEO}"


@pytest.mark.parametrize(
    ("source", "prefer", "asked"),
    [
        (f"youtu.be/{VIDEO}?si=x", None, f"{WATCH}{VIDEO}"),
        (f"https://m.youtube.com/watch?v={VIDEO}&list=RDabc", None, f"{WATCH}{VIDEO}"),
        (
            f"{WATCH}{VIDEO}&list=PLabcdefgh",
            None,
            "https://www.youtube.com/playlist?list=PLabcdefgh",
        ),
        (f"{WATCH}{VIDEO}&list=PLabcdefgh", "video", f"{WATCH}{VIDEO}"),
        ("https://example.org/set", None, "https://example.org/set"),
    ],
)
def test_addresses_are_brought_to_one_form(listed, source, prefer, asked):
    resolve(source, CONFIG.model_copy(update={"prefer": prefer}))
    assert listed == [asked]


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"gone\.m3u.* is not a file, or not there"):
        resolve(str(tmp_path / "gone.m3u"), CONFIG)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "the source is empty"),
        (" ", "the source is empty"),
        ("~nosuchuser/music", "'~nosuchuser/music' is no path"),
        ("file://[x", r"'file://\[x' is no path"),
        ("file:///tmp/%00", "it holds a zero byte"),
    ],
)
def test_what_names_nothing_is_refused(source, said):
    with pytest.raises(SourceError, match=said):
        resolve(source, CONFIG)
