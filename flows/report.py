"""The artifacts that Prefect's UI shows: reports of playlists, of concepts and of pieces."""

from collections.abc import Sequence

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.console import range_in_words, sounds_like
from flows.markdown import calibration_plot, calibration_table, page, table
from flows.results import ConceptResult
from resonance_core.store.layout import file_name
from resonance_core.store.pieces import AUDIO
from resonance_core.store.playlists import PlaylistEntry
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def publish_playlist(
    entry: PlaylistEntry, words: Sequence[str], direction: Record, calibration: Record
) -> None:
    """Put an ingest's table of tracks and its report into Prefect's UI."""
    create_table_artifact(
        key=_key(entry.name, "tracks"),
        table=[track.model_dump() for track in entry.tracks],
        description=f"Tracks of {entry.name}",
    )
    create_markdown_artifact(
        key=_key(entry.name, "report"),
        markdown=playlist_report(entry, words, direction, calibration),
        description=f"Direction and range of {entry.name}",
    )


def publish_concept(concept: ConceptResult, low: Record, high: Record) -> None:
    """Put a concept's report into Prefect's UI."""
    create_markdown_artifact(
        key=_key(concept.name, "concept"),
        markdown=concept_report(concept, low, high),
        description=f"Direction and ranges of {concept.label}",
    )


def publish_pieces(store: Store, pieces: Sequence[Record]) -> None:
    """Put into Prefect's UI where each piece is, and what made it."""
    for piece in pieces:
        create_markdown_artifact(
            key=_key(piece.key[:12], "piece"),
            markdown=piece_report(piece, store.address(file_name(piece, AUDIO))),
            description=f"{piece.info['prompt']}, seed {piece.info['seed']}",
        )


def playlist_report(
    entry: PlaylistEntry, words: Sequence[str], direction: Record, calibration: Record
) -> str:
    """Return the report of an ingest: its words, per-layer norms, layer scan, calibration."""
    good = sum(track.status != "failed" for track in entry.tracks)
    return page(
        f"# {entry.name}",
        f"{good} of {len(entry.tracks)} tracks from `{entry.source}`.",
        *([sounds_like(words)] if words else []),
        f"Direction `{direction.key[:12]}`. {range_in_words(entry.range)}",
        "## Layers",
        _layers(direction),
        "## Calibration",
        f"The direction's norm allows strengths up to {calibration.info['analytic_upper']:.2f}.",
        calibration_plot({entry.name: calibration}),
        calibration_table(calibration),
    )


def concept_report(concept: ConceptResult, low: Record, high: Record) -> str:
    """Return the report of a concept: how reliable it is, and the calibration of both sides."""
    reliability = zip(concept.layers, concept.split_half, concept.agreement, strict=True)
    return page(
        f"# {concept.label}",
        f"Concept `{concept.name}`, direction `{concept.direction.key[:12]}`.",
        f"- Towards low: {range_in_words(concept.low)}\n"
        f"- Towards high: {range_in_words(concept.high)}",
        "## Calibration",
        calibration_plot({"towards low": low, "towards high": high}),
        "### Towards low",
        calibration_table(low),
        "### Towards high",
        calibration_table(high),
        "## Layers",
        table(
            ("layer", "split-half cosine", "pair agreement"),
            ((str(layer), f"{half:.2f}", f"{pair:.2f}") for layer, half, pair in reliability),
        ),
    )


def piece_report(piece: Record, where: str) -> str:
    """Return the report of a piece: where its audio is, what it was asked for, how it sounds."""
    info = piece.info
    asked = [
        ("prompt", info["prompt"]),
        ("seed", str(info["seed"])),
        *((f"slider {name}", f"{position:g}") for name, position in info["sliders"].items()),
        *(
            (f"strength of {one['direction'][:12]}", f"{one['strength']:.2f}")
            for one in info["steering"]
        ),
    ]
    heard = [
        (name, "-" if value is None else f"{value:.4g}")
        for name, value in info["descriptors"].items()
    ]
    return page(
        f"# {info['prompt']}",
        f"{info['duration_s']:.1f} s in `{where}`.",
        table(("asked", ""), asked),
        table(("heard", ""), heard),
    )


def _layers(direction: Record) -> str:
    scan = direction.info["layer_scan"]
    scores = {
        layer: f"{score:.3f}{' (best)' if layer == scan['best'] else ''}"
        for layer, score in zip(scan["layers"], scan["scores"], strict=True)
    }
    norms = (direction.info[name] for name in ("layers", "layer_norm", "residual_scale"))
    return table(
        ("layer", "activation norm", "residual norm", "scan score"),
        (
            (str(layer), f"{norm:.3f}", f"{scale:.3f}", scores.get(layer, ""))
            for layer, norm, scale in zip(*norms, strict=True)
        ),
    )


def _key(name: str, what: str) -> str:
    """Return an artifact's key, which holds no dots and no underscores."""
    return f"{name.replace('.', '-').replace('_', '-')}-{what}"
