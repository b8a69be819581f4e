"""The file of concepts: what each slider is called, and what its direction is made from."""

import functools
import importlib.resources
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from resonance_core.config_file import explain
from resonance_core.errors import ConfigError
from resonance_core.sources.anchor import anchor

PLACE = "{}"
"""Where a frame takes a pole's words."""


class Concept(BaseModel):
    """One slider: made from words or prompts, from the music of two sources, or labelled tracks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    """What people read."""
    words: Annotated[tuple[tuple[str, str], ...], Field(min_length=1)] | None = None
    """Low and high, in several ways, each put into the file's frames."""
    prompts: Annotated[tuple[tuple[str, str], ...], Field(min_length=2)] | None = None
    """Low and high as whole prompts; all pairs are played."""
    low: str | None = None
    """A folder, or whatever else has tracks."""
    high: str | None = None
    """The same."""
    tracks: str | None = None
    """A CSV file with the columns ``path`` and ``label``."""

    @property
    def sources(self) -> dict[str, str]:
        """Where its music is; empty for a concept from words."""
        return self.model_dump(include={"low", "high", "tracks"}, exclude_none=True)

    def anchored(self, folder: Path) -> Self:
        """Return the same concept with its relative paths taken from a folder."""
        sources = {pole: anchor(source, folder) for pole, source in self.sources.items()}
        return self.model_copy(update=sources)

    @model_validator(mode="after")
    def _made_in_one_way(self) -> Self:
        given = list(self.model_dump(exclude={"label"}, exclude_none=True))
        if given not in (["words"], ["prompts"], ["low", "high"], ["tracks"]):
            raise ValueError(
                f"it is made from {' and '.join(given) or 'nothing'}; give words, or prompts, or "
                "both low and high, or tracks"
            )
        return self


class ConceptFile(BaseModel):
    """All sliders, and the sentences that their words are put into."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: tuple[str, ...] = ()
    concepts: dict[str, Concept]

    @field_validator("frames")
    @classmethod
    def _with_place(cls, frames: tuple[str, ...]) -> tuple[str, ...]:
        for frame in frames:
            if frame.count(PLACE) != 1:
                raise ValueError(f"the frame {frame!r} must hold {PLACE} once")
        return frames

    @model_validator(mode="after")
    def _frames_for_words(self) -> Self:
        worded = [name for name, concept in self.concepts.items() if concept.words is not None]
        if worded and not self.frames:
            raise ValueError(f"the words of {worded[0]!r} need frames, such as '{PLACE} music'")
        return self

    def check(self, name: str) -> None:
        """Refuse a name that is no concept's.

        Raises:
            ConfigError: It is none.
        """
        if name not in self.concepts:
            raise ConfigError(
                f"there is no concept {name!r}", f"Known are {', '.join(self.concepts)}"
            )

    def pairs(self, name: str, count: int) -> list[tuple[str, str]]:
        """Return the prompts, low and high, of a concept from words, which differ in them only.

        Args:
            name: Of the concept.
            count: How many pairs are put together from words and frames.

        Raises:
            ConfigError: There is no such concept, or it has fewer pairs.
        """
        self.check(name)
        if (whole := self.concepts[name].prompts) is not None:
            return list(whole)
        words, frames = self.concepts[name].words or (), len(self.frames)
        if count > frames * len(words):
            raise ConfigError(
                f"{count} pairs are more than the {frames * len(words)} of concept {name!r}",
                "Add words or frames to the file, or lower concept.pairs",
            )
        chosen = []
        for i in range(count):
            round_, place = divmod(i, frames)  # each round over the frames shifts the words
            low, high = words[(place + round_) % len(words)]
            frame = self.frames[place]
            chosen.append((frame.replace(PLACE, low), frame.replace(PLACE, high)))
        return chosen


def load_concepts(path: Path | None = None) -> ConceptFile:
    """Read a file of concepts.

    Args:
        path: A YAML file, from whose folder the paths in it start; the seven sliders' that ships
            by default.

    Raises:
        ConfigError: It cannot be read or used.
        SourceError: It holds a YouTube address that names nothing.
    """
    origin = "configs/concepts.yaml" if path is None else str(path)
    try:
        if path is None:
            text = importlib.resources.files("configs").joinpath("concepts.yaml").read_text()
        else:
            text = path.read_text()
        file = _parse(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{origin} cannot be read: {error}", "Give a YAML file") from error
    except ValidationError as error:
        raise explain(error, origin, ConceptFile) from error
    if path is None:
        return file
    concepts = {name: concept.anchored(path.parent) for name, concept in file.concepts.items()}
    return file.model_copy(update={"concepts": concepts})


@functools.lru_cache(maxsize=8)
def _parse(text: str) -> ConceptFile:
    """Return what a file's text says; each slider move asks, and parsing takes its time."""
    return ConceptFile.model_validate(yaml.safe_load(text))
