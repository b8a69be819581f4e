"""Pictures of analyses: curves over layers, maps of tracks, neighbours."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from flows.heat_map import heat_map
from flows.plots import BLUE, GREEN, GREY, RED, plain
from resonance_core.analysis.nearest import Neighbour
from resonance_core.analysis.probe import Probe
from resonance_core.analysis.projection import Projection
from resonance_core.analysis.separability import Separability
from resonance_core.analysis.similarity import Similarity

GROUPS = (BLUE, RED, GREEN, "#CC79A7", "#56B4E9", "#E69F00", "#A0522D", "#332288")
MARKERS = "osD^vP*X"
NAMED = 40
"""So many points get their own names; more would hide each other."""


def probe_curve(probes: Mapping[int, Probe], label: str) -> Figure:
    """Return a picture of what probes score over layers, with intervals and chance."""
    layers, found = list(probes), list(probes.values())
    figure = Figure(figsize=(6.5, 4), layout="constrained")
    axis = figure.subplots()
    low, high = [one.low for one in found], [one.high for one in found]
    axis.fill_between(layers, low, high, color=BLUE, alpha=0.2, lw=0, label="95 % interval")
    axis.plot(layers, [one.score for one in found], "o-", c=BLUE, label="probe")
    axis.axhline(found[0].chance, ls=":", c="black", lw=1, label="chance")
    axis.set(xlabel="layer", ylabel=found[0].kind, xticks=layers)
    axis.set_title(f"{label}, read from {found[0].tracks} tracks", parse_math=False)
    plain(axis)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def separability_curve(found: Mapping[int, Separability]) -> Figure:
    """Return a picture of how well apart groups are over layers, by both measures."""
    layers, scores = list(found), list(found.values())
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.plot(layers, [one.silhouette for one in scores], "o-", c=BLUE)
    left.axhline(0, ls=":", c="black", lw=1)
    right.plot(layers, [one.variance_ratio for one in scores], "o-", c=GREEN)
    right.axhline(1, ls=":", c="black", lw=1)
    left.set_title("silhouette (cosine)")
    right.set_title("variance between over within groups")
    for axis in (left, right):
        axis.set(xlabel="layer", xticks=layers)
        plain(axis)
    return figure


def map_of(
    projection: Projection, names: Sequence[str], groups: Sequence[str], title: str
) -> Figure:
    """Return a map of points, coloured by group; each group's name stands in its middle.

    Args:
        projection: The points.
        names: Of the points.
        groups: Of the points; empty where one is in no group.
        title: Stands above.
    """
    points, owners = projection.points, np.array(groups)
    figure = Figure(figsize=(8, 6.5), layout="constrained")
    axis = figure.subplots()
    kinds = sorted(set(groups) - {""})
    own = list(names) == list(groups)  # each group is one point, named once
    if "" in groups:
        axis.plot(*points[owners == ""].T, "o", c=GREY, ms=4, mew=0, alpha=0.6)
    for place, group in enumerate(kinds):
        inside = points[owners == group]
        colour = GROUPS[place % len(GROUPS)]
        marker = MARKERS[place // len(GROUPS) % len(MARKERS)]
        axis.plot(*inside.T, marker, c=colour, ms=6, mew=0, alpha=0.75)
        axis.annotate(
            group,
            np.median(inside, axis=0),
            xytext=(0, 8 if own else 0),
            textcoords="offset points",
            ha="center",
            va="center",
            c=colour,
            weight="bold",
            parse_math=False,
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
    if not own and len(names) <= NAMED:
        for name, point in zip(names, points, strict=True):
            axis.annotate(
                name,
                point,
                xytext=(5, 3),
                textcoords="offset points",
                fontsize="x-small",
                c=GREY,
                parse_math=False,
            )
    shares = [f" ({share:.0%} of the variance)" for share in projection.explained] or ["", ""]
    axis.set(xlabel=f"first axis{shares[0]}", ylabel=f"second axis{shares[1]}")
    axis.set_title(title, parse_math=False)
    axis.margins(0.08)
    plain(axis, "both")
    return figure


def neighbours(found: Sequence[Neighbour], title: str) -> Figure:
    """Return a picture of how near the nearest tracks are, the nearest on top."""
    figure = Figure(figsize=(7, 1.4 + 0.35 * len(found)), layout="constrained")
    axis = figure.subplots()
    places = range(len(found))
    axis.hlines(places, 0, [one.cosine for one in found], color=BLUE, alpha=0.4)
    axis.plot([one.cosine for one in found], places, "o", c=BLUE)
    names = [", ".join((one.track.name, *one.track.playlists)) for one in found]
    axis.set_yticks(places, names, parse_math=False)
    axis.set_ylim(len(found) - 0.5, -0.5)
    axis.set(xlabel="cosine", xlim=(min(0, *(one.cosine for one in found)), 1))
    axis.set_title(title, parse_math=False)
    plain(axis, "x")
    return figure


def similarity_map(found: Similarity) -> Figure:
    """Return a heat map of the mean cosines over layers."""
    figure, axis = heat_map(found.overall, found.names, found.names, "{:.2f}", "RdBu", 1)
    axis.set_title("cosine, mean over layers")
    return figure
