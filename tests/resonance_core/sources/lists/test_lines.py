from resonance_core.sources.lists.entry import Entry
from resonance_core.sources.lists.lines import read_lines


def test_addresses_names_and_remarks() -> None:
    text = """
        # my list - 2024
        Artist - One
        HTTPS://example.org/a.mp3
        file:///music/a.mp3

        Somebody on http://example.org - Two
    """

    assert read_lines(text.encode()).entries == [
        Entry(title="Artist - One"),
        Entry(location="HTTPS://example.org/a.mp3"),
        Entry(location="file:///music/a.mp3"),
        Entry(title="Somebody on http://example.org - Two"),
    ]
