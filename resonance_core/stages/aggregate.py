"""Aggregate: the activations of a playlist's tracks become its direction."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from resonance_core.config import AggregateConfig
from resonance_core.errors import ResonanceError
from resonance_core.keys import Stage
from resonance_core.stages.extract import check_means
from resonance_core.steering.aggregate import aggregate_tracks
from resonance_core.steering.layers import scan_by_norm
from resonance_core.steering.weights import chunk_weights
from resonance_core.store.activations import ACTIVATIONS, read_activations
from resonance_core.store.directions import DIRECTION, write_direction
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

AGGREGATE = Stage(name="aggregate", version=2)
WEIGHTS = "weights.json"
"""The file with the weight of each track's chunks, by the track's digest."""


def aggregate(activations: Sequence[Record], config: AggregateConfig, store: Store) -> Outcome:
    """Return the record of a playlist's direction, computing it if it is not there.

    Neither the order of the tracks nor a track that comes twice changes the direction. A track
    of which no chunk counts is left out, which its weights show.

    Args:
        activations: The records of the tracks' activations, of one extraction.
        config: How they are reduced.
        store: Holds the activations and takes the direction.

    Raises:
        ConfigError: Activations that hold no means.
        ResonanceError: No tracks, none with a chunk that counts, or tracks whose mean is zero.
    """
    if not activations:
        raise ResonanceError("a direction needs at least one track", "Add tracks to the playlist")
    for record in activations:
        check_means(record.request.config["pooling"])
    unique = {record.digest(ACTIVATIONS): record for record in activations}
    digests = sorted(unique)
    request = AGGREGATE.request(config, {"activations": digests})

    def make(folder: Path) -> dict[str, Any]:
        tracks = [read_activations(store.path(unique[digest], ACTIVATIONS)) for digest in digests]
        extraction, model = tracks[0].metadata["config"], tracks[0].metadata["model"]
        weights = [
            chunk_weights(track.vectors, track.rms, track.start_s, track.end_s, config)
            for track in tracks
        ]
        heard = [(track, w) for track, w in zip(tracks, weights, strict=True) if w.any()]
        if not heard:
            raise ResonanceError(
                "no chunk of any track lies inside the windows of time_select",
                "Widen aggregate.windows_s; a chunk counts where it lies inside as a whole",
            )
        direction = aggregate_tracks(
            [track.vectors for track, _ in heard],
            [track.rms for track, _ in heard],
            [w for _, w in heard],
            metadata={
                "kind": "playlist",
                "model": model,
                "layers": extraction["layers"],
                "config": {"extract": extraction, "aggregate": config.model_dump()},
                "tracks": [track.track for track, _ in heard],
            },
        )
        write_direction(folder / DIRECTION, direction)
        kept = {track.track: w.tolist() for track, w in zip(tracks, weights, strict=True)}
        (folder / WEIGHTS).write_text(json.dumps(kept, indent=1) + "\n")
        layers = tracks[0].layers
        scan = scan_by_norm(layers, direction.layer_norm, model["layers"])
        return {
            "tracks": len(heard),
            "layers": list(layers),
            "layer_norm": direction.layer_norm.tolist(),
            "residual_scale": direction.residual_scale.tolist(),
            "layer_scan": asdict(scan),
        }

    return store.build(request, make)
