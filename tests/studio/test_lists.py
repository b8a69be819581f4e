import json
import shutil
from pathlib import Path

import pytest

from resonance_core.config import DownloadConfig, ResolveConfig
from resonance_core.describe.local import LocalDescriber
from resonance_core.errors import SourceError
from resonance_core.sources.resolve import resolve
from resonance_core.stages.describe import describe
from studio import addresses
from studio.errors import UnusableError
from studio.lists import list_upload
from studio.uploads import new_upload, place_of, upload_folder

ADDRESS = "https://music.example/one.mp3"


@pytest.fixture
def upload(store, monkeypatch):
    """Makes an upload of files; every name but those of this network leads to the web."""
    real = addresses.socket.getaddrinfo
    monkeypatch.setattr(
        addresses.socket,
        "getaddrinfo",
        lambda host, port, **options: real(
            "8.8.8.8" if host.endswith("example") else host, port, **options
        ),
    )

    def make(**files: bytes | Path) -> Path:
        folder = upload_folder(store, new_upload(store))
        for name, content in files.items():
            place = place_of(folder, name.replace("__", "."))
            if isinstance(content, Path):
                shutil.copyfile(content, place)
            else:
                place.write_bytes(content)
        return folder

    return make


def tracks(folder: Path, most: int = 20) -> list[tuple[str, str, str | None]]:
    """Title, address and reason of what an upload's lists come to."""
    playlist = resolve(str(list_upload(folder, most)), ResolveConfig(max_tracks=most))
    return [(one.title, one.url, one.refused) for one in playlist.tracks]


M3U = f"#EXTM3U\n#EXTINF:60,First\n{ADDRESS}\nmy%20songs/Süß.mp3\n".encode()
XSPF = f"""<playlist><trackList>
    <track><location>{ADDRESS}</location><title>First</title></track>
    <track><location>file:///home/me/S%C3%BC%C3%9F.mp3</location></track>
</trackList></playlist>""".encode()
JSPF = json.dumps(
    {
        "playlist": {
            "track": [
                {"location": [ADDRESS], "title": "First"},
                {"location": "C:\\Music\\Süß.mp3"},
            ]
        }
    }
).encode()
MATCHES = f"artist,title,url,take\nA,First,{ADDRESS},yes\nB,No,https://x.example/2,no\n".encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [("a__m3u", M3U), ("a__m3u8", M3U), ("a__xspf", XSPF), ("a__jspf", JSPF), ("a__json", JSPF)],
)
def test_a_list_of_addresses_and_of_songs_beside_it(upload, name, content):
    folder = upload(**{name: content, "Süß__mp3": b"x", "other__ogg": b"x"})
    assert tracks(folder) == [
        ("First", ADDRESS, None),
        ("Suss", (folder / "Suss.mp3").as_uri(), None),
        ("other", (folder / "other.ogg").as_uri(), None),  # no list names it
    ]


def test_text_and_tables_are_lists_too(upload):
    text = f"# mine\n{ADDRESS}\nSüß.mp3\nNina Simone - Sinnerman\n".encode()
    folder = upload(a__txt=text, Süß__mp3=b"x")
    address, song, name = tracks(folder)
    assert (address[1], song[1]) == (ADDRESS, (folder / "Suss.mp3").as_uri())
    assert (name[0], name[1]) == ("Nina Simone - Sinnerman", "")
    assert "resonance match" in name[2]
    assert tracks(upload(a__csv=MATCHES)) == [("First", ADDRESS, None)]


def test_no_path_of_a_list_is_looked_at_outside_of_the_upload(upload, monkeypatch, tmp_path):
    secret = tmp_path / "secret.mp3"
    secret.write_bytes(b"secret")
    lines = [
        ADDRESS,
        str(secret),
        secret.as_uri(),
        "../../secret.mp3",
        "/etc/passwd",
        "..",
        "a.pls",
    ]
    folder = upload(a__m3u="\n".join(lines).encode())
    looked = []
    for function in ("stat", "open", "exists", "is_file", "resolve", "read_bytes", "read_text"):
        real = getattr(Path, function)

        def watch(path, *given, _real=real, **options):
            looked.append(path)
            return _real(path, *given, **options)

        monkeypatch.setattr(Path, function, watch)
    found = tracks(folder)
    monkeypatch.undo()
    assert looked
    assert all(path == folder or folder in path.parents for path in looked), looked
    assert [url for _, url, _ in found] == [ADDRESS, *[""] * 6]
    assert found[1][2] == (
        "'secret.mp3' is a file of another machine. Send the song itself, together with the list"
    )
    assert all(reason for _, _, reason in found[1:])


def test_addresses_that_are_not_public_are_listed_with_their_reason(upload):
    lines = [
        ADDRESS,
        "http://127.0.0.1:4200/a.mp3",
        "http://169.254.169.254/latest",
        "https://www.youtube.com/playlist?list=PL1234567890",
        "ftp://music.example/a.mp3",
        "http://[",
    ]
    found = tracks(upload(a__m3u="\n".join(lines).encode()))
    assert [url for _, url, _ in found] == [ADDRESS, *[""] * 5]
    reasons = [reason for _, _, reason in found[1:]]
    assert "127.0.0.1, which is not public" in reasons[0]
    assert "169.254.169.254, which is not public" in reasons[1]
    assert "holds another list" in reasons[2]
    assert "Send the song itself" in reasons[3]
    assert "is no web address" in reasons[4]


def test_a_list_of_which_nothing_can_be_used_is_refused_with_reasons(upload):
    names = b"Track Name,Artist Name(s)\nSinnerman,Nina Simone\nFeeling Good,Nina Simone\n"
    with pytest.raises(UnusableError, match=r"2 tracks without an address.*resonance match"):
        tracks(upload(spotify__csv=names))
    with pytest.raises(UnusableError, match=r"none of the 4 tracks .*'a.mp3' is a file .*1 more"):
        tracks(upload(a__m3u=b"a.mp3\nb.mp3\nc.mp3\nd.mp3\n"))
    for name, content in (("a__xspf", b"<playlist>"), ("a__csv", b"x\n"), ("a__m3u", b"")):
        with pytest.raises(SourceError, match=r"the list 'a\."):
            tracks(upload(**{name: content}))


def test_what_is_beyond_the_limit_is_counted_and_not_looked_at(upload, monkeypatch):
    lines = "\n".join(f"https://music.example/{number}.mp3" for number in range(5))
    checked = []
    monkeypatch.setattr("studio.lists.check_public", checked.append)
    playlist = resolve(str(list_upload(upload(a__m3u=lines.encode()), 2)), ResolveConfig())
    assert (len(playlist.tracks), playlist.left_out, len(checked)) == (2, 3, 2)


def test_tracks_that_are_refused_are_told_where_others_are_heard(upload, clips, store):
    folder = upload(a__m3u=b"one.opus\n/etc/two.opus\n", one__opus=clips[0])
    found = resolve(str(list_upload(folder, 20)), ResolveConfig()).tracks
    heard = describe(found, LocalDescriber(), DownloadConfig(), store)
    assert [(one.title, one.status) for one in heard.tracks] == [
        ("one", "completed"),
        ("two.opus", "failed"),
    ]
    assert "Send the song itself" in heard.tracks[1].reason
