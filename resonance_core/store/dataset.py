"""Reading activations: an extraction's data set as pyarrow, pandas, numpy and torch have it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
from numpy.typing import NDArray

from resonance_core.errors import NotInStoreError, ResonanceError, StoreError
from resonance_core.store.activations import list_array
from resonance_core.store.compacted import compacted_files
from resonance_core.store.extractions import choose_extractions
from resonance_core.store.layer_files import layer_file, map_layer, upgraded_file
from resonance_core.store.schema import is_current, metadata_of, read_schema

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import torch


class ActivationDataset:
    """The activations of one extraction, or of several that were asked for together.

    All readers give the rows in the same order: by file, then by chunk and layer. Where single
    frames were kept, there is a row for each. Compacted files are read instead of those that they
    were made from, where these are still the same; the rows are, too.

    Attributes:
        dataset: Of pyarrow; the columns are those of `resonance_core.store.activations`, and
            ``extraction``.
        extractions: What each extraction's files say of it, by its name: ``config``, ``model``,
            ``versions`` and ``schema_version``.
    """

    def __init__(self, root: Path, files: dict[str, list[Path]]) -> None:
        self._root = root
        self._files = [file for of_one in files.values() for file in of_one]
        self.extractions = {
            name: metadata_of(read_schema(of_one[0])) for name, of_one in files.items()
        }
        read = [
            file
            for name, of_one in files.items()
            for file in compacted_files(root, name, of_one)
            or [one if is_current(read_schema(one)) else upgraded_file(root, one) for one in of_one]
        ]
        first = read_schema(read[0])
        for file in read[1:]:
            if not read_schema(file).equals(first):
                raise StoreError(
                    f"{file} has other columns or vectors of another length than {read[0]}",
                    "Open one extraction at a time",
                )
        self.dataset: ds.Dataset = ds.dataset(
            [str(file) for file in read],
            format="parquet",
            partitioning=ds.partitioning(pa.schema([("extraction", pa.string())]), flavor="hive"),
        )

    @property
    def metadata(self) -> dict[str, Any]:
        """What the files say of the extraction.

        Raises:
            StoreError: There are several.
        """
        if len(self.extractions) > 1:
            raise StoreError(
                f"{len(self.extractions)} extractions are open together",
                "Look into extractions",
            )
        return next(iter(self.extractions.values()))

    @property
    def layers(self) -> list[int]:
        """The layers that were extracted."""
        configs = [metadata["config"] for metadata in self.extractions.values()]
        return sorted({layer for config in configs for layer in config["layers"]})

    def pandas(
        self, layers: Sequence[int] | None = None, columns: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return rows as a frame; a vector is an array in its cell.

        Args:
            layers: Only these.
            columns: Only these.

        Raises:
            NotInStoreError: A layer that was not extracted.
            ResonanceError: Pandas is not installed.
        """
        return _frame(self._table(layers, columns))

    def vectors(self, layer: int) -> tuple[NDArray[np.float32], "pd.DataFrame"]:
        """Return one layer's vectors, float32 ``[rows, hidden]``, and what each row is of.

        Args:
            layer: Which layer.

        Raises:
            NotInStoreError: A layer that was not extracted.
            ResonanceError: Pandas is not installed.
        """
        table = self._table([layer], [name for name in self.dataset.schema.names if name != "std"])
        return list_array(table["vector"], np.float32), _frame(table.drop_columns("vector"))

    def torch(self, layer: int) -> "torch.Tensor":
        """Return one layer's vectors ``[rows, hidden]`` as a tensor that lies on the disk.

        The system reads those parts of it that are used and drops them when memory is short, so
        a data set larger than memory can be trained on. For that the layer is copied once, as it
        is stored (float32 or float16), into a file beside the data; it is made anew when the
        data changes. What is written into the tensor stays in memory. The rows are those of
        ``pandas(layers=[layer])``.

        Args:
            layer: Which layer.

        Raises:
            NotInStoreError: A layer that was not extracted.
            StoreError: The file cannot be written.
        """
        import torch

        self._check([layer])
        path = layer_file(self._root, self._files, self.dataset, layer)
        return torch.from_numpy(map_layer(path))

    def means(self) -> NDArray[np.float32]:
        """Return the mean vector of each layer over all rows, ``[layers, hidden]``.

        They are read batch by batch, so a data set larger than memory can be averaged.
        """
        rows = np.zeros((len(self.layers), 1), np.int64)
        sums = np.zeros((len(rows), self.dataset.schema.field("vector").type.list_size))
        for batch in self.dataset.to_batches(columns=["layer", "vector"]):
            layer = batch["layer"].to_numpy()
            vectors = list_array(pa.chunked_array([batch["vector"]]), np.float32)
            for place, wanted in enumerate(self.layers):
                of_layer = vectors[layer == wanted]
                rows[place] += len(of_layer)
                sums[place] += of_layer.sum(axis=0, dtype=np.float64)
        return (sums / rows).astype(np.float32)

    def _table(self, layers: Sequence[int] | None, columns: Sequence[str] | None) -> pa.Table:
        if layers is None:
            return self.dataset.to_table(columns=columns)
        self._check(layers)
        return self.dataset.to_table(columns=columns, filter=ds.field("layer").isin(layers))

    def _check(self, layers: Sequence[int]) -> None:
        for layer in layers:
            if layer not in self.layers:
                raise NotInStoreError(
                    f"layer {layer} was not extracted", f"Choose one of {self.layers}"
                )


def open_activations(location: str | Path, extraction: str | None = None) -> ActivationDataset:
    """Open the activations in a folder.

    Args:
        location: The folder of a store, its ``activations``, or that of one extraction.
        extraction: The name of an extraction (what follows ``extraction=``) or how it starts, or
            ``all``; needed only where there are several, for what was extracted in different ways
            is seldom to be mixed.

    Raises:
        NotInStoreError: There are no such activations, or several extractions to choose from.
        StoreError: They are damaged, of a newer schema, or cannot be read as one.
    """
    return ActivationDataset(*choose_extractions(Path(location).expanduser(), extraction))


def _frame(table: pa.Table) -> "pd.DataFrame":
    try:
        return table.to_pandas()
    except ImportError as error:
        raise ResonanceError("pandas is not installed", "pip install pandas") from error
