"""The extractions in a folder of activations, and which of them is meant."""

from pathlib import Path

from resonance_core.errors import NotInStoreError
from resonance_core.keys import canonical_json
from resonance_core.store.schema import metadata_of, read_schema

FOLDER = "activations"
"""Where a store has its activations."""
EXTRACTION = "extraction="
ALL = "all"
SHOWN = 60
"""How much of a setting is shown, in characters."""


def choose_extractions(
    location: Path, extraction: str | None = None
) -> tuple[Path, dict[str, list[Path]]]:
    """Return the folder of the activations, and the files of each extraction that is meant.

    Args:
        location: The folder of a store, its ``activations``, or that of one extraction.
        extraction: The name of one, or how it starts, or ``all``; None where there is only one.

    Raises:
        NotInStoreError: There are no such activations, or several extractions to choose from.
        StoreError: The files of one cannot be read.
    """
    root = location
    if location.name.startswith(EXTRACTION):
        root, extraction = location.parent, location.name.removeprefix(EXTRACTION)
    elif (location / FOLDER).is_dir():
        root = location / FOLDER
    found = extraction_files(root)
    start = "" if extraction in (None, ALL) else extraction
    chosen = {name: files for name, files in found.items() if name.startswith(start or "")}
    if not chosen:
        wanted = f"{EXTRACTION}{start}" if start else FOLDER
        there = f"It holds {', '.join(found)}" if found else "Ingest a playlist first"
        raise NotInStoreError(f"there are no {wanted} in {root.absolute()}", there)
    if len(chosen) > 1 and extraction != ALL:
        raise NotInStoreError(
            f"{root.absolute()} holds {len(chosen)} extractions: {_differences(chosen)}",
            f"Name one, as in extraction={next(iter(chosen))!r}, or open them together: "
            f"extraction={ALL!r}",
        )
    return root, chosen


def extraction_files(root: Path) -> dict[str, list[Path]]:
    """Return the files of each extraction in a folder, by its name; none of empty ones."""
    return {
        folder.name.removeprefix(EXTRACTION): files
        for folder in sorted(root.glob(f"{EXTRACTION}*"))
        if (files := sorted(folder.glob("[!._]*/[!._]*.parquet")))
    }


def _differences(extractions: dict[str, list[Path]]) -> str:
    """Return the names of extractions, each with the settings that not all of them share."""
    texts = {
        name: {
            key: canonical_json(value)
            for key, value in metadata_of(read_schema(files[0]))["config"].items()
        }
        for name, files in extractions.items()
    }
    shared = set.intersection(*(set(text.items()) for text in texts.values()))
    return "; ".join(
        f"{name} ({', '.join(f'{k}={v[:SHOWN]}' for k, v in text.items() if (k, v) not in shared)})"
        for name, text in texts.items()
    )
