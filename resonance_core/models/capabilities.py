"""What each backend can do: the one table that the code, the commands and the service read."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from resonance_core.errors import ModelError

Ability = Literal["capture", "steer", "melody", "continuation", "streaming"]

IN_WORDS: dict[Ability, str] = {
    "capture": "show what it hears in music",
    "steer": "be steered by directions",
    "melody": "follow a melody",
    "continuation": "go on from a piece",
    "streaming": "be heard while it plays",
}


class Capabilities(BaseModel):
    """What a backend can do, whichever of its models runs."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    capture: bool
    """Hidden states can be read while it hears music, of which directions are made."""
    steer: bool
    """Directions can be added to its hidden states while it plays."""
    melody: bool
    """It follows a melody; of MusicGen, the melody models do."""
    continuation: bool
    """It goes on from a piece."""
    streaming: bool
    """It can be heard while it plays."""
    sample_rate: int
    """Hz."""
    channels: tuple[int, ...]
    """Of what its models play: 1 is mono, 2 stereo."""
    weights: str
    """The licence of its weights."""
    hosted: bool
    """It runs elsewhere: what it is asked leaves this machine."""


MUSICGEN_WEIGHTS = "CC-BY-NC 4.0"

CAPABILITIES: dict[str, Capabilities] = {
    "audiocraft": Capabilities(
        capture=True,
        steer=True,
        melody=True,
        continuation=True,
        streaming=True,
        sample_rate=32_000,
        channels=(1, 2),
        weights=MUSICGEN_WEIGHTS,
        hosted=False,
    ),
    "transformers": Capabilities(
        capture=True,
        steer=True,
        melody=True,
        continuation=True,
        streaming=True,
        sample_rate=32_000,
        channels=(1, 2),
        weights=f"{MUSICGEN_WEIGHTS}; nano's Apache-2.0",
        hosted=False,
    ),
    "lyria": Capabilities(
        capture=False,
        steer=False,
        melody=False,
        continuation=False,
        streaming=True,
        sample_rate=48_000,
        channels=(2,),
        weights="not given out",
        hosted=True,
    ),
}
"""By backend, as `ModelInfo` names it, in the order in which they are tried."""


def capability_table() -> list[tuple[str, ...]]:
    """Return the table as people read it: a head, then a row for each thing that differs."""
    backends = CAPABILITIES.values()
    return [
        ("", *CAPABILITIES),
        *(
            (words, *("yes" if getattr(backend, ability) else "no" for backend in backends))
            for ability, words in IN_WORDS.items()
        ),
        ("sample rate", *(f"{backend.sample_rate} Hz" for backend in backends)),
        ("channels", *(" or ".join(map(str, backend.channels)) for backend in backends)),
        ("licence of its weights", *(backend.weights for backend in backends)),
        ("runs", *("hosted" if backend.hosted else "on this machine" for backend in backends)),
    ]


def check_ability(backend: str, ability: Ability) -> None:
    """Refuse what a backend cannot do.

    Args:
        backend: As `ModelInfo` names it.
        ability: What it is asked for.

    Raises:
        ModelError: It cannot; the remedy names those that can.
    """
    if not getattr(CAPABILITIES[backend], ability):
        raise lacking(backend, ability)


def lacking(backend: str, ability: Ability) -> ModelError:
    """Return the error that says what a backend cannot do, and names those that can."""
    able = [name for name, row in CAPABILITIES.items() if getattr(row, ability)]
    return ModelError(
        f"{backend} cannot {IN_WORDS[ability]}", f"Use a model of {' or '.join(able)} for it"
    )
