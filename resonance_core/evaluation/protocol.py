"""The protocol: how much is played to judge steering, fixed before anything is measured."""

from typing import Annotated, Any

from pydantic import Field, NonNegativeInt, PositiveInt

from resonance_core.config import PipelineConfig, StageConfig

GENRES = (
    "techno", "rock", "orchestral", "lofi piano", "ambient", "chiptune", "jazz", "folk", "latin",
)  # fmt: skip
NEUTRAL = (
    "music", "a song", "a nice melody", "background music", "a tune", "something to dance to",
)  # fmt: skip
"""Prompts that name no genre."""
PROMPTS = (
    *(f"{genre} music" for genre in GENRES),
    *(f"a {genre} track" for genre in GENRES),
    *NEUTRAL,
)
"""None names what a slider moves. Sliders are calibrated with `music` too, with another seed; with
the others nothing of theirs was made or chosen."""

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
    """Directions that mean nothing, each in the layers of one of the sliders and as long."""
    ladder: Trials = Trials(prompts=PROMPTS[::3], seeds=1)
    """Played by each rung at both ends of each slider."""
    ladder_random_directions: PositiveInt = 3
    """Random directions of each rung."""
    playlists: Trials = Trials(prompts=NEUTRAL)
    """Played with each playlist, by each rung."""
    shuffled: Trials = Trials(prompts=NEUTRAL, seeds=1)
    """Played with directions of shuffled tracks."""
    shuffle_seed: NonNegativeInt = 0
    """Says which tracks each shuffled playlist gets."""
    confidence: Annotated[float, Field(gt=0, lt=1)] = 0.95
    """Of the bootstrap intervals."""
    resamples: PositiveInt = 2000
    """Of the bootstrap."""
    bootstrap_seed: NonNegativeInt = 0
    """Of its draws."""

    def naming(self, playlist: str) -> Trials:
        """Return as many pieces of prompts that are a playlist's name, for music unsteered."""
        words = playlist.replace("-", " ")
        prompts = (f"{words} music", f"a {words} track")
        seeds = max(1, len(self.playlists.pieces()) // len(prompts))
        return self.playlists.model_copy(update={"prompts": prompts, "seeds": seeds})


FULL = Protocol()
FEW = Trials(prompts=NEUTRAL[::3], seeds=1)
QUICK = Protocol(
    sliders=FEW,
    positions=(-1.0, 0.0, 1.0),
    controls=FEW,
    random_directions=1,
    ladder=FEW,
    ladder_random_directions=1,
    playlists=FEW,
    shuffled=FEW,
    resamples=200,
)
"""Does everything run? Too little is played for its numbers to mean anything."""


def with_little(config: PipelineConfig) -> PipelineConfig:
    """Return a config that makes and calibrates directions with next to nothing, for `QUICK`."""
    changes: dict[str, dict[str, Any]] = {
        "vocabulary": {"prompts": GENRES[:2], "clips": 1, "common": 2, "duration_s": 1.0},
        "concept": {"pairs": 2, "duration_s": 1.0},
        "reference": {"clips": 2, "duration_s": 1.0},
        "scan": {"prompts": NEUTRAL[:1], "duration_s": 1.0},
        "calibrate": {"prompts": NEUTRAL[:1], "strengths": (0.0, 2.0), "duration_s": 1.0},
    }
    parts = {name: getattr(config, name).model_copy(update=few) for name, few in changes.items()}
    return config.model_copy(update=parts)
