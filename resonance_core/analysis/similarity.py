"""Similarity: the cosines between directions, layer by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from resonance_core.config import PipelineConfig, RuntimeConfig
from resonance_core.errors import ConfigError, ModelError
from resonance_core.models.registry import model_info
from resonance_core.stages.concept import find_concept
from resonance_core.stages.directions import find_direction
from resonance_core.stages.part import Part
from resonance_core.stages.reference import reference
from resonance_core.steering.concept_file import ConceptFile
from resonance_core.steering.recipes import check_model
from resonance_core.store.directions import DIRECTION, read_direction
from resonance_core.store.playlists import list_entries
from resonance_core.store.store import Store


@dataclass(frozen=True)
class Similarity:
    """How alike directions are.

    Attributes:
        names: Of the directions.
        layers: Which layers there are.
        per_layer: Cosines, ``[layers, directions, directions]``.
        overall: Their mean over layers, ``[directions, directions]``.
    """

    names: tuple[str, ...]
    layers: tuple[int, ...]
    per_layer: NDArray[np.float64]
    overall: NDArray[np.float64]

    def pairs(self) -> list[tuple[int, int]]:
        """Return the places of each two directions, the most alike first."""
        first, second = np.triu_indices(len(self.names), 1)
        order = np.argsort(-self.overall[first, second], kind="stable")
        return list(zip(first[order].tolist(), second[order].tolist(), strict=True))


def heard_directions(
    names: Sequence[str],
    file: ConceptFile,
    config: PipelineConfig,
    store: Store,
    runtime: RuntimeConfig,
) -> tuple[dict[str, NDArray[np.float64]], tuple[int, ...]]:
    """Return where directions lead as the model hears it, and in which layers.

    Those of playlists are centred on the reference, for else all are alike in what all music
    shares.

    Args:
        names: Playlists, keys of directions, or concepts that were made; if none, all playlists
            and all concepts that were made.
        file: What concepts are made from.
        config: The model, its concepts and its reference.
        store: Holds the directions, and takes the reference if it is not there.
        runtime: Device and batch size.

    Returns:
        By name, ``[layers, hidden]`` each.

    Raises:
        NotInStoreError: There is no direction of such a name.
        ModelError: One belongs to another model, or to other layers.
    """
    found = {name: find_concept(name, file, config, store, runtime) for name in file.concepts}
    concepts = {name: record for name, record in found.items() if record is not None}
    wanted = names or [*(entry.name for entry in list_entries(store)), *concepts]
    parts = {
        name: Part(concepts[name], None)
        if name in concepts
        else Part(find_direction(name, store), reference(config, store, runtime).record)
        for name in wanted
    }
    info = model_info(config.model)
    for part in parts.values():
        check_model(read_direction(store.path(part.direction, DIRECTION)), info)
    layers = {tuple(part.layers(store)) for part in parts.values()}
    if len(layers) > 1:
        raise ModelError(
            f"the directions are of different layers: {sorted(layers)}",
            "Compare those that were extracted with the same extract.layers",
        )
    return {name: part.axis(store) for name, part in parts.items()}, next(iter(layers), ())


def similarity(
    directions: Mapping[str, NDArray[np.floating]], layers: tuple[int, ...]
) -> Similarity:
    """Compare directions.

    Args:
        directions: By name, ``[layers, hidden]`` each.
        layers: Which layers the rows are.

    Raises:
        ConfigError: There are fewer than two.
    """
    if len(directions) < 2:
        raise ConfigError(f"{len(directions)} directions cannot be compared", "Name two or more")
    stacked = np.stack(list(directions.values()), axis=1)  # [layers, directions, hidden]
    per_layer = np.stack([cosine_similarity(layer) for layer in stacked])
    return Similarity(tuple(directions), layers, per_layer, per_layer.mean(0))
