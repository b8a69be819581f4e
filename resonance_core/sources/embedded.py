"""Audio inside the Arrow files of a Hugging Face dataset, as ``save_to_disk`` leaves it.

Such audio has an address of our own: ``arrow:///folder/data.arrow?column=audio&row=7``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

import pyarrow as pa

from resonance_core.errors import SourceError, TrackError
from resonance_core.sources.local import file_path, path_text

SCHEME = "arrow"
PARTS = frozenset({"bytes", "path"})
"""Fields of an audio column."""


class Embedded(NamedTuple):
    """Where audio lies that is no file of its own."""

    file: Path
    column: str
    row: int

    @property
    def url(self) -> str:
        """Its address."""
        where = self.file.as_uri().replace("file:", f"{SCHEME}:", 1)
        return f"{where}?{urlencode({'column': self.column, 'row': self.row})}"

    @property
    def title(self) -> str:
        """What to call it."""
        return f"{path_text(self.file.name)} row {self.row}"

    def read(self) -> bytes:
        """Return the audio's bytes.

        Raises:
            TrackError: They are not there.
        """
        row = self.row
        try:
            with _batches(self.file) as batches:
                for batch in batches:
                    if row < batch.num_rows:
                        found = batch.column(self.column).field("bytes")[row].as_py()
                        return bytes(found or b"")
                    row -= batch.num_rows
        except (OSError, KeyError, pa.ArrowException) as error:
            raise TrackError(
                f"row {self.row} of {path_text(self.file)} cannot be read ({error})",
                "See that the dataset is whole",
            ) from error
        raise TrackError(f"{path_text(self.file)} has no row {self.row}", "Read the dataset again")


def parse_embedded(url: str) -> Embedded | None:
    """Return the audio that an address of this kind names, or None for any other address."""
    if not url.startswith(f"{SCHEME}:"):
        return None
    parts = urlsplit(url)
    file = file_path(parts._replace(scheme="file", query="").geturl())
    assert file is not None
    values = parse_qs(parts.query)
    return Embedded(file, values["column"][0], int(values["row"][0]))


def is_saved_dataset(folder: Path) -> bool:
    """Say whether a folder is what ``save_to_disk`` wrote: a dataset, or one for each split."""
    return (folder / "state.json").is_file() or (folder / "dataset_dict.json").is_file()


def saved_audio(folder: Path) -> Iterator[Embedded | str]:
    """Yield the audio of all rows of a saved dataset, split after split: embedded, or its path.

    Raises:
        SourceError: It has no audio column, or is damaged; the problem starts with a verb.
    """
    try:
        if (folder / "dataset_dict.json").is_file():
            for split in json.loads((folder / "dataset_dict.json").read_bytes())["splits"]:
                yield from saved_audio(folder / split)
            return
        for data in json.loads((folder / "state.json").read_bytes())["_data_files"]:
            yield from _file_audio(folder.resolve() / data["filename"])
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise SourceError(f"cannot be read ({error})", "Save the dataset again") from error


def _file_audio(file: Path) -> Iterator[Embedded | str]:
    first = 0
    with _batches(file) as batches:
        column = _audio_column(batches.schema)
        for batch in batches:
            audio = batch.column(column)
            paths = audio.field("path").to_pylist()
            embedded = audio.field("bytes").is_valid().to_pylist()
            for row, (path, inside) in enumerate(zip(paths, embedded, strict=True), start=first):
                yield Embedded(file, column, row) if inside or not path else path
            first += batch.num_rows


def _audio_column(schema: pa.Schema) -> str:
    for column in schema:
        if pa.types.is_struct(column.type) and {part.name for part in column.type} >= PARTS:
            return str(column.name)
    raise SourceError("has no audio column", "Its rows need audio as bytes or paths")


@contextmanager
def _batches(file: Path) -> Iterator[pa.RecordBatchStreamReader]:
    with pa.memory_map(str(file)) as source, pa.ipc.open_stream(source) as batches:
        yield batches
