"""What a playlist is like, in numbers and words: the fast way to music that sounds like it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, ConfigDict, Field

from resonance_core.describe.sent_clips import SentClips
from resonance_core.steering.concept_file import ConceptFile

PROMPT_WORDS = 3
"""More words than these say little about any one of them."""
MARKED = 0.4
"""From here on an attribute is worth a word."""

Level = Annotated[float, Field(ge=-1, le=1)]


class PlaylistCharacter(BaseModel):
    """What a playlist is like, as a describer hears it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    genres: dict[str, Annotated[float, Field(gt=0, le=1)]]
    """Each genre's share of the music, the largest first."""
    tempo_bpm: float | None
    """Beats a minute, the median over the tracks; None where that is not known."""
    levels: dict[str, Level]
    """How much there is of what each slider moves, from -1, little, to 1, much."""
    instruments: tuple[str, ...] = ()
    """What plays, the most heard first; empty where the describer cannot tell."""
    mood: tuple[str, ...] = ()
    """In single words; empty where the describer has none but the levels."""

    def prompt(self, concepts: ConceptFile) -> str:
        """Return a prompt for such music, as ``techno music, fast, heavy bass``.

        Args:
            concepts: Has the words of each slider's ends.
        """
        genre = next(iter(self.genres), None)
        ends = []
        for name in sorted(self.levels, key=lambda name: -abs(self.levels[name])):
            concept = concepts.concepts.get(name)
            if concept and concept.words and abs(self.levels[name]) >= MARKED:
                low, high = concept.words[0]
                ends.append(high if self.levels[name] > 0 else low)
        words = [*self.mood, *self.instruments, *ends][:PROMPT_WORDS]
        return ", ".join([f"{genre} music" if genre else "music", *words])

    def sliders(self, concepts: ConceptFile) -> dict[str, float]:
        """Return where the sliders stand for such music, -1 to 1 each."""
        return {name: self.levels[name] for name in concepts.concepts if name in self.levels}


class Description(BaseModel):
    """What a describer found."""

    model_config = ConfigDict(frozen=True)

    character: PlaylistCharacter
    failed: dict[str, str]
    """The reason of each track that could not be heard, by its name among those given."""


class Describer(Protocol):
    """Says what a playlist is like."""

    def identity(self) -> dict[str, str]:
        """Return what decides about its descriptions besides the tracks, for keys."""

    def estimate(self, tracks: Mapping[str, Path]) -> SentClips | None:
        """Return what describing tracks would send from this machine; None for nothing.

        Args:
            tracks: Each one's audio file, by any name.

        Raises:
            TrackError: None of them can be heard.
        """

    def at_most(self, tracks: int) -> SentClips | None:
        """Return the most that so many tracks would send, which are not here yet."""

    def describe(self, tracks: Mapping[str, Path]) -> Description:
        """Describe tracks.

        Args:
            tracks: Each one's audio file, by any name.

        Raises:
            TrackError: None of them can be heard.
        """
