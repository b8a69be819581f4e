"""The artifacts of an ingest that Prefect's UI shows: a table of tracks and a report."""

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from resonance_core.store.playlists import PlaylistEntry
from resonance_core.store.records import Record


def publish(entry: PlaylistEntry, direction: Record, calibration: Record) -> None:
    """Put an ingest's table of tracks and its report into Prefect's UI."""
    create_table_artifact(
        key=f"{entry.name.replace('.', '-').replace('_', '-')}-tracks",
        table=[track.model_dump() for track in entry.tracks],
        description=f"Tracks of {entry.name}",
    )
    create_markdown_artifact(
        key=f"{entry.name.replace('.', '-').replace('_', '-')}-report",
        markdown=markdown(entry, direction, calibration),
        description=f"Direction and range of {entry.name}",
    )


def markdown(entry: PlaylistEntry, direction: Record, calibration: Record) -> str:
    """Return the report of an ingest: per-layer norms, the layer scan, the calibration curve."""
    good = sum(track.status != "failed" for track in entry.tracks)
    scan = direction.info["layer_scan"]
    scores = dict(zip(scan["layers"], scan["scores"], strict=True))
    found = entry.range
    advice = (
        f"Usable from {found.low:.2f} to {found.high:.2f}; recommended {found.recommended:.2f}."
        if found
        else "No strength above 0 left usable audio."
    )
    lines = [
        f"# {entry.name}",
        f"{good} of {len(entry.tracks)} tracks from `{entry.source}`.",
        f"Direction `{direction.key[:12]}`. {advice}",
        "## Layers",
        "| layer | activation norm | residual norm | scan score |",
        "|---|---|---|---|",
        *(
            f"| {layer} | {norm:.3f} | {scale:.3f} | "
            + (f"{scores[layer]:.3f}" if layer in scores else "")
            + (" (best) |" if layer == scan["best"] else " |")
            for layer, norm, scale in zip(
                direction.info["layers"],
                direction.info["layer_norm"],
                direction.info["residual_scale"],
                strict=True,
            )
        ),
        "## Calibration",
        f"The direction's norm allows strengths up to {calibration.info['analytic_upper']:.2f}.",
        "| strength | usable | RMS | loudness (LUFS) | flatness |",
        "|---|---|---|---|---|",
        *(
            f"| {trial['strength']:.2f} | {', '.join(trial['faults']) or 'yes'} "
            f"| {trial['rms']:.3f} | {_number(trial['loudness_lufs'])} "
            f"| {trial['spectral_flatness']:.4f} |"
            for trial in calibration.info["curve"]
        ),
    ]
    tables = ("|",)
    text = ""
    for before, line in zip(["", *lines], lines, strict=False):
        text += ("\n" if line.startswith(tables) and before.startswith(tables) else "\n\n") + line
    return text.strip() + "\n"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
