"""How the service is reached, and how much it takes on."""

from typing import Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.settings import DEFAULTS, Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class StudioSettings(BaseSettings):
    """Every field is read from the environment: ``RESONANCE_STUDIO_PORT``, ..."""

    model_config = SettingsConfigDict(
        env_prefix="RESONANCE_STUDIO_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """Where it listens; another place than loopback needs an ``api_key``."""
    port: int = Field(8420, ge=1, le=65535)
    """Where it listens."""
    names: tuple[str, ...] = ()
    """Host names besides loopback and ``host`` under which it may be addressed."""
    api_key: SecretStr | None = None
    """What requests must carry as ``Authorization: Bearer KEY``, and what the page asks for once;
    None for no key."""
    max_bytes: PositiveInt = 100_000_000
    """Larger requests are refused."""
    max_duration_s: PositiveFloat = 120.0
    """Longer pieces are refused, in seconds."""
    max_melody_bytes: PositiveInt = 25_000_000
    """Larger recordings of melodies are refused."""
    max_melody_s: PositiveFloat = 600.0
    """Longer recordings of melodies are refused, in seconds."""
    max_jobs: PositiveInt = 20
    """Jobs that wait or work at once; more are refused."""
    wait_s: NonNegativeFloat = 300.0
    """How long a request that waits for its piece may take, in seconds."""
    pipeline: Settings = DEFAULTS
    """The settings of all stages."""

    @model_validator(mode="after")
    def _key_beyond_loopback(self) -> Self:
        if self.host not in LOOPBACK and not (self.api_key and self.api_key.get_secret_value()):
            raise ValueError(
                f"on {self.host!r} others can reach it: set RESONANCE_STUDIO_API_KEY, or listen on "
                "127.0.0.1"
            )
        return self
