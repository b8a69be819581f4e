"""Stage keys: the SHA-256 of what a stage's result depends on, and of nothing else."""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no NaN.

    Raises:
        ValueError: The value holds a NaN or an infinity.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal, in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stage_key(stage: str, version: int, config: dict[str, Any], inputs: dict[str, Any]) -> str:
    """Return the key of one stage's result.

    Args:
        stage: The stage's name.
        version: Raised when the same config and inputs come to mean another result.
        config: All settings the result depends on, as plain JSON values.
        inputs: Content digests of the upstream artifacts, by the part they play.
    """
    return sha256_text(
        canonical_json({"stage": stage, "version": version, "config": config, "inputs": inputs})
    )


# Names of folders in a store, which a request that was not made here must not lead out of.
FOLDER = r"[A-Za-z0-9_-][A-Za-z0-9._=-]*"
StageName = Annotated[str, Field(pattern=rf"^{FOLDER}$")]
DatasetName = Annotated[str, Field(pattern=rf"^{FOLDER}(/{FOLDER})*$")]


class StageRequest(BaseModel):
    """What a stage is asked for: everything that decides its result, and so its key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: StageName
    version: int
    config: dict[str, Any]
    inputs: dict[str, Any]
    dataset: DatasetName | None = None
    """Where the files lie if not beside the record, as ``activations/extraction=ab12``: a hive
    folder that holds data files only, so that any reader takes it whole. No part of the key."""

    @property
    def key(self) -> str:
        """The request's key."""
        return stage_key(self.stage, self.version, self.config, self.inputs)


class Stage(BaseModel):
    """A step of the pipeline: its name and the version of its meaning."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int

    def request(
        self,
        config: BaseModel | dict[str, Any],
        inputs: dict[str, Any],
        dataset: str | None = None,
    ) -> StageRequest:
        """Return the request for this stage with these settings and inputs."""
        settings = config.model_dump(mode="json") if isinstance(config, BaseModel) else config
        return StageRequest(
            stage=self.name,
            version=self.version,
            config=settings,
            inputs=inputs,
            dataset=dataset,
        )
