"""Settings of models, and of what they play."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from resonance_core.config.stage import StageConfig


class ModelConfig(StageConfig):
    """Which model listens and plays."""

    id: str = "nano"
    """``nano`` (embedded), ``lyria`` (hosted by Google), a folder, or a Hugging Face repository."""
    backend: Literal["auto", "audiocraft", "transformers", "lyria"] = "auto"
    """What runs it. ``auto``: AudioCraft where it is installed and the model is in its format,
    Google where it is Lyria, else Transformers."""
    revision: str | None = None
    """Branch, tag or commit of a hub model; its resolved commit enters the keys."""
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"
    """The type of the weights, in which the model computes."""
    autocast: Literal["bfloat16", "float16"] | None = None
    """The type of matrix products where the weights stay float32; the residual stream does, too."""

    @model_validator(mode="after")
    def _of_full_weights(self) -> "ModelConfig":
        if self.autocast is not None and self.dtype != "float32":
            raise ValueError(
                "autocast is for weights in float32: leave model.dtype or model.autocast out"
            )
        return self


class SamplingConfig(StageConfig):
    """How the next token is drawn."""

    guidance_scale: Annotated[float, Field(ge=1.0)] = 3.0
    """Classifier-free guidance; 1 switches it off and halves the work."""
    top_k: NonNegativeInt = 250
    """Draw from the k most likely tokens; 0 draws from all."""
    temperature: PositiveFloat = 1.0
    """Divides the logits before the draw."""


class LyriaConfig(StageConfig):
    """How patiently Lyria is asked; none of it enters a key."""

    timeout_s: PositiveFloat = 30.0
    """Where no sound comes for so long, it is given up, in seconds."""
    reconnects: NonNegativeInt = 3
    """How often a connection that is lost is made anew, of one piece."""
    pause_s: NonNegativeFloat = 1.0
    """Before the first time, in seconds; each further pause is twice as long."""


class GenerateConfig(StageConfig):
    """What is asked of the model besides prompt, seed and strength."""

    duration_s: Annotated[float, Field(gt=0, le=600)] = 10.0
    """Length of the piece, in seconds; of one that continues another, of what is added."""
