"""Retuning: a playlist that was ingested is weighed otherwise, or steers by another recipe."""

from resonance_core.config import AggregateConfig, PipelineConfig, RuntimeConfig
from resonance_core.errors import CalibrationError, NotInStoreError
from resonance_core.stages.aggregate import aggregate
from resonance_core.stages.calibrate import calibrate
from resonance_core.stages.directions import find_direction
from resonance_core.stages.generation_request import GenerationRequest
from resonance_core.store.playlists import load_entry
from resonance_core.store.records import Record
from resonance_core.store.store import Store


def retune(
    request: GenerationRequest,
    weighed: AggregateConfig | None,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> GenerationRequest:
    """Return a request that names its playlist's direction and strength under other settings.

    Both are found in the store or made there; nothing is extracted anew. A strength holds for the
    recipe that it was measured with, so it is measured again unless the request has one.

    Args:
        request: What is asked for, with a playlist.
        weighed: How the playlist's activations are reduced; None leaves its direction as it is.
        config: The model, its sampling, the recipe, and the trials.
        store: Holds the playlist.
        runtime: The device.

    Raises:
        CalibrationError: No strength is usable.
        NotInStoreError: There is no such playlist, or its activations are gone.
        ResonanceError: No chunk of any track lies inside the windows.
    """
    assert request.playlist is not None
    direction = find_direction(request.playlist, store)
    if weighed is not None:
        direction = aggregate(heard_of(request.playlist, store), weighed, store).record
    strength = request.strength
    if strength is None:
        found = calibrate(direction, config, store, runtime).record.info["range"]
        if found is None:
            raise CalibrationError(
                f"no strength of playlist {request.playlist!r} is usable with these settings",
                "Choose another recipe or other layers, or give a strength",
            )
        strength = found["recommended"]
    return request.model_copy(update={"playlist": direction.key, "strength": strength})


def heard_of(name: str, store: Store) -> list[Record]:
    """Return the records of the activations that a playlist's direction came from.

    Raises:
        NotInStoreError: There is no playlist of this name, or its activations are gone.
    """
    entry = load_entry(store, name)
    if entry is None:
        raise NotInStoreError(
            f"there is no playlist {name!r}, only by whose name its tracks are known",
            "Name an ingested playlist",
        )
    try:
        return [store.get(one.key) for one in entry.tracks if one.status == "completed" and one.key]
    except NotInStoreError as error:
        raise NotInStoreError(
            f"what was heard of playlist {name!r} is gone", "Ingest it again"
        ) from error
