"""Paths of this machine, which no answer shows: people elsewhere cannot use them."""

import re
from pathlib import Path, PurePath

from slugify import slugify

from resonance_core.errors import SourceError
from resonance_core.sources.local import file_path
from resonance_core.sources.resolved import read_resolved
from resonance_core.sources.youtube import parse_youtube
from studio.lists import RESOLVED
from studio.sources import EXAMPLE, EXAMPLES
from studio.uploads import FOLDER

FOLDERS = re.compile(r"(?<=')/[^']*/|(?<![\w:/.?=&-])(?:file://)?/(?:[^\s/'\",;]+/)+")
"""The folders of an absolute path, in quotes or not; an address of the web has none."""

HUB = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?", re.ASCII)
"""How repositories are called, and the models that need no folder; all else is a path."""


def source_in_words(source: str, tracks: int) -> str:
    """Return where music is from, as answers say it.

    Args:
        source: As jobs and playlists keep it.
        tracks: How many are known of it; 0 for not yet.

    Returns:
        An address as it is; of an upload the title of its list, or how many songs it has; of what
        else is on this machine its name.
    """
    path = file_path(source) if "://" in source else Path(source)
    if path is None or parse_youtube(source) is not None:
        return source
    if path == EXAMPLES:
        return EXAMPLE
    folder = path.parent if path.name == RESOLVED else path
    if folder.parent.name != FOLDER:
        return path.name
    try:
        return read_resolved(folder / RESOLVED, max_tracks=1).title
    except SourceError:  # it holds no list, or is gone
        count = f"{tracks} song{'' if tracks == 1 else 's'}" if tracks else "songs"
        return f"{count} from this machine"


def model_in_words(model: str) -> str:
    """Return a model's id as answers say it: of a folder its name, in ASCII, as headers take it.

    Which one of that name it is its revision says, the digest of the weights.
    """
    if HUB.fullmatch(model):
        return model
    return slugify(PurePath(model).name, lowercase=False, regex_pattern=r"[^\w.-]+") or "a folder"


def without_folders(text: str) -> str:
    """Return a text with the names alone of the files whose whole paths are in it."""
    return FOLDERS.sub("", text)
