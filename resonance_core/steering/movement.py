"""How far steering moved the music, as the model itself hears it.

The model that plays can also listen, and what it hears in the music, without any steering, says
whether the music went where it should. No descriptor takes part, so that descriptors can judge
what was chosen by this measure.
"""

import numpy as np
from numpy.typing import NDArray


def movement(shifts: NDArray[np.floating], axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far music moved along an axis, mean over the layers, ``[...]``.

    Args:
        shifts: Steered less unsteered activations, ``[..., layers, hidden]``.
        axis: Where it should move, ``[layers, hidden]``; the whole of it counts 1.
    """
    along = (shifts * axis).sum(-1, dtype=np.float64) / np.square(axis).sum(-1)
    moved: NDArray[np.float64] = along.mean(-1)
    return moved
