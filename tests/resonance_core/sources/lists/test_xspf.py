import pytest

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.xspf import read_xspf

XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Evening</title><creator>Me</creator>
<trackList>
<track><location>file:///music/a%20b.mp3</location><location>http://example.org/b</location>
<title>One &amp; only</title><creator>Artist</creator><duration>61500</duration></track>
<track><title> Two </title><extension application="x"><title>Wrong</title></extension></track>
<track/>
</trackList></playlist>"""
ENTRIES = [
    Entry("One & only", "Artist", "file:///music/a%20b.mp3", 61.5),
    Entry("Two"),
    Entry(),
]
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def refusal(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_xspf(text.encode())
    return caught.value.problem


def test_tracks_in_order() -> None:
    listed = read_xspf(XSPF.encode())

    assert listed.title == "Evening"
    assert listed.entries == ENTRIES


def test_namespace_and_its_prefix_do_not_matter() -> None:
    bare = XSPF.replace(' xmlns="http://xspf.org/ns/0/"', "")
    prefixed = (
        '<x:playlist xmlns:x="http://xspf.org/ns/0/"><x:trackList><x:track>'
        "<x:location>a.mp3</x:location></x:track></x:trackList></x:playlist>"
    )

    assert read_xspf(bare.encode()).entries == ENTRIES
    assert read_xspf(prefixed.encode()).entries == [Entry(location="a.mp3")]


def test_encodings() -> None:
    for encoding in ("utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"):
        text = XSPF.replace("Evening", "Été").replace("UTF-8", encoding.removesuffix("-sig"))
        assert read_xspf(text.encode(encoding)).title == "Été"


def test_tracks_elsewhere_are_none() -> None:
    assert read_xspf(b"<rss><track><location>a.mp3</location></track></rss>").entries == []


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE playlist>",
        f'<!DOCTYPE playlist [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE playlist [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE playlist SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE playlist [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
    ids=["bare", "billion laughs", "file", "remote", "parameter"],
)
def test_doctype_is_refused_whatever_the_encoding(doctype: str) -> None:
    body = "<playlist><title>&l11;</title></playlist>"

    assert refusal(doctype + body) == "has a DOCTYPE, which no playlist needs"
    with pytest.raises(SourceError, match="DOCTYPE"):
        read_xspf(f'<?xml version="1.0" encoding="utf-16"?>{doctype}{body}'.encode("utf-16"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not XML",
        "<playlist>",
        "<playlist></title>",
        "<playlist>&unknown;</playlist>",
        '<?xml version="1.0" encoding="klingon"?><playlist/>',
        '<?xml version="1.0" encoding="utf-7"?><playlist/>',
    ],
)
def test_malformed_xml(text: str) -> None:
    assert refusal(text).startswith("is not well-formed XML (")


def test_depth_has_a_limit() -> None:
    assert read_xspf(b"<a>" * 100 + b"</a>" * 100).entries == []
    assert refusal("<a>" * 101) == "is nested 100 deep, as no playlist is"
