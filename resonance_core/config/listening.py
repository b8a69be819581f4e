"""Settings of how tracks are heard, and become directions."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from resonance_core.config.stage import StageConfig, shipped


class ChunkConfig(StageConfig):
    """The windows a track is cut into."""

    length_s: PositiveFloat = 10.0
    """Length of a window, in seconds."""
    hop_s: PositiveFloat = 8.0
    """Distance between the starts of two windows, in seconds."""


Pooling = Literal["mean", "mean+std", "last", "strided"]
"""What is kept of the hidden states of a chunk."""


class ExtractConfig(StageConfig):
    """What is read from the model for each chunk."""

    layers: (
        Literal["all", "middle-third"] | Annotated[tuple[NonNegativeInt, ...], Field(min_length=1)]
    ) = "all"
    """Which decoder layers are kept; those after the last of them are not run."""
    pooling: Pooling = "mean"
    """What is kept of a chunk's frames. ``mean``: their mean, of which directions are made.
    ``mean+std``: their standard deviation too. ``last``: the last one. ``strided``: every
    ``stride``-th, each a vector of its own, for probes."""
    stride: PositiveInt | None = None
    """From one kept frame to the next, for ``strided``."""
    vectors: Literal["float32", "float16"] = "float32"
    """The type in which they are stored; the model computes in its own."""
    prompt: str = ""
    """The text the model is conditioned on while it listens; neutral by default."""
    melody: bool = True
    """Condition on the chunk's chroma, where the model takes a melody."""

    @model_validator(mode="after")
    def _with_stride(self) -> "ExtractConfig":
        if (self.pooling == "strided") != (self.stride is not None):
            raise ValueError("pooling strided and a stride go together: give both or neither")
        return self


class AggregateConfig(StageConfig):
    """How activations become a direction."""

    mode: Literal["mean", "time_select", "attention_weighted"] = "mean"
    """How a track's chunks are weighted; tracks always weigh the same. ``mean``: all alike.
    ``time_select``: only those inside ``windows_s``. ``attention_weighted``: more what repeats,
    such as a chorus."""
    windows_s: tuple[tuple[NonNegativeFloat, PositiveFloat], ...] = ()
    """Start and end of the parts of a track that count, in seconds, for ``time_select``."""
    temperature: PositiveFloat = 0.1
    """Of ``attention_weighted``: the lower, the more the most repeated chunks outweigh others."""

    @model_validator(mode="after")
    def _with_windows(self) -> "AggregateConfig":
        if (self.mode == "time_select") != bool(self.windows_s):
            raise ValueError("time_select and windows_s go together: give both or neither")
        for start, end in self.windows_s:
            if end <= start:
                raise ValueError(f"the window from {start} s to {end} s holds nothing")
        return self


class ReferenceConfig(StageConfig):
    """What all music shares: the mean that directions are centred on."""

    own: bool = False
    """Centre on what the model plays, even if the mean of recorded music ships for it."""
    clips: PositiveInt = 24
    """Pieces that the model plays without a prompt, or of mixed prompts."""
    prompts: tuple[str, ...] = ("",)
    """Taken in turn; an empty one lets the model play what it likes."""
    seed: NonNegativeInt = 0
    """Of the first piece; each further one has the next."""
    duration_s: PositiveFloat = 10.0
    """Length of each piece, in seconds."""
    playlist: str | None = None
    """Centre on this ingested playlist, whatever else there is."""


def vocabulary_prompts() -> tuple[str, ...]:
    """Return the prompts in ``configs/vocabulary.yaml``."""
    return tuple(shipped("vocabulary.yaml"))


class VocabularyConfig(StageConfig):
    """What a model plays to learn how it hears words, so that playlists can be put into them."""

    prompts: Annotated[tuple[str, ...], Field(min_length=2)] = Field(
        default_factory=vocabulary_prompts
    )
    """The words."""
    clips: PositiveInt = 4
    """Pieces of each prompt."""
    common: PositiveInt = 12
    """Pieces that are heard with every prompt, to find what it changes."""
    seed: NonNegativeInt = 0
    """Of the first piece of the first prompt; each further one has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""

    @model_validator(mode="after")
    def _enough(self) -> "VocabularyConfig":
        if self.common > len(self.prompts):
            raise ValueError(
                f"common {self.common} is more than the {len(self.prompts)} prompts, of each of "
                "which one piece at most is taken"
            )
        return self


class ConceptConfig(StageConfig):
    """How a concept's direction is made from its prompts."""

    pairs: Annotated[int, Field(ge=2)] = 28
    """Pairs of prompts that are played."""
    seed: NonNegativeInt = 0
    """Of the first pair, the same for both poles; each further pair has the next."""
    duration_s: PositiveFloat = 5.0
    """Length of each piece, in seconds."""
    file: Path | None = None
    """A file of concepts in place of ``configs/concepts.yaml``."""
