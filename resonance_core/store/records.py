"""Records: the small JSON beside every artifact, which says what made it and from what."""

import functools
import importlib.metadata
import importlib.util
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from resonance_core.keys import StageRequest


@functools.cache
def library_versions() -> dict[str, str]:
    """Return the versions of the libraries that results depend on."""
    names = ["resonance", "torch", "transformers", "av", "librosa", "pyarrow"]
    if importlib.util.find_spec("audiocraft"):
        names.append("audiocraft")
    return {name: importlib.metadata.version(name) for name in names}


# No separators and no leading dot: a record that was not made here names no other folder's file.
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*$")]


class FileDigest(BaseModel):
    """Size and content digest of one file of an artifact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int
    """Bytes."""
    sha256: str


class Record(BaseModel):
    """What made an artifact, from what, and the digest of every file of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    request: StageRequest
    files: dict[FileName, FileDigest]
    info: dict[str, Any]
    """The stage's small results, as plain JSON values."""
    created_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    seconds: float
    """How long the stage worked."""
    versions: dict[str, str] = Field(default_factory=library_versions)
    """The libraries that made it."""

    @property
    def stage(self) -> str:
        """The stage that made the artifact."""
        return self.request.stage

    def digest(self, name: str) -> str:
        """Return the content digest of one of the artifact's files."""
        return self.files[name].sha256


class Outcome(BaseModel):
    """A record, and whether it was found rather than made."""

    model_config = ConfigDict(frozen=True)

    record: Record
    hit: bool
