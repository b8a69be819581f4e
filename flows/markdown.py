"""Markdown, as Prefect's UI shows it: blocks, tables, and the calibration of a direction."""

from collections.abc import Iterable, Mapping, Sequence

from flows.plots import calibration_figure, data_uri, png
from resonance_core.store.records import Record


def page(*blocks: str) -> str:
    """Return blocks of Markdown as one text."""
    return "\n\n".join(blocks) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = (columns, ["---"] * len(columns), *rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def calibration_plot(calibrations: Mapping[str, Record]) -> str:
    """Return the picture of calibrations, held in the text itself.

    Args:
        calibrations: Records of the calibrate stage, by what stands above them.
    """
    return f"![Calibration]({data_uri(png(calibration_figure(calibrations)))})"


def calibration_table(calibration: Record) -> str:
    """Return what each strength of a calibration made."""
    return table(
        ("strength", "usable", "moved", "RMS", "loudness (LUFS)", "flatness"),
        (
            (
                f"{point['strength']:.2f}",
                ", ".join(point["faults"]) or "yes",
                f"{point['moved']:.2f}",
                f"{point['rms']:.3f}",
                "-" if point["loudness_lufs"] is None else f"{point['loudness_lufs']:.1f}",
                f"{point['spectral_flatness']:.4f}",
            )
            for point in calibration.info["curve"]
        ),
    )
