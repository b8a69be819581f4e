"""What a listener asks for: a piece, and how it is steered."""

import secrets
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from resonance_core.config import AggregateConfig, PipelineConfig, SteerConfig, rungs
from resonance_core.models.base import ModelInfo
from resonance_core.models.capabilities import check_ability
from resonance_core.stages.extract import choose_layers
from resonance_core.stages.generation_request import GenerationRequest
from studio.errors import UnusableError
from studio.paths import model_in_words

MOST_TAKES = 8
MOST = 4.0
"""The largest strength of a layer, against the others."""


class Steer(BaseModel):
    """How directions are added; what is left out is as the service has it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    recipe: str | None = None
    """A rung of ``configs/ladder.yaml``."""
    layers: dict[int, Annotated[float, Field(ge=0, le=MOST)]] | None = None
    """How strongly each layer is steered, against the others; layers left out are not."""

    @field_validator("recipe")
    @classmethod
    def _known(cls, recipe: str | None) -> str | None:
        if recipe is not None and recipe not in rungs():
            raise ValueError(f"there is no recipe {recipe!r}; known are {', '.join(rungs())}")
        return recipe

    @field_validator("layers")
    @classmethod
    def _some(cls, layers: dict[int, float] | None) -> dict[int, float] | None:
        if layers is not None and not any(layers.values()):
            raise ValueError("at least one layer needs a strength above 0")
        return layers


def _recipe(value: Any) -> Any:
    return {"recipe": value} if isinstance(value, str) else value


class Wanted(GenerationRequest):
    """What a listener asks for."""

    prompt: str = Field(min_length=1, max_length=2000, json_schema_extra={"pattern": r"\S"})
    """What to play."""
    seed: int = Field(default_factory=lambda: secrets.randbelow(2**31), ge=0, lt=2**63)
    """The same seed plays the same piece; drawn if it is left out."""
    duration_s: float = Field(10.0, gt=0, le=600)
    """Length of the piece, in seconds, beside what it goes on from."""
    takes: int = Field(1, ge=1, le=MOST_TAKES)
    """How many are made in one batch, with the seed and those that follow it."""
    take: int | None = Field(None, ge=0, lt=MOST_TAKES)
    """Which of the batch is kept, from 0; None keeps them all."""
    steer: Annotated[
        Steer | None, BeforeValidator(_recipe, json_schema_input_type=Steer | str | None)
    ] = None
    """How it is steered: the name of a recipe, or that and strengths of layers."""
    aggregate: AggregateConfig | None = None
    """How the playlist's tracks are weighed; as it was ingested by default."""

    consent: bool = False
    """Agree to send the words, and what the playlist is like, to a model that is hosted."""

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, prompt: str) -> str:
        if not prompt.strip():
            raise ValueError('the prompt is empty: say what to play, as "slow piano"')
        return prompt

    @property
    def request(self) -> GenerationRequest:
        """What of it the core is asked for."""
        asked = self.model_dump(include=set(GenerationRequest.model_fields))
        return GenerationRequest(**asked)

    @property
    def kept(self) -> list[int]:
        """The places in the batch of the takes that are kept."""
        return list(range(self.takes)) if self.take is None else [self.take]

    def is_take_of(self, other: Self) -> bool:
        """Say whether the two differ in nothing but their seeds."""
        which = {"seed", "takes", "take", "consent"}
        return self.model_dump(exclude=which) == other.model_dump(exclude=which)

    def alone(self) -> Self:
        """Return what asks for a take of a batch without the batch, where rounding may differ."""
        if self.take is None:
            return self
        seed = self.seed + self.take
        return self.model_copy(update={"seed": seed, "takes": 1, "take": None})

    def settings(self, config: PipelineConfig, info: ModelInfo) -> PipelineConfig:
        """Return the settings of all stages, with those that are asked for.

        Args:
            config: The service's.
            info: Its model.

        Raises:
            ModelError: It cannot be steered, and shall be.
            UnusableError: It lacks a layer, or does not listen to it.
        """
        if self.steer is not None or self.aggregate is not None:
            check_ability(info.backend, "steer")
        piece = config.generate.model_copy(update={"duration_s": self.duration_s})
        steer = config.steer
        if self.steer is not None and self.steer.recipe is not None:
            steer = SteerConfig.model_validate(rungs()[self.steer.recipe])
        if self.steer is not None and self.steer.layers is not None:
            heard = choose_layers(config.extract, info)
            for layer in self.steer.layers:
                if layer not in heard:
                    raise UnusableError(
                        f"layer {layer} of {model_in_words(info.id)} cannot be steered",
                        f"Choose among the layers {', '.join(map(str, heard))}",
                    )
            strengths = {layer: of for layer, of in sorted(self.steer.layers.items()) if of}
            steer = steer.model_copy(update={"layers": strengths})
        return config.model_copy(update={"generate": piece, "steer": steer})

    @model_validator(mode="after")
    def _one_of_the_takes(self) -> Self:
        if self.take is not None and self.take >= self.takes:
            raise ValueError(f"there is no take {self.take} of {self.takes}; they count from 0")
        if self.seed + self.takes > 2**63:
            raise ValueError("the seeds of later takes are too large: start with a smaller one")
        return self

    @model_validator(mode="after")
    def _weighed_of_something(self) -> Self:
        if self.aggregate is not None and self.playlist is None:
            raise ValueError("aggregate says how a playlist is weighed: name the playlist")
        return self
