"""Files that are made from a data set of activations, beside it, to read it faster or at all.

They lie in folders whose names start with a dot, which no reader of data sets looks into, and can
be removed at any time: they are made again when they are needed.
"""

import mmap
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from filelock import FileLock
from numpy.typing import NDArray

from resonance_core.errors import StoreError
from resonance_core.keys import sha256_text
from resonance_core.store.activations import list_array
from resonance_core.store.schema import upgrade

LAYERS, UPGRADED = ".layers", ".upgraded"
"""The folders, beside those of the extractions."""
NO_RESERVE = 0x4000 if sys.platform == "linux" else 0
"""Linux refuses to map more than its memory where pages may be written to, unless told so by this
flag, for which Python 3.11 has no name."""


def digest_of(files: Sequence[Path]) -> str:
    """Return what tells whether files of one data set are still what they were.

    Their names hold the keys of what is in them, so their contents need not be read.
    """
    states = [(file, file.stat()) for file in files]
    lines = [f"{'/'.join(f.parts[-3:])}:{s.st_size}:{s.st_mtime_ns}" for f, s in states]
    return sha256_text("\n".join(lines))[:16]


def layer_file(root: Path, files: Sequence[Path], dataset: ds.Dataset, layer: int) -> Path:
    """Return a ``.npy`` file of one layer's vectors ``[rows, hidden]``, making it if need be.

    Args:
        root: The folder with the extractions.
        files: Those that the data set is made of.
        dataset: Gives the rows, which are written batch by batch, in its order.
        layer: Which layer.

    Raises:
        StoreError: The file cannot be written.
    """
    only = ds.field("layer") == layer

    def write(file: BinaryIO) -> None:
        kind = dataset.schema.field("vector").type
        dtype = np.dtype(kind.value_type.to_pandas_dtype())
        header = {
            "descr": np.lib.format.dtype_to_descr(dtype),
            "fortran_order": False,
            "shape": (dataset.count_rows(filter=only), kind.list_size),
        }
        np.lib.format.write_array_header_1_0(file, header)
        for batch in dataset.to_batches(columns=["vector"], filter=only):
            file.write(list_array(pa.chunked_array([batch["vector"]]), dtype).data)

    return _make_once(root / LAYERS / digest_of(files) / f"layer={layer}.npy", write)


def map_layer(path: Path) -> NDArray[Any]:
    """Return the vectors in a layer's file, which stay on the disk until they are used.

    What is written to them stays in memory. `numpy.load` maps no file that is larger than memory,
    or one that ends the process when it is written to.
    """
    with path.open("rb") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        mapped = mmap.mmap(
            file.fileno(),
            0,
            flags=mmap.MAP_PRIVATE | NO_RESERVE,
            prot=mmap.PROT_READ | mmap.PROT_WRITE,
        )
        return np.frombuffer(mapped, dtype, offset=file.tell()).reshape(shape)


def upgraded_file(root: Path, file: Path) -> Path:
    """Return a copy of an activation file as this version of the schema has it.

    Raises:
        StoreError: The copy cannot be written.
    """
    copy = root / UPGRADED / digest_of([file]) / file.relative_to(root)
    return _make_once(copy, lambda target: pq.write_table(upgrade(pq.read_table(file)), target))


def outdated(root: Path, extractions: Iterable[Sequence[Path]]) -> list[Path]:
    """Return the folders of files that were made from other data than there is now.

    Args:
        root: The folder with the extractions.
        extractions: The files of each.
    """
    made = [*sorted((root / LAYERS).glob("*")), *sorted((root / UPGRADED).glob("*"))]
    sets = list(extractions)
    every = [file for files in sets for file in files]
    current = {root / LAYERS / digest_of(files) for files in (every, *sets)}
    current |= {root / UPGRADED / digest_of([file]) for file in every}
    return [folder for folder in made if folder not in current]


def _make_once(path: Path, write: Callable[[BinaryIO], None]) -> Path:
    """Return a file that is written aside and moved into place, by one process, if it is absent."""
    if path.exists():
        return path
    part = path.with_name(f"{path.name}.part")  # that of a killed process is written over
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f"{path.name}.lock")):
            if not path.exists():
                with part.open("wb") as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                part.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror or error})",
            "Make room there, or copy the activations to where you can write",
        ) from error
    return path
