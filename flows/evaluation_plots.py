"""Pictures of an evaluation: slider curves, cross-talk, the ladder, closest playlists."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from flows.heat_map import heat_map
from flows.plots import BLUE, GREY, HOLLOW, RED, plain
from resonance_core.evaluation.results import Evaluation, RungScore, SliderScore

COLUMNS = 4
"""Sliders side by side."""
PANELS: dict[str, Callable[[RungScore], float]] = {
    "slope over random": lambda rung: rung.ratio,
    "own over other effects": lambda rung: rung.on_over_off,
    "right way": lambda rung: rung.right_way,
    "pieces with a fault": lambda rung: rung.failed,
    "closest to their playlist": lambda rung: rung.top_1.value,
}
"""What the ladder's picture shows of each rung; the last three are shares."""


def slider_curves(evaluation: Evaluation) -> Figure:
    """Return a small picture for each slider: mean score with its interval by position."""
    rows = len(evaluation.sliders) // COLUMNS + 1  # the legend takes a place too
    figure = Figure(figsize=(12, 2.9 * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, sharey=True, squeeze=False).flat
    for axis, slider in zip(axes, evaluation.sliders, strict=False):
        _draw_curve(axis, slider)
    for axis in axes[len(evaluation.sliders) :]:
        axis.set_axis_off()
    axes[len(evaluation.sliders)].legend(
        *axes[0].get_legend_handles_labels(), loc="center", frameon=False
    )
    figure.supylabel("score, in standard deviations without the slider")
    figure.supxlabel("position of the slider")
    return figure


def _draw_curve(axis: Axes, slider: SliderScore) -> None:
    positions = [point.position for point in slider.curve]
    low, high = zip(*((point.score.low, point.score.high) for point in slider.curve), strict=True)
    axis.axhline(0, c=GREY, lw=1)
    axis.fill_between(positions, low, high, color=BLUE, alpha=0.25, lw=0, label="interval")
    axis.plot(
        positions, [point.score.value for point in slider.curve], "o-", c=BLUE, label="mean score"
    )
    faulty = [point for point in slider.curve if point.failed]
    axis.plot(
        [point.position for point in faulty],
        [point.score.value for point in faulty],
        c=RED,
        label="some pieces have a fault\n(share at the bottom)",
        **HOLLOW,
    )
    for point in faulty:
        axis.annotate(
            f"{point.failed:.0%}",
            (point.position, 0.02),
            xycoords=axis.get_xaxis_transform(),
            ha="center",
            c=RED,
            fontsize="small",
        )
    axis.set_title(slider.slider, parse_math=False)
    axis.set_xticks([-1, 0, 1])
    axis.margins(x=0.1, y=0.15)
    plain(axis)


def cross_talk(evaluation: Evaluation) -> Figure:
    """Return a heat map of what each slider moves, beside what it should move."""
    sliders = [slider.slider for slider in evaluation.sliders]
    attributes = list(evaluation.sliders[0].effects)
    effects = np.array([[one.effects[name] for name in attributes] for one in evaluation.sliders])
    figure, axis = heat_map(effects, sliders, attributes, "{:.2f}", "RdBu", np.abs(effects).max())
    axis.set(xlabel="what moves, by its probe", ylabel="slider, from one end to the other")
    return figure


def ladder(evaluation: Evaluation) -> Figure:
    """Return a picture of the rungs, a column for each figure; the sliders' rung is bold."""
    rungs = evaluation.ladder
    places = np.arange(len(rungs))
    figure = Figure(figsize=(12, 1.4 + 0.35 * len(rungs)), layout="constrained")
    axes = figure.subplots(1, len(PANELS), sharey=True)
    for axis, (title, figure_of) in zip(axes, PANELS.items(), strict=True):
        values = [figure_of(rung) for rung in rungs]
        axis.hlines(places, 0, values, color=BLUE, alpha=0.4)
        axis.plot(values, places, "o", c=BLUE)
        axis.set_title(title, fontsize="medium")
        axis.margins(x=0.1)
        axis.set_xlim(0, None)
        plain(axis, "x")
    for axis in axes[2:]:
        axis.set_xlim(0, 1.05)
        axis.xaxis.set_major_formatter(PercentFormatter(1))
    _draw_controls(axes[-1], rungs)
    axes[0].set_yticks(places, [rung.rung for rung in rungs], parse_math=False)
    axes[0].set_ylim(len(rungs) - 0.5, -0.5)  # the first rung on top
    for label, rung in zip(axes[0].get_yticklabels(), rungs, strict=True):
        label.set_fontweight("bold" if rung.rung == evaluation.rung else "normal")
    figure.legend(
        *axes[-1].get_legend_handles_labels(), loc="outside lower right", ncols=3, frameon=False
    )
    return figure


def _draw_controls(axis: Axes, rungs: Sequence[RungScore]) -> None:
    """Draw the interval of top-1, what shuffled tracks reach, and what chance does."""
    places = np.arange(len(rungs))
    low, high = [rung.top_1.low for rung in rungs], [rung.top_1.high for rung in rungs]
    axis.hlines(places, low, high, color=BLUE, lw=3, label="interval")
    shuffled = [rung.top_1_shuffled for rung in rungs]
    axis.plot(shuffled, places, c=GREY, label="with shuffled tracks", **HOLLOW)
    axis.axvline(1 / len(rungs[0].playlists), ls=":", c="black", lw=1, label="chance")


def closest_playlists(evaluation: Evaluation) -> Figure:
    """Return a heat map of how many pieces with each playlist came closest to which."""
    scores = evaluation.playlists
    names = [score.playlist for score in scores]
    counts = np.array([[score.closest.get(name, 0) for name in names] for score in scores])
    figure, axis = heat_map(counts, names, names, "{:.0f}", "Blues", counts.max())
    axis.set(xlabel="closest playlist", ylabel="played with")
    return figure
