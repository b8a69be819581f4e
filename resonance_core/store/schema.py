"""The schema of activation files: its version, and how files of older versions are read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from resonance_core.errors import StoreError
from resonance_core.keys import canonical_json

METADATA_KEY = b"resonance"
SCHEMA_VERSION = 1
"""Raised when a column comes to mean something else; a column that is added changes nothing for
who does not ask for it."""
MIGRATIONS: dict[int, Callable[[pa.Table], pa.Table]] = {}
"""By version, what makes the next version of a file's rows; the metadata follows by itself."""


def read_schema(file: Path) -> pa.Schema:
    """Return the schema of an activation file.

    Raises:
        StoreError: It is none.
    """
    try:
        schema = pq.read_schema(file)
    except pa.ArrowInvalid as error:
        raise StoreError(
            f"{file} is damaged: {error}", "Remove its folder, and extract again"
        ) from error
    if METADATA_KEY not in (schema.metadata or {}):
        raise StoreError(f"{file} was not written by Resonance", "Move it elsewhere")
    return schema


def metadata_of(schema: pa.Schema) -> dict[str, Any]:
    """Return what an activation file says of itself: config, model, versions, schema version."""
    found: dict[str, Any] = json.loads(schema.metadata[METADATA_KEY])
    return found


def is_current(schema: pa.Schema) -> bool:
    """Say whether a file is of this version of the schema, and not of an older one.

    Raises:
        StoreError: It is of a newer one.
    """
    version: int = metadata_of(schema)["schema_version"]
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"the activations are of schema version {version}, and this Resonance knows "
            f"{SCHEMA_VERSION} at most",
            "Update Resonance, or extract them again",
        )
    return version == SCHEMA_VERSION


def upgrade(table: pa.Table) -> pa.Table:
    """Return the rows of an activation file as this version of the schema has them.

    Raises:
        StoreError: The file is of a newer version.
    """
    while not is_current(table.schema):
        metadata = metadata_of(table.schema)
        version = metadata["schema_version"]
        stamp = canonical_json({**metadata, "schema_version": version + 1}).encode()
        table = MIGRATIONS[version](table).replace_schema_metadata({METADATA_KEY: stamp})
    return table
