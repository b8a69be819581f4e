"""Reference: the mean that directions are centred on, so that what all music shares drops out."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.keys import Stage, sha256_file
from resonance_core.models import nano
from resonance_core.models.registry import model_info
from resonance_core.stages.directions import find_direction
from resonance_core.stages.extract import capture_settings, choose_layers
from resonance_core.stages.own_music import play_and_hear
from resonance_core.steering.aggregate import aggregate_tracks
from resonance_core.store.directions import DIRECTION, read_direction, write_direction
from resonance_core.store.records import Outcome
from resonance_core.store.store import Store

REFERENCE = Stage(name="reference", version=1)


def reference(config: PipelineConfig, store: Store, runtime: RuntimeConfig) -> Outcome:
    """Return the record of the reference, making it if it is not there.

    It is the direction of the playlist that the config names; or what the model hears in a
    collection of recorded music, where that ships for the model and its extraction; or what the
    model's own music has in common: it plays, then hears what it played as it hears a playlist's
    tracks.

    Args:
        config: The model, its sampling, the extraction, and how many pieces are played.
        store: Takes the reference, as a direction of kind ``reference``.
        runtime: Device and batch size.

    Raises:
        NotInStoreError: There is no such playlist.
        ModelError: The pieces are too long, or the model lacks a layer that is asked for.
    """
    if config.reference.playlist is not None:
        return Outcome(record=find_direction(config.reference.playlist, store), hit=True)
    info = model_info(config.model)
    layers = choose_layers(config.extract, info)
    heard = capture_settings(config.extract, info)
    played = config.reference
    if not played.own and _settings_of(nano.RECORDED) == heard:
        return _ship(nano.RECORDED, heard, store)
    request = REFERENCE.request(
        {
            **heard,
            "sampling": config.sampling.model_dump(mode="json"),
            **played.model_dump(mode="json", exclude={"own", "playlist"}),
        },
        inputs={},
    )

    def make(folder: Path) -> dict[str, Any]:
        prompts = [played.prompts[number % len(played.prompts)] for number in range(played.clips)]
        vectors: list[NDArray[np.float32]] = []
        rms: list[NDArray[np.float32]] = []
        for _audio, captured in play_and_hear(
            prompts, played.seed, played.duration_s, config, runtime
        ):
            # One row a piece, so that the batch size makes no difference.
            vectors.extend(captured.vectors[:, None])
            rms.extend(captured.rms[:, None])
        direction = aggregate_tracks(
            vectors,
            rms,
            [np.ones(1)] * len(vectors),
            metadata={
                "kind": "reference",
                "model": info.model_dump(),
                "layers": list(layers),
                "config": {"extract": heard, "reference": played.model_dump(mode="json")},
                "tracks": [],
            },
        )
        write_direction(folder / DIRECTION, direction)
        return {"clips": played.clips, "layers": list(layers)}

    return store.build(request, make)


def _settings_of(path: Path) -> dict[str, Any]:
    """Return how the music of a reference was heard."""
    found: dict[str, Any] = read_direction(path).metadata["config"]["extract"]
    return found


def _ship(path: Path, heard: dict[str, Any], store: Store) -> Outcome:
    """Return the record of a reference that ships, taking it into the store."""
    request = REFERENCE.request({**heard, "recorded": sha256_file(path)}, inputs={})

    def make(folder: Path) -> dict[str, Any]:
        shutil.copyfile(path, folder / DIRECTION)
        return {"tracks": len(read_direction(path).metadata["tracks"]), "layers": heard["layers"]}

    return store.build(request, make)
