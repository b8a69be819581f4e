"""Plots: their colours and form, and the picture of a direction's calibration."""

import base64
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from resonance_core.errors import ConfigError
from resonance_core.store.records import Record

# Okabe and Ito's, which all eyes tell apart.
BLUE, GREEN, RED, GREY = "#0072B2", "#009E73", "#D55E00", "#6E6E6E"
HOLLOW: dict[str, Any] = {"ls": "", "marker": "o", "mfc": "white", "mew": 1.5}
"""Markers of what has a fault, or of a control."""
DPI = 110


def png(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def write_png(figure: Figure, target: Path) -> None:
    """Write a figure as a PNG file.

    Raises:
        ConfigError: The place cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(png(figure))
    except OSError as error:
        raise ConfigError(
            f"{target} cannot be written ({error.strerror})", "Choose another place"
        ) from error


def data_uri(picture: bytes) -> str:
    """Return a PNG as a URI that holds it, for pages that can fetch nothing."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def plain(axis: Axes, lines: Literal["x", "y", "both"] = "y") -> None:
    """Take the box off an axis and put faint lines behind its data."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis=lines, alpha=0.3)
    axis.set_axisbelow(True)


def calibration_figure(calibrations: Mapping[str, Record]) -> Figure:
    """Return a picture of calibrations side by side.

    Args:
        calibrations: Records of the calibrate stage, by what stands above them.
    """
    figure = Figure(figsize=(1 + 5.5 * len(calibrations), 4.8), layout="constrained")
    draw_calibrations(figure, calibrations)
    return figure


def draw_calibrations(figure: FigureBase, calibrations: Mapping[str, Record]) -> None:
    """Draw calibrations side by side: loudness by strength, and below how far the music moved.

    What is taken away has negative strengths, so both sides of a slider make one scale.

    Args:
        figure: A whole figure or a part of one.
        calibrations: Records of the calibrate stage, by what stands above them.
    """
    axes = figure.subplots(
        2, len(calibrations), squeeze=False, sharex="col", sharey="row", height_ratios=(3, 1)
    )
    for (title, calibration), (loudness, movement) in zip(
        calibrations.items(), axes.T, strict=True
    ):
        _draw_loudness(loudness, calibration)
        _draw_movement(movement, calibration)
        loudness.set_title(title, parse_math=False)
        movement.set_xlabel("strength")
    axes[0, 0].set_ylabel("RMS")
    axes[1, 0].set_ylabel("moved")
    axes[0, 0].set_ylim(0, 1.2 * axes[0, 0].get_ylim()[1])  # faults' words stand above points
    legend = {label: handle for axis in axes[0] for handle, label in _legend(axis)}
    width = 3 * len(calibrations)
    figure.legend(legend.values(), legend, loc="outside lower center", ncols=width, frameon=False)


def _draw_loudness(axis: Axes, calibration: Record) -> None:
    config, curve = calibration.request.config, calibration.info["curve"]
    sign, upper = config["sign"], calibration.info["analytic_upper"]
    strengths = [sign * point["strength"] for point in curve]
    if found := calibration.info["range"]:
        ends = sorted((sign * found["low"], sign * found["high"]))
        axis.axvspan(*ends, color=GREEN, alpha=0.15, lw=0, label="usable strengths")
        axis.axvline(sign * found["recommended"], ls="--", c=GREEN, label="recommended")
    if upper < curve[-1]["strength"]:
        axis.axvline(sign * upper, ls=":", c=GREY, label="bound by the norm")
    for limit in ("rms_low", "rms_high"):
        axis.axhline(config[limit], ls=":", c="black", lw=1)
    axis.plot([], [], ls=":", c="black", lw=1, label="limits of loudness")
    axis.plot(strengths, [point["rms"] for point in curve], "o-", c=BLUE, label="trials")
    for strength, point in zip(strengths, curve, strict=True):
        if point["faults"]:
            axis.plot(strength, point["rms"], c=RED, **HOLLOW)
            axis.annotate(
                "\n".join(point["faults"]),
                (strength, point["rms"]),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                c=RED,
                fontsize="small",
            )
    plain(axis)


def _legend(axis: Axes) -> Iterable[tuple[Any, str]]:
    return zip(*axis.get_legend_handles_labels(), strict=True)


def _draw_movement(axis: Axes, calibration: Record) -> None:
    sign, curve = calibration.request.config["sign"], calibration.info["curve"]
    axis.axhline(0, c=GREY, lw=1)
    axis.plot(
        [sign * point["strength"] for point in curve],
        [sign * point["moved"] for point in curve],
        "o-",
        c=BLUE,
    )
    plain(axis)
