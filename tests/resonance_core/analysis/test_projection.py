import sys

import numpy as np
import pytest

from resonance_core.analysis.projection import project
from resonance_core.errors import ConfigError


def groups() -> np.ndarray:
    vectors = np.random.default_rng(0).normal(size=(40, 16))
    vectors[:20, 3] += 30
    return vectors


def test_pca_shows_the_directions_of_most_variance():
    vectors = np.zeros((6, 5))
    vectors[:, 1], vectors[:, 4] = [-4, -4, 0, 0, 4, 4], [1, -1, 1, -1, 1, -1]
    found = project(vectors)
    np.testing.assert_allclose(np.abs(found.points), np.abs(vectors[:, [1, 4]]), atol=1e-9)
    np.testing.assert_allclose(found.explained, [32 / 35, 3 / 35])
    points = project(groups()).points
    assert (np.sign(points[:20, 0]) != np.sign(points[20:, 0])).all()


def test_umap_keeps_groups_together():
    pytest.importorskip("umap", reason="pip install 'resonance[umap]'")
    found = project(groups(), "umap")
    assert found.explained == ()
    one, other = found.points[:20], found.points[20:]
    apart = np.linalg.norm(one.mean(0) - other.mean(0))
    assert apart > 3 * max(one.std(0).max(), other.std(0).max())
    np.testing.assert_array_equal(project(groups(), "umap").points, found.points)


def test_umap_that_is_not_installed_names_its_pip_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ConfigError, match=r"pip install 'resonance\[umap\]'"):
        project(groups(), "umap")


@pytest.mark.parametrize(("method", "least"), [("pca", 3), ("umap", 5)])
def test_too_few_points_are_refused(method, least):
    with pytest.raises(ConfigError, match=f"{least - 1} points are too few for {method}"):
        project(groups()[: least - 1], method)
