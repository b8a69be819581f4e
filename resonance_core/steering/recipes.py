"""From a direction to what is added: the steps of the ladder, each a setting."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from resonance_core.config import SteerConfig
from resonance_core.errors import ModelError, ResonanceError
from resonance_core.models.base import ModelInfo
from resonance_core.models.capabilities import check_ability
from resonance_core.steering.direction import Direction
from resonance_core.steering.inject import Steering
from resonance_core.steering.layers import middle_third
from resonance_core.steering.vocabulary import Vocabulary, put_into_words, told

RESIDUAL_SHARE = 0.025
"""Of the residual norm, that strength 1 adds, all steered layers together, where vectors are
scaled by it: what one layer adds stays in the stream for those after it."""


def displacement(
    direction: Direction,
    reference: Direction | None,
    info: ModelInfo,
    config: SteerConfig,
    effects: Mapping[int, float] | None = None,
    vocabulary: Vocabulary | None = None,
) -> torch.Tensor:
    """Return what strength 1 adds to each layer of a model, ``[layers, hidden]``.

    Args:
        direction: What steers.
        reference: What it is centred on; None leaves it as it is.
        info: The model that is steered.
        config: The recipe.
        effects: The layers to steer ``by-effect``, with the share of the strength that each gets.
        vocabulary: What the direction is put into words with; None adds it as it is.

    Raises:
        ModelError: The direction belongs to another model, or lacks a layer that is steered.
        ResonanceError: The direction is the reference itself, so nothing is left of it.
    """
    check_model(direction, info)
    added = torch.zeros(info.layers, info.hidden_size)
    known = list(direction.metadata["layers"])
    vectors = centred(direction, reference)
    if vocabulary is not None:
        words = told(in_words(direction, reference, vocabulary), vocabulary)
        if words.any():  # else no prompt describes it
            vectors = _unit(vectors) + _unit(words)
    if config.vectors == "one-to-all":
        vectors = np.broadcast_to(vectors.mean(0), vectors.shape)
    vectors = _unit(vectors)
    if config.scale == "residual":
        vectors = vectors * RESIDUAL_SHARE * direction.residual_scale[:, None]
    elif config.vectors == "one-to-all":
        # One vector of one length needs nothing that only an extracted layer could tell.
        known, vectors = list(range(info.layers)), np.tile(vectors[0], (info.layers, 1))
    shares = _shares(config, known, info, effects)
    total = 1.0
    if config.scale == "residual":
        total = sum(map(abs, shares.values()))
    elif config.layers == "by-effect":
        total = max(shares.values())
    for layer, share in shares.items():
        added[layer] = share / total * torch.from_numpy(vectors[known.index(layer)]).float()
    return added


def centred(direction: Direction, reference: Direction | None) -> NDArray[np.float64]:
    """Return a direction's vectors less those of its reference, ``[layers, hidden]``.

    The method is known as mean-centring (Jorgensen et al. 2023, "Improving Activation Steering in
    Language Models with Mean-Centring"): it leaves what is not in all activations.

    Args:
        direction: What steers.
        reference: What it is centred on; None leaves it as it is.

    Raises:
        ModelError: The two were made with different models, or heard in different ways.
    """
    vectors = direction.per_layer.astype(np.float64)
    if reference is None:
        return vectors
    heard, model = direction.metadata["config"]["extract"], direction.metadata["model"]
    if reference.metadata["model"]["revision"] != model["revision"]:
        raise ModelError(
            f"the reference was made with {reference.metadata['model']['id']!r}, the direction "
            f"with {model['id']!r}, and what two models hear cannot be compared",
            "Ingest the reference with the direction's model",
        )
    for setting in ("layers", "prompt", "melody"):
        centre = reference.metadata["config"]["extract"][setting]
        if centre != heard[setting]:
            raise ModelError(
                f"the reference was heard with the {setting} {centre!r}, the direction with "
                f"{heard[setting]!r}",
                f"Use one extract.{setting} for both",
            )
    return vectors - reference.per_layer


def in_words(
    direction: Direction, reference: Direction | None, vocabulary: Vocabulary
) -> NDArray[np.float64]:
    """Return how much of each prompt describes a direction, ``[prompts]``.

    Args:
        direction: What steers.
        reference: What it is centred on; None leaves it as it is.
        vocabulary: The prompts.

    Raises:
        ModelError: They were made from different layers.
    """
    check_words(direction, vocabulary)
    return put_into_words(centred(direction, reference), direction.residual_scale, vocabulary)


def check_words(direction: Direction, vocabulary: Vocabulary) -> None:
    """Refuse words that were heard in other layers than a direction.

    Raises:
        ModelError: They were.
    """
    if direction.metadata["layers"] != list(vocabulary.layers):
        raise ModelError(
            f"the vocabulary has the layers {list(vocabulary.layers)}, the direction "
            f"{direction.metadata['layers']}",
            "Make both with the same extract.layers, or steer without: --set steer.words=false",
        )


def envelope(config: SteerConfig, duration_s: float, frame_rate: float) -> torch.Tensor | None:
    """Return how strong steering is in each frame, 0 to 1, ``[frames]``.

    Args:
        config: The recipe, which says from when to when.
        duration_s: Length of the piece, in seconds.
        frame_rate: Frames a second.

    Returns:
        None where steering is at full strength throughout.
    """
    if config.start_s == 0 and config.end_s is None and config.ramp_s == 0:
        return None
    time = torch.arange(max(1, round(duration_s * frame_rate))) / frame_rate
    end = config.end_s if config.end_s is not None else torch.inf
    inside = ((time >= config.start_s) & (time < end)).float()
    if config.ramp_s == 0:
        return inside
    nearest_edge = torch.minimum(time - config.start_s + 1 / frame_rate, end - time)
    return inside * (nearest_edge / config.ramp_s).clamp(0, 1)


def steer(
    displacements: torch.Tensor, config: SteerConfig, duration_s: float, info: ModelInfo
) -> Steering:
    """Return the steering of a batch.

    Args:
        displacements: What is added to each row, ``[rows, layers, hidden]``.
        config: The recipe: where and when it is added.
        duration_s: Length of the piece, in seconds.
        info: The model that is steered.
    """
    return Steering(
        displacements,
        rows=config.rows,
        positions=config.positions,
        keep_norm=config.keep_norm,
        envelope=envelope(config, duration_s, info.frame_rate),
    )


def _shares(
    config: SteerConfig, known: list[int], info: ModelInfo, effects: Mapping[int, float] | None
) -> Mapping[int, float]:
    """Return the steered layers with the share of the strength that each gets."""
    if config.layers == "all":
        return dict.fromkeys(known, 1.0)
    shares: Mapping[int, float]
    if config.layers == "by-effect":
        if effects is None:
            raise ValueError("steering by effect needs the measured effects")
        shares = effects
    elif config.layers == "middle-third":
        shares = dict.fromkeys(middle_third(info.layers), 1.0)
    elif isinstance(config.layers, dict):
        shares = config.layers
    else:
        shares = dict.fromkeys(config.layers, 1.0)
    for layer in shares:
        if layer not in known:
            raise ModelError(
                f"layer {layer} cannot be steered: the direction was extracted from the layers "
                f"{', '.join(map(str, known))} of {info.layers}",
                "Choose among them with steer.layers, or extract that layer too",
            )
    return shares


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not (lengths > 0).all():
        raise ResonanceError(
            "nothing is left of the direction once it is centred",
            "Use other tracks, or steer without centring: --set steer.centre=false",
        )
    return vectors / lengths


def check_model(direction: Direction, info: ModelInfo) -> None:
    """Refuse a direction that belongs to another model.

    Raises:
        ModelError: Its hidden states are not this model's, or this model cannot be steered.
    """
    check_ability(info.backend, "steer")
    made_with = direction.metadata["model"]
    if made_with["revision"] != info.revision:
        raise ModelError(
            f"the direction was made with {made_with['id']!r} (revision "
            f"{made_with['revision'][:12]}), not with {info.id!r} (revision {info.revision[:12]})",
            "Choose the config it was made with, or ingest the playlist again with this one",
        )
