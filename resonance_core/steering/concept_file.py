"""The file of concepts: what each slider is called, and the prompts its direction is made from."""

import importlib.resources
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from resonance_core.config import explain
from resonance_core.errors import ConfigError

PLACE = "{}"
"""Where a frame takes a pole's words."""


class Concept(BaseModel):
    """One slider."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    """What people read."""
    words: tuple[tuple[str, str], ...] = Field(min_length=1)
    """Low and high, in several ways."""


class ConceptFile(BaseModel):
    """All sliders, and the sentences that their words are put into."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: tuple[str, ...] = Field(min_length=1)
    concepts: dict[str, Concept]

    @field_validator("frames")
    @classmethod
    def _with_place(cls, frames: tuple[str, ...]) -> tuple[str, ...]:
        for frame in frames:
            if frame.count(PLACE) != 1:
                raise ValueError(f"the frame {frame!r} must hold {PLACE} once")
        return frames

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
        """Return a concept's prompts, low and high, which differ in its words only.

        Args:
            name: Of the concept.
            count: How many pairs.

        Raises:
            ConfigError: There is no such concept, or it has fewer pairs.
        """
        self.check(name)
        words, frames = self.concepts[name].words, len(self.frames)
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
        path: A YAML file; the seven sliders' that ships by default.

    Raises:
        ConfigError: It cannot be read or used.
    """
    origin = "configs/concepts.yaml" if path is None else str(path)
    try:
        if path is None:
            text = importlib.resources.files("configs").joinpath("concepts.yaml").read_text()
        else:
            text = path.read_text()
        return ConceptFile.model_validate(yaml.safe_load(text))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{origin} cannot be read: {error}", "Give a YAML file") from error
    except ValidationError as error:
        raise explain(error, origin, ConceptFile) from error
