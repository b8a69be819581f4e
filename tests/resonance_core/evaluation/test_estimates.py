import numpy as np
import pytest

from resonance_core.evaluation.estimates import mean_estimate
from resonance_core.evaluation.protocol import Protocol


def test_a_mean_lies_in_its_interval_which_the_protocol_makes_wider_or_narrower():
    values = np.random.default_rng(0).standard_normal(50)
    found = mean_estimate(values, Protocol(confidence=0.95))
    narrow = mean_estimate(values, Protocol(confidence=0.5))
    assert found.value == narrow.value == pytest.approx(values.mean())
    assert found.low < narrow.low < found.value < narrow.high < found.high
    assert mean_estimate(values, Protocol(confidence=0.95)) == found
