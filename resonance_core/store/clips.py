"""Clip files: one Parquet file a sweep, a row for each piece that was played and judged.

Columns: ``strength`` float64, ``prompt``, ``seed``, ``faults`` (what the gate found, a list),
``genre`` (as read by the judge), ``measure_NAME`` and ``level_NAME`` float64 (what was measured,
and what the probes read, see `resonance_core.judge`), ``vector`` fixed_size_list<float32>
(standardised features without loudness).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from resonance_core.judge.features import Array
from resonance_core.judge.probes import Verdict

CLIPS = "clips.parquet"
"""The file's name in its artifact."""
MEASURE, LEVEL = "measure_", "level_"


@dataclass(frozen=True)
class Clips:
    """Pieces that were played and judged.

    Attributes:
        strength: How much of the direction each had, ``[clips]``.
        prompt: ``[clips]``.
        seed: ``[clips]``.
        faults: What the gate found in each; empty where it found nothing.
        verdict: What the judge made of them.
    """

    strength: NDArray[np.float64]
    prompt: NDArray[np.str_]
    seed: NDArray[np.int64]
    faults: list[list[str]]
    verdict: Verdict

    @property
    def failed(self) -> NDArray[np.bool_]:
        """Whether the gate found a fault, ``[clips]``."""
        return np.array([bool(found) for found in self.faults])

    def table(self) -> pa.Table:
        """Return them as a table, a row each."""
        verdict = self.verdict
        vectors = np.ascontiguousarray(verdict.vectors, np.float32)
        return pa.table(
            {
                "strength": self.strength,
                "prompt": self.prompt.tolist(),
                "seed": self.seed,
                "faults": pa.array(self.faults, pa.list_(pa.string())),
                "genre": verdict.genres.tolist(),
                **{MEASURE + name: values for name, values in verdict.measures.items()},
                **{LEVEL + name: values for name, values in verdict.levels.items()},
                "vector": pa.FixedSizeListArray.from_arrays(
                    pa.array(vectors.ravel()), vectors.shape[1]
                ),
            }
        )


def write_clips(path: Path, clips: Clips) -> None:
    """Write clips."""
    pq.write_table(clips.table(), path, compression="zstd")


def read_clips(path: Path) -> Clips:
    """Read clips."""
    table = pq.read_table(path, partitioning=None)

    def named(prefix: str) -> dict[str, Array]:
        return {
            name.removeprefix(prefix): table[name].to_numpy()
            for name in table.column_names
            if name.startswith(prefix)
        }

    vectors = table["vector"].combine_chunks()
    return Clips(
        strength=table["strength"].to_numpy(),
        prompt=np.array(table["prompt"].to_pylist(), str),
        seed=table["seed"].to_numpy(),
        faults=table["faults"].to_pylist(),
        verdict=Verdict(
            measures=named(MEASURE),
            levels=named(LEVEL),
            genres=np.array(table["genre"].to_pylist(), str),
            vectors=vectors.flatten().to_numpy().reshape(len(table), -1),
        ),
    )
