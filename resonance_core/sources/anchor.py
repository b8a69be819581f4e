"""Sources that are written in a file, whose relative paths start from its folder."""

from pathlib import Path

from resonance_core.sources.youtube import parse_youtube


def anchor(source: str, folder: Path) -> str:
    """Return a source that means the same from any working directory.

    Args:
        source: An address, or a path that may start from the folder.
        folder: Where the file that names the source lies.

    Raises:
        SourceError: It is a YouTube address that names nothing.
    """
    if "://" in source or parse_youtube(source) is not None:
        return source
    return str(folder.absolute() / Path(source).expanduser())
