import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.table import is_table, read_table


def entries(text: str) -> list[Entry]:
    return read_table(text.encode()).entries


def test_spotify_export() -> None:
    text = (
        '"Track URI","Track Name","Album Name","Artist Name(s)","Duration (ms)"\n'
        '"spotify:track:1","Hello, again","An album","Tyler, The Creator","181270"\n'
        '"spotify:track:2","Say ""hi""","","A;B",""\n'
        "\n"
        '"spotify:track:3","Short row"\n'
    )

    assert read_table(text.encode("utf-8-sig")).entries == [
        Entry("Hello, again", "Tyler, The Creator", duration_s=181.27),
        Entry('Say "hi"', "A;B"),
        Entry("Short row"),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Track Name,Artist Name(s),Track Duration (ms)", "One,A,2000"),
        ("track_name,artist_name,duration_ms", "One,A,2000"),
        ("  TITLE ; Artist ; Duration", "One;A;0:02"),
        ("Artist,Song,Time", "A,One,2"),
        ("Artists,Track,Total Time", "A,One,2000"),
    ],
)
def test_columns_go_by_many_names(header: str, row: str) -> None:
    assert entries(f"{header}\n{row}\n") == [Entry("One", "A", duration_s=2.0)]


EXPORTS = {
    "Exportify": (
        "Track URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
        "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
        "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
        'spotify:track:1,"One, two","An album","A;B",2001-02-03,181270,50,false,me,'
        '2020-01-01T00:00:00Z,"pop,rock",Label,0.5,0.5,1,-7.1,1,0.1,0.1,0,0.1,0.5,120.0,4\n',
        Entry("One, two", "A;B", duration_s=181.27),
    ),
    "Exportify, before 2021": (
        '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name",'
        '"Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL",'
        '"Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit",'
        '"Popularity","ISRC","Added By","Added At"\n'
        '"spotify:track:1","One","spotify:artist:1, spotify:artist:2","A, B","spotify:album:1",'
        '"An album","spotify:artist:3","C","2001","","1","2","181270","","false","50","","",""\n',
        Entry("One", "A, B", duration_s=181.27),
    ),
    "TuneMyMusic": (
        "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id\n"
        "One,A,An album,My list,Playlist,USABC0100001,1\n",
        Entry("One", "A"),
    ),
    "TuneMyMusic, of videos": (
        "Track name,Artist name,Album,Playlist name,Type,ISRC\nA - One,,,Liked,Favorite,\n",
        Entry("A - One"),
    ),
    "Soundiiz": ("title;artist;album;isrc\nOne;A;An album;USABC0100001\n", Entry("One", "A")),
    "Soundiiz, with lengths": (
        "title;artist;album;isrc;addedDate;addedBy;duration;url\n"
        "One;A;An album;USABC0100001;2019-01-02T03:04:05Z;me;225s;https://example.org/1\n",
        Entry("One", "A", duration_s=225.0),
    ),
}


@pytest.mark.parametrize("service", EXPORTS)
def test_exports_of_services(service: str) -> None:
    text, entry = EXPORTS[service]
    assert entries(text) == [entry]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "cp1252"])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_apple_music_export(encoding: str, end: str) -> None:
    rows = [
        "Name\tArtist\tComposer\tAlbum\tGrouping\tSize\tTime\tDisc Number\tComments\tLocation",
        '"Heroes" (Live)\tDavid Bowie\t\tStage\t\t9\t245\t1\t\tMacintosh HD:Users:me:heroes.m4a',
        '"An open quotation\tBjörk\t\t\t\t9\t4:05\t1\t\t',
        "Plain\tC",
    ]

    assert read_table(end.join(rows).encode(encoding)).entries == [
        Entry('"Heroes" (Live)', "David Bowie", duration_s=245.0),
        Entry('"An open quotation', "Björk", duration_s=245.0),
        Entry("Plain", "C"),
    ]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4:05", 245.0),
        ("1:02:03", 3723.0),
        ("0:00", None),
        ("4:xx", None),
        (":", None),
        ("245s", 245.0),
        ("s", None),
        ("-4:05", None),
        ("nan", None),
        ("soon", None),
    ],
)
def test_times(text: str, seconds: float | None) -> None:
    assert entries(f"Name\tArtist\tTime\nOne\tA\t{text}") == [Entry("One", "A", duration_s=seconds)]


def test_an_empty_first_column_shifts_nothing() -> None:
    assert entries("\tName\tArtist\n1\tOne\tA") == [Entry("One", "A")]


@pytest.mark.parametrize("text", ["", "\n\n", "One,A\nTwo,B", "Name,Album\nOne,X", "Name\nOne"])
def test_without_a_header_for_both_there_is_no_table(text: str) -> None:
    assert not is_table(text)
    assert entries(text) == []


def test_a_field_without_an_end_is_refused_with_its_line() -> None:
    with pytest.raises(SourceError, match=r"^cannot be read at line \d+ \(field larger than"):
        entries('Name,Artist\n"One,A\n' + "Two,B\n" * 30_000)
