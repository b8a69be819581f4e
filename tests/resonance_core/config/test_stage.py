import pytest
from pydantic import ValidationError

from resonance_core.config import CalibrateConfig


def test_stage_configs_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        CalibrateConfig().seed = 1
