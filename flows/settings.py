"""What a run does otherwise than by default: shallow, so that Prefect's UI shows a plain form."""

from pydantic import BaseModel, ConfigDict

from resonance_core.config import PipelineConfig
from resonance_core.config_file import load_config


class Settings(BaseModel):
    """Where a run's settings come from; the environment's ``RESONANCE__`` variables count too."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    config: str = "nano"
    """A YAML file, or one that ships: nano, melody-large, lyria."""
    overrides: tuple[str, ...] = ()
    """Single settings, as chunk.hop_s=4 or resolve.max_tracks=50."""

    def read(self) -> PipelineConfig:
        """Return the settings of all stages.

        Raises:
            ConfigError: A file, field or value that cannot be used.
        """
        return load_config(self.config, self.overrides)


DEFAULTS = Settings()
