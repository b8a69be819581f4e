"""Heat maps: numbers by row and column, coloured by their size."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

LONGEST = 24
"""Letters of a name beside a heat map; a longer one would take the map's place."""


def heat_map(
    values: NDArray[np.number],
    rows: Sequence[str],
    columns: Sequence[str],
    form: str,
    colours: str,
    highest: float,
) -> tuple[Figure, Axes]:
    """Return a heat map with its numbers, framed where a row meets its own column.

    Args:
        values: ``[rows, columns]``.
        rows: Their names.
        columns: Their names.
        form: How a number is written.
        colours: The colour map; that of two directions, ``RdBu``, is centred on 0.
        highest: The number that gets the strongest colour.
    """
    size = (2.5 + 0.75 * len(columns), 1.8 + 0.5 * len(rows))
    figure = Figure(figsize=size, layout="constrained")
    axis = figure.subplots()
    lowest = -highest if colours == "RdBu" else 0
    image = axis.imshow(values, cmap=colours, vmin=lowest, vmax=highest, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        red, green, blue, _ = image.to_rgba(value)
        dark = 0.3 * red + 0.59 * green + 0.11 * blue < 0.5
        text = form.format(value)
        axis.text(column, row, text, ha="center", va="center", c="white" if dark else "black")
        if rows[row] == columns[column]:
            corner = (column - 0.5, row - 0.5)
            axis.add_patch(Rectangle(corner, 1, 1, fill=False, lw=2, clip_on=False))
    slanted: dict[str, Any] = {
        "rotation": 35,
        "ha": "right",
        "rotation_mode": "anchor",
        "parse_math": False,
    }
    axis.set_xticks(range(len(columns)), map(_short, columns), **slanted)
    axis.set_yticks(range(len(rows)), map(_short, rows), parse_math=False)
    axis.spines[:].set_visible(False)
    axis.tick_params(length=0)
    return figure, axis


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
