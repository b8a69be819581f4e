"""Concepts from audio: what sets labelled tracks apart becomes a direction."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from resonance_core.config import ResolveConfig
from resonance_core.errors import SourceError
from resonance_core.sources.labelled import LabelledTracks, read_labelled, resolve_poles
from resonance_core.stages.concept_record import CONCEPT, write_concept
from resonance_core.stages.extract import check_means
from resonance_core.stages.tracks import TooFewTracksError, TrackResult
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.steering.concepts import contrast_by_label
from resonance_core.store.activations import ACTIVATIONS, read_activations
from resonance_core.store.playlists import TrackReport
from resonance_core.store.records import Outcome, Record
from resonance_core.store.store import Store

TRACKS_A_SIDE = 2
"""The fewest that tell how far a direction depends on which tracks were used."""


def list_labelled(name: str, file: ConceptFile, config: ResolveConfig) -> LabelledTracks:
    """List the tracks of a concept from audio.

    Args:
        name: Of the concept.
        file: Names its two sources, or its file of labelled tracks.
        config: How many tracks of each source are taken.

    Raises:
        SourceError: A source or the file cannot be read.
        TooFewTracksError: It lists fewer than two tracks a side.
    """
    sources = file.concepts[name].sources
    if "tracks" in sources:
        listed = read_labelled(Path(sources["tracks"]))
    else:
        listed = resolve_poles(sources["low"], sources["high"], config)
    _check_sides(name, listed, listed.labels, ())
    return listed


def audio_concept(
    name: str, listed: LabelledTracks, results: Sequence[TrackResult], store: Store
) -> Outcome:
    """Return the record of the direction of a concept from audio, making it if it is not there.

    A track counts as the mean over its chunks, and once, however often it is listed.

    Args:
        name: Of the concept.
        listed: Its tracks and their labels.
        results: What became of each track; those that failed are left out.
        store: Holds the activations and takes the direction.

    Raises:
        ConfigError: Activations that hold no means.
        ResonanceError: Nothing sets the tracks apart.
        SourceError: A track has two labels.
        TooFewTracksError: Fewer than two tracks a side can be used.
    """
    labels: dict[str, float] = {}
    records: dict[str, Record] = {}
    for label, result in zip(listed.labels, results, strict=True):
        if (record := result.activations) is None:
            continue
        check_means(record.request.config["pooling"])
        digest = record.digest(ACTIVATIONS)
        if labels.setdefault(digest, label) != label:
            raise SourceError(
                f"the track {result.report.title!r} of concept {name!r} is listed with the labels "
                f"{labels[digest]:g} and {label:g}",
                "Keep it on one side only",
            )
        records[digest] = record
    _check_sides(name, listed, labels.values(), [result.report for result in results])
    # In an order that is neither the source's nor the paths'.
    order = sorted(labels, key=lambda digest: (labels[digest], digest))
    request = CONCEPT.request(
        {"method": "slope over labels"},
        {"activations": [[labels[digest], digest] for digest in order]},
    )

    def make(folder: Path) -> dict[str, Any]:
        tracks = [read_activations(store.path(records[digest], ACTIVATIONS)) for digest in order]
        extraction, model = tracks[0].metadata["config"], tracks[0].metadata["model"]
        means = np.stack([track.vectors.mean(0, dtype=np.float64) for track in tracks])
        found = contrast_by_label(means, np.array([labels[digest] for digest in order]))
        return write_concept(
            folder,
            found,
            [track.vectors for track in tracks],
            [track.rms for track in tracks],
            audible=found.difference,
            name=name,
            model=model,
            layers=extraction["layers"],
            config={"extract": extraction, "concept": request.config},
            tracks=[track.track for track in tracks],
        )

    return store.build(request, make)


def _check_sides(
    name: str, listed: LabelledTracks, usable: Iterable[float], reports: Sequence[TrackReport]
) -> None:
    """Refuse too few usable labels below or above the mean of all that are listed."""
    middle = np.mean(listed.labels)
    sides = np.sign(np.array(list(usable)) - middle)
    low, high = int((sides < 0).sum()), int((sides > 0).sum())
    if min(low, high) < TRACKS_A_SIDE:
        raise TooFewTracksError(
            f"concept {name!r} has {low} low and {high} high tracks that can be used, and needs "
            f"{TRACKS_A_SIDE} of each",
            "Add tracks; where labels are numbers, low and high are those below and above their "
            "mean",
            reports,
        )
