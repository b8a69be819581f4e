import numpy as np
import pytest

from training.evaluate.rhythm import agrees


@pytest.mark.parametrize(
    ("asked", "measured", "right"),
    [
        (150.0, 150.0, True),
        (150.0, 75.0, True),
        (75.0, 300.0, True),
        (100.0, 107.9, True),
        (100.0, 92.1, True),
        (100.0, 108.1, False),
        (100.0, 150.0, False),
        (94.0, 94.0 * 2**0.5, False),
    ],
)
def test_tempi_agree_with_octaves_folded(asked: float, measured: float, right: bool) -> None:
    assert agrees(np.array([asked]), np.array([measured])).item() is right


def test_agreement_of_all_pairs_is_the_chance_level() -> None:
    tempi = np.array([100.0, 125.0])
    assert agrees(tempi[:, None], tempi).mean() == 0.5
