"""What the record of every concept holds, whatever its direction was made from."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.keys import Stage
from resonance_core.steering.aggregate import as_direction
from resonance_core.steering.concepts import Contrast
from resonance_core.store.directions import AUDIBLE, DIRECTION, write_audible, write_direction

CONCEPT = Stage(name="concept", version=2)


def write_concept(
    folder: Path,
    found: Contrast,
    vectors: Sequence[NDArray[np.float32]],
    rms: Sequence[NDArray[np.float32]],
    audible: NDArray[np.float32],
    **metadata: Any,
) -> dict[str, Any]:
    """Write a concept's direction and return its record's ``info``.

    Args:
        folder: Takes the direction.
        found: What leads from low to high.
        vectors: What it was found in, for each piece or track ``[chunks, layers, hidden]``.
        rms: For each the root mean square of its residual stream, ``[chunks, layers]``.
        audible: What leads from low to high music, as the model hears it, ``[layers, hidden]``.
        **metadata: The direction's (see `Direction`), and the concept's ``name``.

    Raises:
        ResonanceError: Nothing leads from low to high.
    """
    direction = as_direction(found.difference, vectors, rms, {"kind": "concept", **metadata})
    write_direction(folder / DIRECTION, direction)
    write_audible(folder / AUDIBLE, audible)
    return {
        "name": metadata["name"],
        "layers": metadata["layers"],
        "split_half": found.split_half.tolist(),
        "agreement": found.agreement.tolist(),
    }
