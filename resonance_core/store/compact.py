"""Compacting: the many small files of an extraction are written as few large ones.

An ingest leaves a file a track. Records name these files, so they stay.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict

from resonance_core.errors import StoreError
from resonance_core.keys import canonical_json
from resonance_core.store.compacted import SOURCES, compacted_files, compacted_folder
from resonance_core.store.dataset import ActivationDataset
from resonance_core.store.extractions import ALL, choose_extractions
from resonance_core.store.files import remove, replace_folder, sync_to_disk
from resonance_core.store.layer_files import digest_of
from resonance_core.store.schema import METADATA_KEY, SCHEMA_VERSION
from resonance_core.store.shards import row_groups
from resonance_core.store.store import Store

FILE_BYTES = 512 * 2**20
"""The most that one file holds."""
BATCH_ROWS = 2048
"""Rows that are read at once: 16 MiB of the widest model."""


class Compaction(BaseModel):
    """An extraction whose files are compacted."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    extraction: str
    """Its name."""
    sources: int
    """Files that it consists of."""
    files: int
    """Files that they were compacted to."""
    source_bytes: int
    bytes: int
    hit: bool
    """Whether they were compacted before, and nothing has changed since."""


def compact(store: Store, extraction: str | None = None) -> list[Compaction]:
    """Compact the activations of a store in a folder.

    Memory does not grow with what is compacted. What was compacted before is replaced in one step
    where its sources have changed, and left alone where they have not.

    Args:
        store: The store; others may work on it meanwhile.
        extraction: The name of one extraction, or how it starts; each of them by default.

    Raises:
        NotInStoreError: There are no such activations.
        StoreError: They are damaged, or the store cannot be written.
    """
    root, chosen = choose_extractions(store.root, extraction or ALL)
    return [_compact(store, root, name, files) for name, files in chosen.items()]


def _compact(store: Store, root: Path, name: str, sources: list[Path]) -> Compaction:
    work = f"compacted-{name}"
    with store.locked(work):
        hit = bool(files := compacted_files(root, name, sources))
        if not hit:
            _replace(root, name, sources, store.aside(work))
            files = sorted(compacted_folder(root, name).iterdir())
    return Compaction(
        extraction=name,
        sources=len(sources),
        files=len(files),
        source_bytes=sum(file.stat().st_size for file in sources),
        bytes=sum(file.stat().st_size for file in files),
        hit=hit,
    )


def _replace(root: Path, name: str, sources: list[Path], aside: Path) -> None:
    """Write an extraction's compacted files aside, and move them into place together."""
    remove(aside)  # left by a process that was killed
    digest = digest_of(sources)  # before they are read: what changes meanwhile makes it outdated
    activations = ActivationDataset(root, {name: sources})
    said = {**activations.metadata, "schema_version": SCHEMA_VERSION}
    metadata = {METADATA_KEY: canonical_json(said).encode(), SOURCES: digest.encode()}
    groups = row_groups(_batches(name, activations.dataset))
    try:
        aside.mkdir(parents=True)
        group, part = next(groups, None), 0
        while group is not None:
            group = _write(aside / f"part-{part:05}.parquet", group, groups, metadata)
            part += 1
        replace_folder(aside, compacted_folder(root, name))
    finally:
        remove(aside)


def _batches(name: str, dataset: ds.Dataset) -> Iterator[pa.Table]:
    """Yield the rows of an extraction, in the order of its readers."""
    columns = [column for column in dataset.schema.names if column != "extraction"]
    few_at_once = ds.ParquetFragmentScanOptions(use_buffered_stream=True, pre_buffer=False)
    try:
        for batch in dataset.to_batches(
            columns=columns,
            batch_size=BATCH_ROWS,
            batch_readahead=1,
            fragment_readahead=2,
            fragment_scan_options=few_at_once,
        ):
            yield pa.Table.from_batches([batch])
    except (pa.ArrowInvalid, OSError) as error:
        raise StoreError(
            f"the activations of the extraction {name} cannot be read: "
            f"{str(error).splitlines()[0]}",
            "Find the file with: resonance store verify",
        ) from error


def _write(
    path: Path, first: pa.Table, others: Iterator[pa.Table], metadata: dict[bytes, bytes]
) -> pa.Table | None:
    """Write row groups to a file until it is full, and return the first that it has no room for."""
    # Exponents of floats compress when their bytes stand together: a tenth is saved. Of halves
    # not every reader knows that encoding.
    floats = [
        f"{field.name}.list.element"
        for field in first.schema
        if field.name in ("vector", "std") and field.type.value_type == pa.float32()
    ]
    with (
        path.open("wb") as file,
        pq.ParquetWriter(
            file,
            first.schema.with_metadata(metadata),
            compression="zstd",
            use_dictionary=["track"],
            use_byte_stream_split=floats,
            write_statistics=["track", "layer"],
        ) as writer,
    ):
        for group in chain([first], others):
            if group is not first and file.tell() + group.nbytes > FILE_BYTES:
                break
            writer.write_table(group.replace_schema_metadata(metadata))
        else:
            group = None
    sync_to_disk(path)
    return group
