"""Vocabulary: a playlist is put into words, and the words steer as a prompt would."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

RIDGE = 0.1
"""Penalty on the weights of prompts, in units of the mean square of what is heard for one."""


@dataclass(frozen=True)
class Vocabulary:
    """What a model hears and what it is told by each of many prompts.

    Attributes:
        prompts: The words.
        layers: The layers that vectors belong to.
        heard: Mean activations of music that the model played for each prompt, without telling
            it what that was, float32 ``[prompts, layers, hidden]``.
        told: Mean activations of one and the same music under each prompt, float32
            ``[prompts, layers, hidden]``.
    """

    prompts: tuple[str, ...]
    layers: tuple[int, ...]
    heard: Vectors
    told: Vectors


def put_into_words(
    vectors: NDArray[np.floating], scale: NDArray[np.floating], vocabulary: Vocabulary
) -> NDArray[np.float64]:
    """Return how much of each prompt it takes to describe a centred direction, ``[prompts]``.

    Ridge regression (Hoerl and Kennard 1970, "Ridge Regression: Biased Estimation for
    Nonorthogonal Problems"): what is heard in the playlist beyond the reference is expressed by
    what is heard in the music of each prompt beyond the music of all of them.

    Args:
        vectors: The direction, less its reference, ``[layers, hidden]``.
        scale: Norm of the residual stream in each layer, so that all of them count alike,
            ``[layers]``.
        vocabulary: Of the same layers.
    """
    wanted = (vectors / scale[:, None]).ravel()
    heard = (_centred(vocabulary.heard) / scale[:, None]).reshape(len(vocabulary.prompts), -1)
    alike = heard @ heard.T
    if not alike.any():  # the model hears one thing whatever is played: no prompt says more
        return np.zeros(len(alike))
    penalty = RIDGE * np.trace(alike) / len(alike) * np.eye(len(alike))
    weights: NDArray[np.float64] = np.linalg.solve(alike + penalty, heard @ wanted)
    return weights


def told(weights: NDArray[np.float64], vocabulary: Vocabulary) -> NDArray[np.float64]:
    """Return what a mix of prompts changes while the music stays the same, ``[layers, hidden]``.

    Args:
        weights: How much of each prompt, ``[prompts]``.
        vocabulary: The prompts.
    """
    return np.einsum("p,plh->lh", weights, _centred(vocabulary.told))


def _centred(vectors: Vectors) -> NDArray[np.float64]:
    return vectors - vectors.mean(0, dtype=np.float64)
