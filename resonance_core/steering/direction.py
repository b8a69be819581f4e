"""A direction: what steers, with the norms that strengths are measured against."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Direction:
    """The reduction of many activations.

    Attributes:
        per_layer: One vector a layer, float32 ``[layers, hidden]``.
        one_to_all: One vector for all layers, of length 1, float32 ``[hidden]``.
        layer_norm: Mean norm of the activations, float32 ``[layers]``.
        residual_scale: Median norm of one position of the residual stream, float32
            ``[layers]``.
        metadata: Plain JSON values: ``kind``, ``model`` (its identity), ``layers`` (which ones
            the rows belong to), ``config`` and ``tracks``.
    """

    per_layer: NDArray[np.float32]
    one_to_all: NDArray[np.float32]
    layer_norm: NDArray[np.float32]
    residual_scale: NDArray[np.float32]
    metadata: dict[str, Any]
