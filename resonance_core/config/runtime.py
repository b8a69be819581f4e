"""Settings of how and where work is done."""

from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BeforeValidator, Field, NonNegativeInt, PositiveInt
from pydantic_settings import BaseSettings, SettingsConfigDict


def _text_of_path(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


class RuntimeConfig(BaseSettings):
    """How and where work is done; nothing here changes a result, so none of it is in a key.

    Every field is read from the environment: ``RESONANCE_STORE``, ``RESONANCE_DEVICE``, ...
    """

    model_config = SettingsConfigDict(
        env_prefix="RESONANCE_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    store: Annotated[str, BeforeValidator(_text_of_path)] = Field(
        default_factory=lambda: str(platformdirs.user_data_path("resonance") / "store")
    )
    """What holds all records and artifacts: a folder, or ``s3://bucket/prefix``."""
    device: str = "auto"
    """``auto``, ``cpu``, ``cuda``, ``cuda:1`` or ``mps``."""
    batch_size: PositiveInt = 8
    """Rows of one batch: pieces that are made at once, or chunks in one forward pass. A CPU hears
    at most two chunks at once, for it gains nothing by more."""
    workers: PositiveInt = 1
    """Tracks on their way at once, and of a dataset shards. One is enough to have the next ready
    while the model hears the one before; more help where downloads are slow, and take processor
    time from the model."""
    engine: Literal["threads", "dask", "ray"] = "threads"
    """What runs the shards of a dataset: threads of this process, or a Dask or Ray cluster."""
    cluster: str | None = None
    """The address of the Dask or Ray cluster; by default one of ``workers`` processes is started
    on this machine."""
    shard_gpus: NonNegativeInt = 0
    """GPUs that a Dask or Ray cluster gives each shard, by its resources."""
    shard_tracks: PositiveInt = 64
    """Tracks of one shard: what a run that is killed may lose of its work."""
    compile: bool = False
    """Have torch.compile make the layers that listen. That takes seconds before the first batch,
    and what it gains depends on the device: nano on a CPU, nothing. It rounds otherwise, as another
    device does."""
    threads: PositiveInt | None = None
    """CPU threads of one model call; by default one for small models, else PyTorch's choice."""
    public_only: bool = False
    """Fetch from public addresses only, wherever a name, a list or a redirect leads; for services
    that fetch what strangers name. A proxy, too, must have such an address."""
    job: str | None = None
    """The UUID that the job of an ingest is kept under, where somebody waits for it."""
    request: str | None = None
    """Digest of what that job was asked for, by which the same is not done twice at a time."""
