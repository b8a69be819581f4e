"""Projection: vectors as points in a plane."""

import importlib
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from resonance_core.errors import ConfigError

Method = Literal["pca", "umap"]
NEIGHBOURS = 15
"""How many neighbours of each point UMAP keeps together, where there are so many."""


@dataclass(frozen=True)
class Projection:
    """Points in a plane.

    Attributes:
        points: ``[vectors, 2]``.
        explained: The share of the variance that each of the two axes explains; none for UMAP,
            whose axes mean nothing.
    """

    points: NDArray[np.float64]
    explained: tuple[float, ...]


def project(vectors: NDArray[np.floating], method: Method = "pca") -> Projection:
    """Return vectors as points in a plane; the same vectors give the same points.

    Args:
        vectors: ``[vectors, hidden]``.
        method: ``pca`` keeps the two directions of the largest variance, ``umap`` keeps
            neighbours (by cosine) together.

    Raises:
        ConfigError: There are fewer than three vectors, or too few for UMAP; or UMAP is not
            installed.
    """
    least = {"pca": 3, "umap": 5}[method]  # with fewer UMAP's first guess cannot be computed
    if len(vectors) < least:
        raise ConfigError(
            f"{len(vectors)} points are too few for {method}", f"It needs {least} or more"
        )
    if method == "umap":
        reducer = _umap().UMAP(
            n_neighbors=min(NEIGHBOURS, len(vectors) - 1),
            metric="cosine",
            random_state=0,
            n_jobs=1,  # one seed and several threads exclude each other
        )
        return Projection(np.asarray(reducer.fit_transform(vectors), float), ())
    pca = PCA(2, svd_solver="full")
    points = pca.fit_transform(vectors)
    return Projection(points, tuple(pca.explained_variance_ratio_.tolist()))


def _umap() -> Any:
    try:
        return importlib.import_module("umap")
    except ImportError as error:
        raise ConfigError(
            f"the method 'umap' needs umap-learn, which cannot be imported ({error})",
            "Install it: pip install 'resonance[umap]'",
        ) from error
