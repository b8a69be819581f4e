"""Plain text: one address or one ``artist - title`` a line."""

from resonance_core.sources.lists.entry import Entry, Listed, decode, lines
from resonance_core.sources.youtube import SCHEME


def read_lines(data: bytes) -> Listed:
    """Return what a text lists; lines that start with # are remarks."""
    listed = Listed()
    for line in lines(decode(data)):
        if not line.startswith("#"):
            listed.add(Entry(location=line) if SCHEME.match(line) else Entry(title=line))
    return listed
