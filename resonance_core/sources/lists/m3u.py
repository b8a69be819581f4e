"""M3U and M3U8: one path or address a line, with remarks before it."""

import re

from resonance_core.errors import SourceError
from resonance_core.sources.lists.entry import Entry, Listed, decode, lines, seconds

# Between the duration and the title there may be attributes, with commas inside their quotes.
# No quantifier gives anything back, so a hostile line takes linear time.
REMARK = re.compile(r'#EXTINF:\s*+(-?[\d.]*+)(?:[^",]++|"[^"]*+")*+,(.*)', re.IGNORECASE)


def read_m3u(data: bytes) -> Listed:
    """Return what an M3U file lists; a remark without a path is an entry known by name."""
    listed = Listed()
    remark = Entry()
    for line in lines(decode(data)):
        if line.startswith("#EXT-X-"):
            raise SourceError(
                "is one recording cut into pieces (HLS), not a list of tracks",
                "Give the address of the page it comes from",
            )
        if match := REMARK.match(line):
            if remark.title:
                listed.add(remark)
            remark = Entry(title=match[2].strip(), duration_s=seconds(match[1]))
        elif line.upper().startswith("#PLAYLIST:"):
            listed.title = line.partition(":")[2].strip()
        elif not line.startswith("#"):
            listed.add(remark._replace(location=line))
            remark = Entry()
    if remark.title:
        listed.add(remark)
    return listed
