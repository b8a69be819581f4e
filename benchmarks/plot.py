"""``python -m benchmarks.plot FIGURES PICTURE``: what a track costs, by the size of the dataset.

Takes the JSON lines that ``python -m benchmarks`` prints.
"""

import argparse
from pathlib import Path

from matplotlib.figure import Figure as Picture

from benchmarks.measure import Figure
from flows.plots import DPI, plain

COSTS = {"s/track": "seconds per track", "B/track": "bytes per track"}


def cost_by_size(figures: list[Figure], unit: str) -> dict[int, float]:
    """Return what a track costs in datasets of so many tracks, rising.

    Args:
        figures: All that were measured; those in other units are left out.
        unit: Of the cost.
    """
    costs = {
        int(side.split()[0]): values[0]
        for figure in figures
        if figure.unit == unit
        for side, values in figure.measured.items()
    }
    return dict(sorted(costs.items()))


def plot(figures: list[Figure], picture: Path) -> None:
    """Draw what a track costs in time and on the disk, from 0 up, so that a flat line is flat."""
    drawn = Picture(figsize=(9, 3.5), layout="constrained")
    for axes, (unit, label) in zip(drawn.subplots(1, len(COSTS)), COSTS.items(), strict=True):
        costs = cost_by_size(figures, unit)
        axes.plot(list(costs), list(costs.values()), marker="o")
        axes.set(xscale="log", xlabel="tracks", ylabel=label)
        axes.set_xticks(list(costs), [f"{tracks:,}" for tracks in costs])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        plain(axes)
    drawn.savefig(picture, dpi=DPI)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plot", description=__doc__)
    parser.add_argument("figures", type=Path)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    lines = arguments.figures.read_text().splitlines()
    plot([Figure.model_validate_json(line) for line in lines], arguments.picture)
