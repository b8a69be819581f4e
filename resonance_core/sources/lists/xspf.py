"""XSPF: a playlist in XML."""

from xml.etree import ElementTree

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, seconds

MAX_DEPTH = 100


def read_xspf(data: bytes) -> Listed:
    """Return what an XSPF file lists, in whatever namespace."""
    reader = _Reader()
    parser = ElementTree.XMLParser(target=reader)
    try:
        parser.feed(data)
        parser.close()
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter: encodings
        raise SourceError(f"is not well-formed XML ({error})", "Export it again") from error
    return reader.listed


class _Reader:
    """Takes the parser's events one by one: a hostile file's tree might not fit in memory."""

    def __init__(self) -> None:
        self.listed = Listed()
        self._path: list[str] = []
        self._text: list[str] = []
        self._track: dict[str, str] = {}

    def doctype(self, *_: str | None) -> None:
        """Refuse what entities, and so the harm of XML, begin with."""
        raise SourceError("has a DOCTYPE, which no playlist needs", "Remove it, or export it again")

    def start(self, tag: str, _: dict[str, str]) -> None:
        if len(self._path) == MAX_DEPTH:  # the parser keeps each open element
            raise SourceError(f"is nested {MAX_DEPTH} deep, as no playlist is", "Export it again")
        self._path.append(tag.rpartition("}")[2])
        self._text = []

    def data(self, text: str) -> None:
        self._text.append(text)

    def end(self, _: str) -> None:
        text = "".join(self._text).strip()
        match self._path:
            case ["playlist", "title"]:
                self.listed.title = text
            case ["playlist", "trackList", "track"]:
                self.listed.add(_entry(self._track))
                self._track = {}
            case ["playlist", "trackList", "track", name] if text:
                # Of several locations the first is the best.
                self._track.setdefault(name, text)
        self._path.pop()
        self._text = []


def _entry(track: dict[str, str]) -> Entry:
    return Entry(
        title=track.get("title", ""),
        artist=track.get("creator", ""),
        location=track.get("location", ""),
        duration_s=seconds(track.get("duration", ""), per_second=1000),
    )
