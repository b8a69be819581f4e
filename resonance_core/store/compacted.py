"""Compacted activations: the rows of an extraction's many files in few, beside them.

They are plain Parquet, in hive folders as the files that they are made from, but apart from these,
so that whoever reads all of one folder reads each row once. They can be removed at any time.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from resonance_core.store.extractions import EXTRACTION
from resonance_core.store.layer_files import digest_of
from resonance_core.store.schema import SCHEMA_VERSION, metadata_of, read_schema

COMPACTED = "compacted"
"""The folder, beside that of the activations."""
SOURCES = b"resonance.sources"
"""Where the metadata of a compacted file says from what it was made, as a digest."""


def compacted_folder(root: Path, extraction: str) -> Path:
    """Return the folder of an extraction's compacted files, which may not be there.

    Args:
        root: The folder with the extractions.
        extraction: The name of one.
    """
    return root.absolute().parent / COMPACTED / f"{EXTRACTION}{extraction}"


def compacted_files(root: Path, extraction: str, files: Sequence[Path]) -> list[Path]:
    """Return an extraction's compacted files, in order; none where they are outdated or absent.

    Args:
        root: The folder with the extractions.
        extraction: The name of one.
        files: Its files as they are now.

    Raises:
        StoreError: A compacted file is damaged.
    """
    parts = sorted(compacted_folder(root, extraction).glob("part-*.parquet"))
    if not parts:
        return []
    schema = read_schema(parts[0])  # all parts are moved into place together
    same_schema = metadata_of(schema)["schema_version"] == SCHEMA_VERSION
    made_from = schema.metadata.get(SOURCES)
    return parts if same_schema and made_from == digest_of(files).encode() else []


def outdated_compactions(root: Path, extractions: Mapping[str, Sequence[Path]]) -> list[Path]:
    """Return the folders of compacted files that were made from other data than there is now.

    Args:
        root: The folder with the extractions.
        extractions: The files of each, by its name.
    """
    made = sorted((root.absolute().parent / COMPACTED).glob(f"{EXTRACTION}*"))
    current = {
        compacted_folder(root, name)
        for name, files in extractions.items()
        if compacted_files(root, name, files)
    }
    return [folder for folder in made if folder not in current]
