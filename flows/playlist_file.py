"""The file of a playlist that is ingested again and again."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from flows.settings import DEFAULTS, Settings
from resonance_core.config_file import explain
from resonance_core.errors import ConfigError
from resonance_core.sources.anchor import anchor


class PlaylistFile(BaseModel):
    """Where a playlist comes from and how it is ingested; the file's name is the playlist's."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str
    """A folder, a file, or a URL that yt-dlp reads; a path starts from the file's folder."""
    settings: Settings = DEFAULTS


def read_playlist_file(path: Path) -> PlaylistFile:
    """Read the file of a playlist.

    Raises:
        ConfigError: It cannot be read, or a field or value cannot be used.
        SourceError: The source is a YouTube address that names nothing.
    """
    try:
        file = PlaylistFile.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", "Correct the file") from error
    except ValidationError as error:
        raise explain(error, str(path), PlaylistFile) from error
    return file.model_copy(update={"source": anchor(file.source, path.parent)})
