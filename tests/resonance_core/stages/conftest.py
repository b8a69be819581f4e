import pytest


@pytest.fixture
def sure(quick):
    """Every strength is usable."""
    trials = quick.calibrate.model_copy(update={"rms_low": 0.0001, "rms_high": 1.0})
    return quick.model_copy(update={"calibrate": trials})
