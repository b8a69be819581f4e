"""The protocol: how much is played to judge steering, fixed before anything is measured."""

from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from resonance_core.config import StageConfig

GENRES = (
    "techno", "rock", "orchestral", "lofi piano", "ambient", "chiptune", "jazz", "folk", "latin",
)  # fmt: skip
PROMPTS = (
    *(f"{genre} music" for genre in GENRES),
    *(f"a {genre} track" for genre in GENRES),
    "music", "a song", "a nice melody", "background music", "a tune", "something to dance to",
)  # fmt: skip
"""None names what a slider moves, none is a prompt that directions or ranges were made with."""

Prompts = Annotated[tuple[str, ...], Field(min_length=2)]


class Trials(StageConfig):
    """Pieces that are played again and again, each time steered otherwise."""

    prompts: Prompts = PROMPTS
    """Every one is played with every seed."""
    seeds: PositiveInt = 2
    """Pieces of each prompt."""
    first_seed: NonNegativeInt = 10_000
    """Of the first piece of a prompt; far from those that directions are made with."""
    duration_s: Annotated[float, Field(ge=4.0)] = 5.0
    """Length of each piece, in seconds; what is shorter cannot be judged."""

    def pieces(self) -> list[tuple[str, int]]:
        """Return prompt and seed of each piece."""
        seeds = range(self.first_seed, self.first_seed + self.seeds)
        return [(prompt, seed) for prompt in self.prompts for seed in seeds]


class Protocol(StageConfig):
    """How sliders, the ladder's rungs and playlists are judged."""

    sliders: Trials = Trials()
    """Played at every one of `positions`, for each slider."""
    positions: tuple[float, ...] = (-1.0, -2 / 3, -1 / 3, 0.0, 1 / 3, 2 / 3, 1.0)
    """Of a slider, rising; 0 is the piece without it."""
    controls: Trials = Trials(seeds=1)
    """Played with the random directions, at both ends."""
    random_directions: PositiveInt = 20
    """Directions that mean nothing, as long as the sliders'."""
    ladder: Trials = Trials(seeds=1)
    """Played by each rung at both ends of each slider."""
    ladder_random_directions: PositiveInt = 4
    """Random directions of each rung."""
    playlists: Trials = Trials(seeds=1)
    """Played with each playlist."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Of the bootstrap intervals."""
    resamples: PositiveInt = 2000
    """Of the bootstrap."""
    shuffle_seed: NonNegativeInt = 0
    """Of the shuffled playlists and the bootstrap."""


FULL = Protocol()
QUICK = Protocol(
    sliders=Trials(prompts=PROMPTS[::6], seeds=1),
    controls=Trials(prompts=PROMPTS[::6], seeds=1),
    random_directions=3,
    ladder=Trials(prompts=PROMPTS[::8], seeds=1),
    ladder_random_directions=1,
    playlists=Trials(prompts=PROMPTS[::8], seeds=1),
)
"""Does the evaluation run? Its numbers are too few to mean anything."""
